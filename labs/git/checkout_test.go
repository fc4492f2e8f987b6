package git

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"endstate/labs/kit"
)

func checkedOut(t *testing.T, entries []kit.Entry, revision string) ([]kit.Entry, error) {
	t.Helper()
	r, err := opened(entries)
	if err != nil {
		t.Fatal(err)
	}
	return r.checkout(revision)
}

// Committed files are checked out whatever the work tree and the settings.
func TestCheckout(t *testing.T) {
	p := newPlace(t)
	p.write("sub/ünï.sh", "#!/bin/sh\n")
	if err := os.Chmod(filepath.Join(p.dir, "sub/ünï.sh"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("a", filepath.Join(p.dir, "link")); err != nil {
		t.Fatal(err)
	}
	first := p.commit("a", "1\n")
	p.commit("b", "2\n")
	p.git("tag", "--annotate", "--message", "both", "v1")
	p.write("a", "changed\n")
	p.write("new", "new\n")
	want := []kit.Entry{
		{Path: "a", Mode: 0o644, Data: []byte("1\n")},
		{Path: "b", Mode: 0o644, Data: []byte("2\n")},
		{Path: "link", Mode: fs.ModeSymlink | 0o777, Link: "a"},
		{Path: "sub/ünï.sh", Mode: 0o755, Data: []byte("#!/bin/sh\n")},
	}
	without := append(want[:1:1], want[2:]...)
	for revision, want := range map[string][]kit.Entry{"main": want, "v1": want, "main~1": without, first: without, "nowhere": nil, "main~7": nil} {
		got, err := checkedOut(t, p.entries(), revision)
		if err != nil {
			t.Errorf("%s: %v", revision, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", revision, diff)
		}
	}
}

// A tree can't lead elsewhere. One that stands for too much, or lacks a part, is a finding
// about the repository.
func TestHostileTrees(t *testing.T) {
	blobPath, blobData, blob := loose(t, "blob", strings.Repeat("x", 1<<20))
	raw, err := hex.DecodeString(blob)
	if err != nil {
		t.Fatal(err)
	}
	var many strings.Builder
	for i := range maxCheckout>>20 + 1 {
		fmt.Fprintf(&many, "100644 %04d\x00%s", i, raw)
	}
	for name, c := range map[string]struct{ tree, reason string }{
		"a name that leads out":   {"100644 ..\x00" + string(raw), ""},
		"a name that is a path":   {"100644 ../probe.py\x00" + string(raw), ""},
		"one blob in many places": {many.String(), "larger than"},
		"a blob that is missing":  {"100644 a\x00" + strings.Repeat("\x01", 20), "missing"},
	} {
		t.Run(name, func(t *testing.T) {
			treePath, treeData, tree := loose(t, "tree", c.tree)
			commitPath, commitData, commit := loose(t, "commit", "tree "+tree+"\nauthor A <a@b.c> 1 +0000\ncommitter A <a@b.c> 1 +0000\n\nm\n")
			files, err := checkedOut(t, changed(simple(t), map[string][]byte{
				blobPath: blobData, treePath: treeData, commitPath: commitData, ".git/refs/heads/bad": []byte(commit + "\n"),
			}), "bad")
			for _, file := range files {
				if !fs.ValidPath(file.Path) {
					t.Errorf("%q leads elsewhere", file.Path)
				}
			}
			var finding *damage
			if c.reason != "" && (!errors.As(err, &finding) || !strings.Contains(finding.reason, c.reason)) {
				t.Errorf("got %v, want a finding with %q", err, c.reason)
			}
		})
	}
}
