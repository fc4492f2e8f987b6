//go:build linux

package supervisor

import (
	"archive/tar"
	"bufio"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"syscall"

	"endstate/internal/supervisor/wire"
)

// copyOut sends a file or folder as an archive. Names in it begin with the last part of the path.
func (a *attendant) copyOut(name string) error {
	name = path.Clean("/" + name)
	info, err := os.Lstat(name)
	if err != nil {
		return err
	}
	return a.archive(func(w *tar.Writer) error {
		base := path.Base(name)
		if info.IsDir() {
			return pack(w, name, base)
		}
		return packOne(w, name, base, info)
	})
}

// save sends folders as an archive, with their whole paths.
func (a *attendant) save(folders []string) error {
	return a.archive(func(w *tar.Writer) error {
		for _, folder := range folders {
			if err := pack(w, folder, strings.TrimPrefix(folder, "/")); err != nil {
				return err
			}
		}
		return nil
	})
}

func (a *attendant) archive(write func(*tar.Writer) error) error {
	buffer := bufio.NewWriterSize(wire.Stream{Conn: a.Conn, Kind: wire.Output}, wire.MaxData)
	w := tar.NewWriter(buffer)
	if err := write(w); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	return buffer.Flush()
}

// pack writes a folder and everything in it. It follows no link.
func pack(w *tar.Writer, folder, as string) error {
	return filepath.WalkDir(folder, func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			if entry != nil && errors.Is(err, fs.ErrNotExist) {
				return nil // gone meanwhile
			}
			return err
		}
		info, err := entry.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		return packOne(w, file, path.Join(as, strings.TrimPrefix(file, folder)), info)
	})
}

// packOne writes one file.
func packOne(w *tar.Writer, file, as string, info fs.FileInfo) error {
	if info.Mode()&fs.ModeSocket != 0 {
		return nil // an archive can't hold one
	}
	link := ""
	if info.Mode()&fs.ModeSymlink != 0 {
		var err error
		if link, err = os.Readlink(file); err != nil {
			return err
		}
	}
	header, err := tar.FileInfoHeader(info, link)
	if err != nil {
		return err
	}
	header.Name = as
	if info.IsDir() {
		header.Name += "/"
	}
	if !info.Mode().IsRegular() {
		return w.WriteHeader(header)
	}
	// Whatever takes the file's place meanwhile, neither a link is followed nor a pipe waited for.
	f, err := os.OpenFile(file, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	if info, err = f.Stat(); err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return errors.New(file + " changed while it was copied")
	}
	header.Size = info.Size()
	if err := w.WriteHeader(header); err != nil {
		return err
	}
	n, err := io.Copy(w, io.LimitReader(f, header.Size))
	if err != nil {
		return err
	}
	if n < header.Size { // it was cut meanwhile
		_, err = io.CopyN(w, zeros{}, header.Size-n)
	}
	return err
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}
