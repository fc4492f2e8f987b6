package file

import (
	"io/fs"
	"reflect"
	"testing"

	"endstate/labs/kit"
)

// Files are equal if their kind and content are equal; modes count only if observed.
func TestDescribe(t *testing.T) {
	file := kit.Entry{Path: ".", Mode: 0o644, Data: []byte("content")}
	protected, changed, linked := file, file, file
	protected.Mode = 0o444
	changed.Data = []byte("Content")
	linked.Mode, linked.Link, linked.Data = fs.ModeSymlink|0o777, "elsewhere", nil
	for _, c := range []struct {
		name  string
		other kit.Entry
		look  Look
		same  bool
	}{
		{"itself", file, Look{Text: true, Mode: true}, true},
		{"write-protected", protected, Look{Text: true}, true},
		{"write-protected, and the mode is observed", protected, Look{Mode: true}, false},
		{"other content of the same size", changed, Look{}, false},
		{"a link in its place", linked, Look{}, false},
	} {
		if same := reflect.DeepEqual(c.look.describe(file), c.look.describe(c.other)); same != c.same {
			t.Errorf("%s: same = %v", c.name, same)
		}
	}
}
