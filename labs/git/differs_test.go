package git

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// Every entry of a tree counts: content, modes, kinds, missing and extra ones.
func TestDiffersNamesEveryEntry(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.write("a.txt", "one\n")
	p.write("b.sh", "#!/bin/sh\n")
	p.write("c.py", "x = 1\n\n\ndef f():\n    return 1\n")
	p.commit("d.txt", "four\n")
	files := map[string]any{
		"a.txt": entry(p, "a.txt"), "b.sh": entry(p, "b.sh"), "d.txt": entry(p, "d.txt"), "gone.txt": map[string]any{"mode": "", "blocks": []any{""}, "absent": true},
		"c.py": map[string]any{"mode": "100644", "blocks": []any{"x = 1", ""}, "absent": false},
	}
	steps := []any{map[string]any{"subject": "", "onto": "", "files": files}}
	for _, test := range []struct {
		name string
		do   func()
		want []string
	}{
		{"as expected", func() {}, nil},
		{"judged by others", func() { p.write("c.py", "x = 1\n\n\ndef f():\n    return 2\n"); p.write("gone.txt", "here\n") }, nil},
		{"beside the conflict", func() { p.write("c.py", "x = 2\n\n\ndef f():\n    return 2\n") }, []string{"c.py content"}},
		{"another content", func() { p.write("a.txt", "two\n") }, []string{"a.txt content"}},
		{"executable", func() { p.chmod("b.sh", 0o755); p.chmod("c.py", 0o755) }, []string{"b.sh mode", "c.py mode"}},
		{"a link", func() { p.remove("d.txt"); p.link("a.txt", "d.txt") }, []string{"d.txt kind"}},
		{"missing and more", func() { p.remove("a.txt"); p.write("sub/e.txt", "five\n") }, []string{"a.txt missing", "sub/e.txt extra"}},
		{"a repository in it", func() {
			p.git("init", "--quiet", "vendor")
			p.git("-C", "vendor", "commit", "--quiet", "--allow-empty", "--message", "x")
		}, []string{"vendor extra"}},
	} {
		p.git("switch", "--quiet", "--detach", "main")
		test.do()
		p.git("add", "--all")
		p.git("commit", "--quiet", "--allow-empty", "--message", test.name)
		p.git("branch", "--force", "at", "HEAD")
		// A commit that is not checked out can be read without Git.
		_ = os.RemoveAll(filepath.Join(p.dir, "vendor"))
		p.git("switch", "--quiet", "--detach", "main")
		if got := differences(t, p, steps); !slices.Equal(got, test.want) {
			t.Errorf("%s: %v, not %v", test.name, got, test.want)
		}
	}
}

// Each replayed commit is compared with the one with its subject, and none with those below
// them.
func TestDiffersComparesCommitsBySubject(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	onto := p.commit("a.txt", "one\n")
	step := func(subject string, paths ...string) any {
		files := map[string]any{}
		for _, path := range paths {
			files[path] = entry(p, path)
		}
		return map[string]any{"subject": subject, "onto": onto, "files": files}
	}
	p.git("switch", "--quiet", "--create", "at")
	p.commit("b.txt", "two\n")
	p.commit("c.txt", "three\n")
	steps := []any{step("change b.txt", "a.txt", "b.txt"), step("change c.txt", "a.txt", "c.txt"), step("change a.txt")}
	if got := differences(t, p, steps); !slices.Equal(got, []string{"change c.txt: b.txt extra"}) {
		t.Errorf("%v", got)
	}
	r, err := opened(p.entries())
	if err != nil {
		t.Fatal(err)
	}
	if c := r.commit("at^{/^change b}"); c == nil || c.Message != "change b.txt\n" {
		t.Errorf("at^{/^change b} is %v", c)
	}
	if c := r.commit("at^{/^nothing}"); c != nil {
		t.Errorf("at^{/^nothing} is %v", c)
	}
}

// entry returns the expectation for a file as it is committed.
func entry(p place, path string) map[string]any {
	return map[string]any{"id": p.git("rev-parse", "HEAD:"+path), "mode": "100644"}
}

func differences(t *testing.T, p place, steps []any) (all []string) {
	t.Helper()
	r, err := opened(p.entries())
	if err != nil {
		t.Fatal(err)
	}
	found, err := r.differs(&Differs{At: "at"}, steps)
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range found {
		finding, _ := one.(map[string]any)
		line := fmt.Sprint(finding["path"], " ", finding["what"])
		if finding["commit"] != "" {
			line = fmt.Sprint(finding["commit"], ": ", line)
		}
		all = append(all, line)
	}
	return all
}

func (p place) chmod(name string, mode os.FileMode) {
	p.t.Helper()
	if err := os.Chmod(filepath.Join(p.dir, name), mode); err != nil {
		p.t.Fatal(err)
	}
}

func (p place) remove(name string) {
	p.t.Helper()
	if err := os.Remove(filepath.Join(p.dir, name)); err != nil {
		p.t.Fatal(err)
	}
}

func (p place) link(to, name string) {
	p.t.Helper()
	if err := os.Symlink(to, filepath.Join(p.dir, name)); err != nil {
		p.t.Fatal(err)
	}
}
