package sqlite

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// diskFull reports whether an error from the store in a file comes from a full disk or an
// exhausted quota. SQLite does not say why a write failed, and even readers create a file,
// so diskFull tries to write one.
func diskFull(path string, err error) bool {
	if noRoom(err) {
		return true
	}
	var failed *sqlite.Error
	if !errors.As(err, &failed) {
		return false
	}
	switch failed.Code() & 0xff {
	case sqlite3.SQLITE_FULL:
		return true
	case sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN:
		return noRoom(tryWrite(filepath.Dir(path)))
	}
	return false
}

func noRoom(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}

// tryWrite writes a file as large as the database's smallest, and removes it.
func tryWrite(dir string) error {
	const smallest = 64 << 10
	file, err := os.CreateTemp(dir, ".room-*")
	if err != nil {
		return err
	}
	defer os.Remove(file.Name())
	_, err = file.Write(make([]byte, smallest))
	return errors.Join(err, file.Sync(), file.Close())
}
