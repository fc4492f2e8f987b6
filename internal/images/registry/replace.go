package registry

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
)

// opaque is the name of a file that hides what lower layers have in its folder.
const opaque = ".wh..wh..opq"

// Replacing returns the archive as a layer whose folders, given as they are named in it, replace
// those of the layers below. Otherwise files that were deleted since would come back: a MySQL
// server with redo log files of two ages does not start. It fails unless the archive has all of
// the folders. The caller closes it.
func Replacing(archive io.Reader, folders ...string) io.ReadCloser {
	r, w := io.Pipe()
	go func() { w.CloseWithError(replace(w, archive, folders)) }()
	return r
}

func replace(w io.Writer, archive io.Reader, folders []string) error {
	wanted := map[string]bool{}
	for _, folder := range folders {
		wanted[clean(folder)] = true
	}
	from, to := tar.NewReader(archive), tar.NewWriter(w)
	for {
		header, err := from.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if strings.HasPrefix(path.Base(header.Name), ".wh.") {
			return fmt.Errorf("the file %s can't be in a layer: its name says that another file is deleted", header.Name)
		}
		if err := to.WriteHeader(header); err != nil {
			return err
		}
		if _, err := io.Copy(to, from); err != nil {
			return err
		}
		if name := clean(header.Name); wanted[name] && header.Typeflag == tar.TypeDir {
			// Behind its folder, as nobody else says what that is like.
			if err := to.WriteHeader(&tar.Header{Name: path.Join(name, opaque), Mode: 0o600}); err != nil {
				return err
			}
			delete(wanted, name)
		}
	}
	for _, folder := range folders {
		if wanted[clean(folder)] {
			return fmt.Errorf("the archive has no folder %s", folder)
		}
	}
	// Whoever made the archive may say only now that it is not to be trusted.
	if _, err := io.Copy(io.Discard, archive); err != nil {
		return err
	}
	return to.Close()
}

// clean returns a path relative to the root folder.
func clean(name string) string { return strings.TrimPrefix(path.Clean("/"+name), "/") }
