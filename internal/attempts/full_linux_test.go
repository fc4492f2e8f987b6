package attempts

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"endstate/labs"
)

// On a full disk, the store's error says so, for readers too. Its content is unharmed.
func TestOpenedOnAFullDisk(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=1m"); err != nil {
		t.Skipf("no file system can be mounted here: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, 0) })
	path := Path(dir)
	store := open(t, path)
	attemptOf(t, store, aLab())
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	filler := filepath.Join(dir, "filler")
	if err := os.WriteFile(filler, make([]byte, 2<<20), 0o600); !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("the disk is not full: %v", err)
	}
	var problem *labs.Problem
	if _, err := Open(t.Context(), path); !errors.As(err, &problem) || !strings.HasPrefix(problem.What, "The disk is full") {
		t.Errorf("got %v", err)
	}
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	if again := attemptOf(t, open(t, path), aLab()); again.ID != 1 {
		t.Errorf("the attempt is %d", again.ID)
	}
}
