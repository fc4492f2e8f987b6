package images

import (
	"os"
	"path/filepath"
	"testing"
)

// An import that fails before it reads anything returns its error, and tar does not wait for
// a reader.
func TestImportThatReadsNothing(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "large"), make([]byte, 1<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := importRoot(t.Context(), &shelf{}, dir); err == nil || err.Error() != "not here" {
		t.Errorf("got %v", err)
	}
}
