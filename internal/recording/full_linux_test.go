package recording

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// If the disk fills up within a line, the recording still has only complete lines.
func TestCutAtAWholeLine(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=64k"); err != nil {
		t.Skipf("no file system can be mounted here: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, 0) })
	path := filepath.Join(dir, "a.cast")
	r, err := Create(path, 80, 24, "title", "xterm", time.Now)
	if err != nil {
		t.Fatal(err)
	}
	for range 100 {
		r.Output(bytes.Repeat([]byte("x"), 3000))
	}
	if err := r.Close(); err == nil || !strings.Contains(err.Error(), "no space left") {
		t.Errorf("%v", err)
	}
	text, err := os.ReadFile(path)
	if err != nil || len(text) < 20_000 || text[len(text)-1] != '\n' {
		t.Errorf("%d bytes end with %q, %v", len(text), text[max(0, len(text)-20):], err)
	}
}
