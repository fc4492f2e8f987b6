// Package archive packs files of this machine into tar archives, and unpacks archives that may come
// from anyone: never outside the chosen folder, and within limits.
package archive

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"endstate/labs"
)

// The limits of one copy.
const (
	MaxBytes   = 1 << 30
	MaxEntries = 100_000
)

// ErrTooLarge is the error of a copy that exceeds the limits.
var ErrTooLarge = errors.New("it is larger than 1 GiB, or has more than 100,000 files")

// limit counts entries and bytes.
type limit struct {
	entries int
	bytes   int64
}

func (l *limit) add(size int64) error {
	l.entries++
	l.bytes += size
	if l.entries > MaxEntries || l.bytes > MaxBytes || size < 0 {
		return ErrTooLarge
	}
	return nil
}

// Measure checks that a file or folder can be packed within the limits.
func Measure(from string) error {
	var used limit
	return walk(from, func(_, _ string, info fs.FileInfo) error { return used.add(sizeOf(info)) })
}

func sizeOf(info fs.FileInfo) int64 {
	if info.Mode().IsRegular() {
		return info.Size()
	}
	return 0
}

// walk calls do for a file or for a folder and everything in it that can be packed: files, folders
// and symbolic links, which it does not follow. inside is the path within from, in slashes.
func walk(from string, do func(name, inside string, info fs.FileInfo) error) error {
	// A link that is named itself is followed, as cp does.
	real, err := filepath.EvalSymlinks(from)
	if err != nil {
		return err
	}
	return filepath.WalkDir(real, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		kind := info.Mode().Type()
		if kind != 0 && kind != fs.ModeDir && kind != fs.ModeSymlink {
			return nil
		}
		inside, err := filepath.Rel(real, name)
		if err != nil {
			return err
		}
		return do(name, filepath.ToSlash(inside), info)
	})
}

// Pack writes a file or folder to w as a tar archive in which it has the given name. It leaves out
// devices, pipes and sockets.
func Pack(w io.Writer, from, as string) error {
	out, used := tar.NewWriter(w), limit{}
	err := walk(from, func(name, inside string, info fs.FileInfo) error {
		if err := used.add(sizeOf(info)); err != nil {
			return err
		}
		return packOne(out, name, path.Join(as, inside), info)
	})
	return errors.Join(err, out.Close())
}

func packOne(out *tar.Writer, name, as string, info fs.FileInfo) error {
	link := ""
	if info.Mode().Type() == fs.ModeSymlink {
		target, err := os.Readlink(name)
		if err != nil {
			return err
		}
		link = target
	}
	header, err := tar.FileInfoHeader(info, link)
	if err != nil {
		return err
	}
	header.Name, header.Uid, header.Gid, header.Uname, header.Gname = as, 0, 0, "", ""
	header.Mode &= 0o777
	if err := out.WriteHeader(header); err != nil || !info.Mode().IsRegular() {
		return err
	}
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	_, err = io.Copy(out, file)
	return err
}

// Unpack unpacks an archive of one file, or of one folder's content, as Place names it. It replaces
// files that exist. It leaves out what must not come from elsewhere, and returns its names: links
// that lead out of the folder, devices, pipes.
func Unpack(r io.Reader, to Place) (left []string, err error) {
	in, used := tar.NewReader(r), limit{}
	first, err := in.Next()
	if err != nil {
		return nil, fmt.Errorf("read the archive: %w", err)
	}
	folder, name := to.target(first.Typeflag == tar.TypeDir)
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	for header := first; err == nil; header, err = in.Next() {
		if err := used.add(header.Size); err != nil {
			return left, err
		}
		inside := path.Clean(header.Name)
		if name != "" {
			inside = name
		}
		unpacked, err := unpackOne(root, inside, header, in)
		if err != nil {
			return left, err
		}
		if !unpacked {
			left = append(left, inside)
		}
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return left, err
}

// Place is where an archive is unpacked: into To if that is a folder or ends with a slash, or else
// under the name To. Name is the name of what was packed; "." puts a folder's content into To.
type Place struct{ To, Name string }

// target returns the folder to unpack into and, of an archive of a single file, its name there.
func (p Place) target(isFolder bool) (folder, name string) {
	info, err := os.Stat(p.To)
	into := err == nil && info.IsDir() || strings.HasSuffix(p.To, string(filepath.Separator))
	target := p.To
	if into {
		target = filepath.Join(p.To, p.Name)
	}
	if isFolder {
		return target, ""
	}
	return filepath.Dir(target), filepath.Base(target)
}

// unpackOne unpacks an entry, and reports whether it may be.
func unpackOne(root *os.Root, name string, header *tar.Header, content io.Reader) (bool, error) {
	if !filepath.IsLocal(name) {
		return false, nil
	}
	mode := header.FileInfo().Mode().Perm()
	switch header.Typeflag {
	case tar.TypeDir:
		return true, root.MkdirAll(name, mode|0o700)
	case tar.TypeReg:
		return true, unpackFile(root, name, mode, content)
	case tar.TypeSymlink:
		target := filepath.FromSlash(header.Linkname)
		if filepath.IsAbs(target) || !filepath.IsLocal(filepath.Join(filepath.Dir(name), target)) {
			return false, nil
		}
		if err := clear(root, name); err != nil {
			return false, err
		}
		return true, root.Symlink(target, name)
	}
	return false, nil
}

func unpackFile(root *os.Root, name string, mode fs.FileMode, content io.Reader) error {
	if err := clear(root, name); err != nil {
		return err
	}
	file, err := root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, mode|0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(file, content)
	return errors.Join(err, file.Close())
}

// clear removes a file or link, so that nothing is written through it.
func clear(root *os.Root, name string) error {
	if err := root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// Problem describes the error of a copy on this machine to a person.
func Problem(what string, err error) error {
	advice := "Choose another place."
	if errors.Is(err, ErrTooLarge) {
		advice = "Copy a part of it."
	}
	return &labs.Problem{Code: labs.CodeFile, What: what, Advice: advice, Err: err, Usage: true}
}
