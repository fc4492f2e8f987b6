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

// What the names in an archive may be, at most.
const (
	maxPath  = 1024 // bytes of a name
	maxDepth = 64   // folders
	// What a header and its extensions come to, at most, on average.
	maxHeader = 4 << 10
)

func unreadable(format string, args ...any) error {
	return &labs.Unreadable{Reason: fmt.Sprintf(format, args...)}
}

// errTorn says that an archive is no archive to its end: what was packed changed
// meanwhile, or the engine broke off.
var errTorn = errors.New("the archive breaks off")

// ReadArchive reads a tar archive whose entries all lie below its first one, as
// an engine makes it. It follows no link, and reads nothing beyond the budget, of which
// each link to the same content takes as much as that.
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
			return nil, unreadable("its names alone are too long")
		case err != nil:
			return nil, errors.Join(errTorn, err)
		}
		if err := r.add(ctx, header); err != nil {
			return nil, err
		}
	}
}

// rawArchive is an archive as it comes. One that is whole ends with two empty blocks:
// where an engine meets an error it just ends.
type rawArchive struct {
	from  io.Reader
	left  int64 // bytes that it may still have
	zeros int   // with which it ended until now
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

// add reads one entry.
func (r *reader) add(ctx context.Context, header *tar.Header) error {
	if r.root == "" {
		r.root = strings.Trim(header.Name, "/")
	}
	entry, err := entryOf(header, r.root)
	if err != nil {
		return err
	}
	if header.Typeflag == tar.TypeLink {
		if entry.Data, err = r.linked(header); err != nil {
			return err
		}
	}
	if err := r.budget.Take(ctx, entry.Path, header.Size+int64(len(entry.Data)+len(entry.Path)+len(entry.Link))); err != nil {
		return err
	}
	if header.Typeflag == tar.TypeReg {
		entry.Data = make([]byte, header.Size)
		if _, err := io.ReadFull(r.files, entry.Data); err != nil {
			return torn(ctx, err)
		}
	}
	if _, twice := r.byPath[entry.Path]; twice {
		return unreadable("`%s` is in it twice", kit.ShownName(entry.Path))
	}
	r.byPath[entry.Path] = len(r.entries)
	r.entries = append(r.entries, entry)
	return nil
}

func torn(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return errors.Join(errTorn, err)
}

// linked returns the content of a file that is the same as an earlier one.
func (r *reader) linked(header *tar.Header) ([]byte, error) {
	target, err := below(header.Linkname, r.root)
	if err != nil {
		return nil, err
	}
	i, ok := r.byPath[target]
	if !ok || !r.entries[i].Mode.IsRegular() {
		return nil, unreadable("`%s` is a link to nothing in it", kit.ShownName(path.Base(header.Name)))
	}
	return r.entries[i].Data, nil
}

func entryOf(header *tar.Header, root string) (kit.Entry, error) {
	below, err := below(header.Name, root)
	if err != nil {
		return kit.Entry{}, err
	}
	entry := kit.Entry{Path: below, Mode: header.FileInfo().Mode(), Modified: header.ModTime.Unix()}
	switch header.Typeflag {
	case tar.TypeReg, tar.TypeDir:
	case tar.TypeLink:
		entry.Mode = entry.Mode.Perm()
	case tar.TypeSymlink:
		entry.Link = header.Linkname
	default:
		return kit.Entry{}, unreadable("`%s` is neither a file, a folder nor a link", kit.ShownName(below))
	}
	if header.Typeflag != tar.TypeReg && header.Size != 0 {
		return kit.Entry{}, unreadable("`%s` has content that it can't have", kit.ShownName(below))
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
		return "", unreadable("a name in it points elsewhere")
	}
	relative := strings.TrimPrefix(trimmed, root+"/")
	switch {
	case !validPath(relative):
		return "", unreadable("a name in it points elsewhere")
	case len(relative) > maxPath || strings.Count(relative, "/") > maxDepth:
		return "", unreadable("a name in it is too long")
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
