package attempts

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// diskFull reports whether an error about the store in a file comes from a full disk, or
// from a quota that is used up. The database does not pass on why it could not write, and
// even a reader makes a file, so it is tried.
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

// tryWrite writes as much as the database's smallest file takes, and removes it.
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
