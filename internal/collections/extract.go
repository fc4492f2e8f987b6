package collections

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/object"

	"endstate/labs"
)

// Limits on a collection. Anybody may have written it.
const (
	maxFiles = 10_000
	maxBytes = 64 << 20 // of all files
	maxFile  = 8 << 20
)

// extract writes the files of a commit to a folder. It writes regular files only: no links, no
// submodules, nothing outside of the folder.
func extract(repo *git.Repository, commit plumbing.Hash, folder string) error {
	found, err := repo.CommitObject(commit)
	if err != nil {
		return err
	}
	tree, err := found.Tree()
	if err != nil {
		return err
	}
	walker := object.NewTreeWalker(tree, true, nil)
	defer walker.Close()
	files, left := 0, int64(maxBytes)
	for {
		name, entry, err := walker.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if entry.Mode != filemode.Regular && entry.Mode != filemode.Executable && entry.Mode != filemode.Deprecated {
			continue
		}
		if files++; files > maxFiles {
			return tooLarge(fmt.Sprintf("it has more than %d files", maxFiles))
		}
		blob, err := repo.BlobObject(entry.Hash)
		if err != nil {
			return err
		}
		if left -= blob.Size; blob.Size > maxFile || left < 0 {
			return tooLarge(fmt.Sprintf("%s has more than %d MiB, or all files together more than %d MiB", name, maxFile>>20, maxBytes>>20))
		}
		if err := writeFile(folder, name, blob); err != nil {
			return err
		}
	}
}

func tooLarge(why string) error {
	return &labs.Problem{Code: labs.CodeFetch, What: "The collection is too large: " + why, Advice: "Use a repository that has only scenarios."}
}

// writeFile writes a file of a commit. Its name may be hostile.
func writeFile(folder, name string, blob *object.Blob) error {
	for part := range strings.SplitSeq(name, "/") {
		if strings.EqualFold(part, ".git") || strings.ContainsAny(part, "\\\x00:") {
			return hostile(name)
		}
	}
	if !filepath.IsLocal(name) {
		return hostile(name)
	}
	target := filepath.Join(folder, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
		return err
	}
	from, err := blob.Reader()
	if err != nil {
		return err
	}
	defer from.Close()
	to, err := os.OpenFile(target, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = io.Copy(to, io.LimitReader(from, maxFile+1))
	return errors.Join(err, to.Close())
}

func hostile(name string) error {
	return &labs.Problem{Code: labs.CodeFetch, What: fmt.Sprintf("The collection has a file named %q, which no program should write", name), Advice: "Don't use this collection."}
}
