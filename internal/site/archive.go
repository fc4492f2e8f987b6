package site

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"endstate/labs"
	"endstate/labs/kit"
)

// Limits on the paths in an archive.
const (
	maxPath  = 1024 // bytes
	maxDepth = 64   // folders
	// maxHeader is the average size, in bytes, that a header and its extensions may have.
	maxHeader = 4 << 10
)

func unreadable(format string, args ...any) error {
	return &labs.Unreadable{Reason: fmt.Sprintf(format, args...)}
}

// errTruncated means that an archive is incomplete: the files changed while they were
// packed, or the engine stopped halfway.
var errTruncated = errors.New("the archive is truncated")

// ReadArchive reads a tar archive made by an engine, whose first entry contains all
// others. The entries are files, folders, links and named pipes. It follows no links and stops
// at the budget's limits. Every hard link counts
// against the budget with the full size of its content. What the learner caused is
// reported as a [labs.Unreadable] or a [kit.Obstacle].
func ReadArchive(ctx context.Context, archive io.Reader, budget *kit.Budget) ([]kit.Entry, error) {
	raw := &rawArchive{from: archive, left: budget.Limits().Bytes + maxHeader*budget.Limits().Items}
	r := &reader{files: tar.NewReader(raw), budget: budget, byPath: map[string]int{}}
	for {
		header, err := r.files.Next()
		switch {
		case errors.Is(err, io.EOF) && raw.ended():
			return r.entries, nil
		case err != nil && ctx.Err() != nil:
			return nil, context.Cause(ctx)
		case raw.left <= 0:
			return nil, unreadable("the file names in it are too long")
		case err != nil:
			return nil, errors.Join(errTruncated, err)
		}
		if err := r.add(ctx, header); err != nil {
			return nil, err
		}
	}
}

// rawArchive reads the bytes of an archive and tells whether it is complete. A complete
// archive ends with two blocks of zeros; an engine that fails just stops.
type rawArchive struct {
	from  io.Reader
	left  int64 // bytes that may still be read
	zeros int   // how many zero bytes were read last
}

func (a *rawArchive) Read(p []byte) (int, error) {
	if a.left <= 0 {
		return 0, io.ErrUnexpectedEOF
	}
	n, err := a.from.Read(p)
	a.left -= int64(n)
	last := n
	for last > 0 && p[last-1] == 0 {
		last--
	}
	if last > 0 {
		a.zeros = 0
	}
	a.zeros += n - last
	return n, err
}

func (a *rawArchive) ended() bool { return a.zeros >= 1024 }

// reader reads the entries of an archive.
type reader struct {
	files   *tar.Reader
	budget  *kit.Budget
	root    string
	entries []kit.Entry
	byPath  map[string]int
}

func (r *reader) add(ctx context.Context, header *tar.Header) error {
	if r.root == "" {
		r.root = strings.Trim(header.Name, "/")
	}
	entry, err := newEntry(header, r.root)
	if err != nil {
		return err
	}
	if header.Typeflag == tar.TypeLink {
		if entry.Data, err = r.linkedData(header); err != nil {
			return err
		}
	}
	if err := r.budget.Take(ctx, entry.Path, header.Size+int64(len(entry.Data)+len(entry.Path)+len(entry.Link))); err != nil {
		return err
	}
	if header.Typeflag == tar.TypeReg {
		entry.Data = make([]byte, header.Size)
		if _, err := io.ReadFull(r.files, entry.Data); err != nil {
			return truncated(ctx, err)
		}
	}
	if _, twice := r.byPath[entry.Path]; twice {
		return unreadable("it contains `%s` twice", kit.ShownName(entry.Path))
	}
	r.byPath[entry.Path] = len(r.entries)
	r.entries = append(r.entries, entry)
	return nil
}

// truncated returns the cause of the context if it is over, and errTruncated otherwise.
func truncated(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return errors.Join(errTruncated, err)
}

// linkedData returns the content that a hard link shares with an earlier entry.
func (r *reader) linkedData(header *tar.Header) ([]byte, error) {
	target, err := relativePath(header.Linkname, r.root)
	if err != nil {
		return nil, err
	}
	i, ok := r.byPath[target]
	if !ok || !r.entries[i].Mode.IsRegular() {
		return nil, unreadable("the target of the hard link `%s` is missing", kit.ShownName(path.Base(header.Name)))
	}
	return r.entries[i].Data, nil
}

func newEntry(header *tar.Header, root string) (kit.Entry, error) {
	below, err := relativePath(header.Name, root)
	if err != nil {
		return kit.Entry{}, err
	}
	entry := kit.Entry{Path: below, Mode: header.FileInfo().Mode(), Modified: header.ModTime.Unix()}
	switch header.Typeflag {
	case tar.TypeReg, tar.TypeDir, tar.TypeFifo:
	case tar.TypeLink:
		entry.Mode = entry.Mode.Perm()
	case tar.TypeSymlink:
		entry.Link = header.Linkname
	default:
		return kit.Entry{}, notAFile(below)
	}
	if header.Typeflag != tar.TypeReg && header.Size != 0 {
		return kit.Entry{}, unreadable("%s has content, which only files can have", shownPath(below))
	}
	return entry, nil
}

func notAFile(path string) *labs.Unreadable {
	return &labs.Unreadable{Reason: shownPath(path) + " is not a file, a folder or a link"}
}

// shownPath formats a path in an archive for people. "." is all of it.
func shownPath(path string) string {
	if path == "." {
		return "it"
	}
	return "`" + kit.ShownName(path) + "`"
}

// relativePath returns a name relative to the archive's root.
func relativePath(name, root string) (string, error) {
	trimmed := strings.Trim(name, "/")
	switch {
	case trimmed == root:
		return ".", nil
	case strings.HasPrefix(name, "/"), !strings.HasPrefix(trimmed, root+"/"):
		return "", unreadable("a path in it leads out of it")
	}
	relative := strings.TrimPrefix(trimmed, root+"/")
	switch {
	case !validPath(relative):
		return "", unreadable("a path in it leads out of it")
	case len(relative) > maxPath || strings.Count(relative, "/") > maxDepth:
		return "", unreadable("a path in it is too long")
	}
	return relative, nil
}

// validPath reports whether a name is a relative path without ".", ".." or NUL. It may
// have any encoding, as on Unix.
func validPath(name string) bool {
	for part := range strings.SplitSeq(name, "/") {
		if part == "" || part == "." || part == ".." {
			return false
		}
	}
	return !strings.ContainsRune(name, 0)
}
