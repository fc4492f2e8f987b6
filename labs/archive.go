package labs

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
)

// What is read out of a host, at most: whoever works there made it, and may have
// made it to do harm.
const (
	maxEntries = 20_000   // files, folders and links
	maxFile    = 32 << 20 // bytes of one file
	maxBytes   = 64 << 20 // bytes of all files
	maxPath    = 1024     // bytes of a name
	maxDepth   = 64       // folders
)

// Entry is a file, folder or link that was copied out of a host.
type Entry struct {
	Path string // slash-separated, below what was asked for; "." is that itself
	Mode fs.FileMode
	Link string // target of a symbolic link
	Data []byte // content of a file
	// Modified is when it was changed last, in seconds since 1970.
	Modified int64
}

// Files copies a file or folder out of a host into memory, once a round. An
// [Obstacle]: it is not there, is too large, or holds what no honest file has.
func (s *Site) Files(ctx context.Context, host Host, root string) ([]Entry, error) {
	copied, err := s.Once("files "+host.Name+" "+root, func() (any, error) { return s.files(ctx, host, root) })
	if err != nil {
		return nil, err
	}
	entries, ok := copied.([]Entry)
	if !ok {
		return nil, fmt.Errorf("the copy of %s is a %T", root, copied)
	}
	return entries, nil
}

func (s *Site) files(ctx context.Context, host Host, root string) ([]Entry, error) {
	archive, err := s.engine.CopyOut(ctx, host, root)
	if errors.Is(err, ErrNotFound) {
		return nil, &Obstacle{Message: fmt.Sprintf("There is no `%s` on `%s`.", root, host.Name), Err: err}
	}
	if err != nil {
		return nil, err
	}
	defer archive.Close()
	entries, err := ReadArchive(archive)
	var refused *refusal
	if errors.As(err, &refused) {
		return nil, &Obstacle{Message: fmt.Sprintf("`%s` can't be looked at: %s.", root, refused.reason), Err: err}
	}
	if err != nil {
		return nil, fmt.Errorf("copy %s out of host %s: %w", root, host.Name, err)
	}
	return entries, nil
}

// refusal is why an archive is not read on.
type refusal struct{ reason string }

func (r *refusal) Error() string { return "archive refused: " + r.reason }

func refuse(format string, args ...any) error { return &refusal{fmt.Sprintf(format, args...)} }

// ReadArchive reads a tar archive whose entries all lie below its first one, as
// an engine makes it. It reads nothing beyond the limits and follows no link.
func ReadArchive(archive io.Reader) ([]Entry, error) {
	files := tar.NewReader(archive)
	var entries []Entry
	var total int64
	root := ""
	byPath := map[string]int{}
	for {
		header, err := files.Next()
		if errors.Is(err, io.EOF) {
			return entries, nil
		}
		if err != nil {
			return nil, err
		}
		if root == "" {
			root = strings.Trim(header.Name, "/")
		}
		if len(entries) >= maxEntries {
			return nil, refuse("it holds more than %d files and folders", maxEntries)
		}
		entry, err := entryOf(header, root)
		if err != nil {
			return nil, err
		}
		if header.Size > maxFile {
			return nil, refuse("`%s` is larger than %d MiB", entry.Path, maxFile>>20)
		}
		if total += header.Size; total > maxBytes {
			return nil, refuse("`%s` makes it larger than %d MiB", entry.Path, maxBytes>>20)
		}
		switch header.Typeflag {
		case tar.TypeReg:
			entry.Data, err = io.ReadAll(io.LimitReader(files, header.Size))
		case tar.TypeLink:
			entry.Data, err = linked(header, root, entries, byPath)
		}
		if err != nil {
			return nil, err
		}
		if _, twice := byPath[entry.Path]; twice {
			return nil, refuse("`%s` is in it twice", entry.Path)
		}
		byPath[entry.Path] = len(entries)
		entries = append(entries, entry)
	}
}

// linked returns the content of a file that is the same as an earlier one.
func linked(header *tar.Header, root string, entries []Entry, byPath map[string]int) ([]byte, error) {
	target, err := below(header.Linkname, root)
	if err != nil {
		return nil, err
	}
	i, ok := byPath[target]
	if !ok || !entries[i].Mode.IsRegular() {
		return nil, refuse("`%s` is a link to nothing in it", path.Base(header.Name))
	}
	return entries[i].Data, nil
}

func entryOf(header *tar.Header, root string) (Entry, error) {
	below, err := below(header.Name, root)
	if err != nil {
		return Entry{}, err
	}
	entry := Entry{Path: below, Mode: header.FileInfo().Mode(), Modified: header.ModTime.Unix()}
	switch header.Typeflag {
	case tar.TypeReg, tar.TypeDir:
	case tar.TypeLink:
		entry.Mode = entry.Mode.Perm()
	case tar.TypeSymlink:
		entry.Link = header.Linkname
	default:
		return Entry{}, refuse("`%s` is neither a file, a folder nor a link", below)
	}
	if header.Size < 0 {
		return Entry{}, refuse("`%s` has no size", below)
	}
	return entry, nil
}

// below returns a name relative to the archive's root.
func below(name, root string) (string, error) {
	trimmed := strings.Trim(name, "/")
	switch {
	case trimmed == root:
		return ".", nil
	case strings.HasPrefix(name, "/"), !strings.HasPrefix(trimmed, root+"/"):
		return "", refuse("a name in it points elsewhere")
	}
	relative := strings.TrimPrefix(trimmed, root+"/")
	switch {
	case !validPath(relative):
		return "", refuse("a name in it points elsewhere")
	case len(relative) > maxPath || strings.Count(relative, "/") > maxDepth:
		return "", refuse("a name in it is too long")
	}
	return relative, nil
}

// validPath reports whether a name is one that a folder's content can have. It may be
// in any encoding: Unix knows none.
func validPath(name string) bool {
	for part := range strings.SplitSeq(name, "/") {
		if part == "" || part == "." || part == ".." {
			return false
		}
	}
	return !strings.ContainsRune(name, 0)
}
