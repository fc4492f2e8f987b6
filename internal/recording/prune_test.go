package recording

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// Prune removes the oldest recordings and nothing else.
func TestPrune(t *testing.T) {
	dir := t.TempDir()
	for i, name := range []string{"a.cast", "b.cast", "c.cast", "notes.txt"} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, make([]byte, 100), 0o600); err != nil {
			t.Fatal(err)
		}
		at := time.Date(2026, 3, 1+i, 0, 0, 0, 0, time.UTC)
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
	}
	Prune(dir, 250)
	left, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(left) != 3 || filepath.Base(left[0]) != "b.cast" {
		t.Errorf("%v, %v", left, err)
	}
	Prune(filepath.Join(dir, "not-there"), 0)
}
