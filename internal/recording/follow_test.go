package recording

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// Whoever follows a recording gets each event once, and no line before it is complete.
func TestSince(t *testing.T) {
	path := filepath.Join(t.TempDir(), "one.cast")
	r, err := Create(path, 80, 24, "", "xterm", time.Now)
	if err != nil {
		t.Fatal(err)
	}
	first, err := Since(path, 0)
	if err != nil || first.Header == nil || first.Header.Width != 80 || len(first.Events) != 0 {
		t.Fatalf("a new recording is %+v: %v", first, err)
	}
	r.Output([]byte("one"))
	r.Resize(100, 30)
	second, err := Since(path, first.Next)
	if err != nil || second.Header != nil || len(second.Events) != 2 || second.Events[0].Data != "one" || second.Events[1].Data != "100x30" {
		t.Fatalf("then comes %+v: %v", second, err)
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if _, err := file.WriteString(`[1.0,"o","ha`); err != nil {
		t.Fatal(err)
	}
	third, err := Since(path, second.Next)
	if err != nil || len(third.Events) != 0 || third.Next != second.Next {
		t.Fatalf("of an incomplete line comes %+v: %v", third, err)
	}
	if _, err := file.WriteString("lf\"]\n"); err != nil {
		t.Fatal(err)
	}
	fourth, err := Since(path, third.Next)
	if err != nil || len(fourth.Events) != 1 || fourth.Events[0].Data != "half" {
		t.Fatalf("of a complete line comes %+v: %v", fourth, err)
	}
	if _, err := Since(path+"x", 0); !os.IsNotExist(err) {
		t.Errorf("a recording that does not exist: %v", err)
	}
}
