// Package locks has the locks of hosts, which the processes of a user share.
package locks

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"

	"endstate/labs"
)

// A process that keeps a host frozen holds a shared lock on a file named after the host.
// The system releases the lock when the process ends, however it ends. A process that gets
// the lock exclusively thaws the host, unless a second file says that the host should stay
// frozen.
//
// A host must not be frozen while a command is starting in it: engines with runc and cgroup
// v1 would deadlock, for all hosts. So starting commands share a third lock, which the
// process that freezes the host takes exclusively.
const (
	Running = ".lock"  // suffix of the lock that keeps a host frozen
	Begin   = ".begin" // suffix of the lock of commands that are starting
	kept    = ".frozen"
)

// Of returns one of a host's locks, unlocked.
func Of(host labs.Host, suffix string) (*flock.Flock, error) {
	dir, err := locksDir()
	if err != nil {
		return nil, fmt.Errorf("create the folder for hosts' locks: %w", err)
	}
	return flock.New(filepath.Join(dir, host.ID+suffix)), nil
}

// LastingFile returns the path of the file that says that a host should stay frozen.
func LastingFile(lock *flock.Flock) string { return lock.Path() + kept }

// StaysFrozen reports whether a host should stay frozen.
func StaysFrozen(host labs.Host) bool {
	lock, err := Of(host, Running)
	if err != nil {
		return false
	}
	_, err = os.Stat(LastingFile(lock))
	return err == nil
}

// locksDir returns a folder shared by all processes of a user, whatever their settings.
func locksDir() (dir string, err error) {
	if cache, err := os.UserCacheDir(); err == nil {
		dir = filepath.Join(cache, "endstate", "hosts")
		if err := os.MkdirAll(dir, 0o700); err == nil {
			return dir, nil
		}
	}
	dir = filepath.Join(os.TempDir(), fmt.Sprintf("endstate-%d", os.Getuid()))
	return dir, os.MkdirAll(dir, 0o700)
}

// Forget removes the locks of a host that no longer exists.
func Forget(id string) {
	dir, err := locksDir()
	if err != nil {
		return
	}
	for _, suffix := range []string{Running, Running + kept, Begin} {
		_ = os.Remove(filepath.Join(dir, id+suffix))
	}
}
