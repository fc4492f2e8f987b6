package git

import (
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"

	"endstate/labs/git/plain"
	"endstate/labs/kit"
)

// maxCheckout limits the files of a revision, in bytes, because one object may stand for
// many files.
const maxCheckout = 64 << 20

// checkout returns the files of a revision, or none if there is no such revision. Like
// observe, it treats a panic of the library as a finding about the repository.
func (r *repository) checkout(revision string) (files []kit.Entry, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	defer func() {
		if met := recover(); met != nil {
			files, err = nil, damaged(nil, "it is damaged beyond reading (%v)", met)
		}
	}()
	commit := r.commit(revision)
	if commit == nil {
		return nil, nil
	}
	tree, err := commit.Tree()
	if err != nil {
		return nil, damaged(err, "the files of `%s` are missing", revision)
	}
	found := map[string]plain.State{}
	if err := eachFile(tree, func(name string, id plumbing.Hash, mode filemode.FileMode) {
		found[name] = plain.State{ID: id, Mode: mode}
	}); err != nil {
		return nil, err
	}
	size := 0
	for _, name := range slices.Sorted(maps.Keys(found)) {
		if found[name].Mode == filemode.Submodule || !isCheckedOut(name) {
			continue
		}
		entry, err := r.file(name, found[name])
		if err != nil {
			return nil, err
		}
		if size += len(entry.Data); size > maxCheckout {
			return nil, damaged(nil, "the files of `%s` are larger than %d MiB", revision, maxCheckout>>20)
		}
		files = append(files, entry)
	}
	return files, nil
}

// isCheckedOut reports whether Git would write a file with this name.
func isCheckedOut(name string) bool {
	return !slices.ContainsFunc(strings.Split(name, "/"), func(part string) bool {
		return part == "" || part == "." || part == ".." || strings.EqualFold(part, ".git")
	})
}

// file returns a file of a tree as Git would check it out.
func (r *repository) file(name string, as plain.State) (kit.Entry, error) {
	content, err := r.bytesOf(as.ID)
	if err != nil {
		return kit.Entry{}, damaged(err, "the content of `%s` is missing", name)
	}
	switch as.Mode {
	case filemode.Symlink:
		return kit.Entry{Path: name, Mode: fs.ModeSymlink | 0o777, Link: string(content)}, nil
	case filemode.Executable:
		return kit.Entry{Path: name, Mode: 0o755, Data: content}, nil
	}
	return kit.Entry{Path: name, Mode: 0o644, Data: content}, nil
}
