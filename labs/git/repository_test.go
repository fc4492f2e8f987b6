package git

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"endstate/labs/git/plain"
	"endstate/labs/kit"
)

// place is a real repository, made with the real Git.
type place struct {
	t   testing.TB
	dir string
}

func newPlace(t testing.TB) place {
	t.Helper()
	p := place{t, t.TempDir()}
	p.git("init", "--quiet", "--initial-branch=main", ".")
	return p
}

// try runs Git without this machine's configuration.
func (p place) try(args ...string) (string, error) {
	command := exec.Command("git", args...)
	command.Dir = p.dir
	command.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + p.dir + "/..", "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null", "GIT_EDITOR=true",
		"GIT_AUTHOR_NAME=Zoë", "GIT_AUTHOR_EMAIL=zoe@example.com", "GIT_AUTHOR_DATE=2026-01-02T03:04:05+01:00",
		"GIT_COMMITTER_NAME=Ólafur", "GIT_COMMITTER_EMAIL=o@example.com", "GIT_COMMITTER_DATE=2026-01-02T04:04:05+01:00",
	}
	out, err := command.CombinedOutput()
	return string(out), err
}

func (p place) git(args ...string) string {
	p.t.Helper()
	out, err := p.try(args...)
	if err != nil {
		p.t.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(out)
}

func (p place) write(name, content string) {
	p.t.Helper()
	path := filepath.Join(p.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		p.t.Fatal(err)
	}
}

func (p place) commit(name, content string) string {
	p.t.Helper()
	p.write(name, content)
	p.git("add", "--all")
	p.git("commit", "--quiet", "--message", "change "+name)
	return p.git("rev-parse", "HEAD")
}

// entries returns what would be copied out of a host.
func (p place) entries() []kit.Entry {
	p.t.Helper()
	var entries []kit.Entry
	err := filepath.WalkDir(p.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		relative, _ := filepath.Rel(p.dir, path)
		info, err := d.Info()
		if err != nil {
			return err
		}
		entry := kit.Entry{Path: relative, Mode: info.Mode(), Modified: info.ModTime().Unix()}
		switch {
		case info.Mode()&fs.ModeSymlink != 0:
			entry.Link, err = os.Readlink(path)
		case info.Mode().IsRegular():
			entry.Data, err = os.ReadFile(path)
		}
		entries = append(entries, entry)
		return err
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return entries
}

func (p place) observe(look Look) (map[string]any, error) { return observed(p.entries(), look) }

func observed(entries []kit.Entry, look Look) (map[string]any, error) {
	r, err := opened(entries)
	if err != nil {
		return nil, err
	}
	return r.observe(&look)
}

// opened reads a plain repository.
func opened(entries []kit.Entry) (*repository, error) {
	budget := kit.NewBudget("The repository", kit.ObjectLimits)
	return readPlain(context.Background(), copied{path: "/home/learner/shop", entries: entries}, budget)
}

func (p place) see(look Look) map[string]any {
	p.t.Helper()
	seen, err := p.observe(look)
	if err != nil {
		p.t.Fatal(err)
	}
	return seen
}

func TestObserve(t *testing.T) {
	p := newPlace(t)
	first := p.commit("a.txt", "one\n")
	p.git("branch", "topic")
	second := p.commit("sub/b.sh", "#!/bin/sh\n")
	p.git("tag", "--annotate", "--message", "v1", "v1")
	p.git("remote", "add", "origin", "https://example.com/x.git")
	seen := p.see(Look{History: []string{"main", "topic", "nowhere"}, Trees: []string{"main", "work"}, Files: []string{"main:a.txt", "work:sub/b.sh", "main:none"}})

	ids := func(list any) (ids []string) {
		commits, _ := list.([]any)
		for _, c := range commits {
			commit, _ := c.(map[string]any)
			ids = append(ids, fmt.Sprint(commit["id"]))
		}
		return ids
	}
	history, _ := seen["history"].(map[string]any)
	for revision, want := range map[string][]string{"main": {second, first}, "topic": {first}, "nowhere": nil} {
		if diff := cmp.Diff(want, ids(history[revision])); diff != "" {
			t.Errorf("history of %s (-want +got):\n%s", revision, diff)
		}
	}
	tree := map[string]any{
		"a.txt":    map[string]any{"id": p.git("rev-parse", "main:a.txt"), "mode": "100644"},
		"sub/b.sh": map[string]any{"id": p.git("rev-parse", "main:sub/b.sh"), "mode": "100644"},
	}
	want := map[string]any{
		"head":      map[string]any{"branch": "main", "commit": second},
		"branches":  map[string]any{"main": second, "topic": first},
		"tags":      map[string]any{"v1": second},
		"remotes":   map[string]any{"origin": "https://example.com/x.git"},
		"operation": "", "conflicts": []any{}, "status": []any{}, "clean": true, "stashes": []any{},
		"trees": map[string]any{"main": tree, "work": tree},
		"files": map[string]any{"main:a.txt": "one\n", "work:sub/b.sh": "#!/bin/sh\n"},
	}
	delete(seen, "history")
	delete(seen, "refs")
	if diff := cmp.Diff(want, seen); diff != "" {
		t.Errorf("observed (-want +got):\n%s", diff)
	}
}

// A branch is found by name, whatever else has the same name.
func TestNameOfBranchAndTag(t *testing.T) {
	p := newPlace(t)
	first := p.commit("a.txt", "one\n")
	second := p.commit("a.txt", "two\n")
	p.git("tag", "main", second)
	looks := map[string]Look{
		"history": {History: []string{"main"}}, "trees": {Trees: []string{"main~1"}}, "files": {Files: []string{"main^:a.txt"}},
	}
	for name, look := range looks {
		if _, err := p.observe(look); err != nil {
			t.Errorf("%s: a tag on the branch's own commit: %v", name, err)
		}
	}
	files, _ := p.see(looks["files"])["files"].(map[string]any)
	if diff := cmp.Diff(map[string]any{"main^:a.txt": "one\n"}, files); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	p.git("tag", "--force", "main", first)
	for name, look := range looks {
		if _, err := p.observe(look); err == nil || !strings.Contains(err.Error(), "`main` is the name of a branch and of a tag") {
			t.Errorf("%s: a tag elsewhere: %v", name, err)
		}
	}
	if _, err := p.observe(Look{History: []string{"refs/heads/main", "HEAD"}}); err != nil {
		t.Errorf("by its full name: %v", err)
	}
}

// A full name is taken literally, even if a branch has that name.
func TestFullNames(t *testing.T) {
	p := newPlace(t)
	first := p.commit("a", "1\n")
	second := p.commit("a", "2\n")
	p.git("tag", "v1", second)
	for _, name := range []string{"refs/main", "refs/heads/HEAD", "refs/heads/v1", "refs/heads/refs/heads/main", "refs/heads/refs/tags/v1"} {
		p.write(".git/"+name, first+"\n")
	}
	for revision, want := range map[string]string{
		"main": second, "main~1": first, "refs/heads/main": second, "refs/heads/main^": first, "refs/tags/v1": second, "HEAD": second,
	} {
		history, _ := p.see(Look{History: []string{revision}})["history"].(map[string]any)
		commits, _ := history[revision].([]any)
		if len(commits) == 0 {
			t.Errorf("%s has no commits", revision)
			continue
		}
		if tip, _ := commits[0].(map[string]any); tip["id"] != want {
			t.Errorf("%s is %v, want %s", revision, tip["id"], want)
		}
	}
}

// An operation in progress is recognised by what Git leaves behind.
func TestOperation(t *testing.T) {
	conflicting := func(p place) {
		p.commit("a", "1\n")
		p.git("switch", "--quiet", "--create", "topic")
		p.commit("a", "2\n")
		p.git("switch", "--quiet", "main")
		p.commit("a", "3\n")
	}
	for want, args := range map[string][]string{
		"merge": {"merge", "topic"}, "rebase": {"rebase", "topic"}, "cherry-pick": {"cherry-pick", "topic"},
		"revert": {"revert", "--no-edit", "HEAD~1"}, "bisect": {"bisect", "start"},
	} {
		t.Run(want, func(t *testing.T) {
			p := newPlace(t)
			conflicting(p)
			_, _ = p.try(args...)
			seen := p.see(Look{})
			if seen["operation"] != want {
				t.Errorf("operation %q, want %q", seen["operation"], want)
			}
			if want != "bisect" && !cmp.Equal(seen["conflicts"], []any{"a"}) {
				t.Errorf("conflicts %v, want a", seen["conflicts"])
			}
		})
	}
}

// However a plain repository is stored, the result is the same.
func TestHoweverItIsStored(t *testing.T) {
	ways := map[string][][]string{
		"packed":              {{"gc", "--quiet", "--aggressive", "--prune=now"}},
		"packed refs":         {{"pack-refs", "--all"}},
		"commit graph":        {{"commit-graph", "write", "--reachable"}},
		"multi-pack index":    {{"repack", "--quiet", "-ad"}, {"multi-pack-index", "write"}},
		"reachability bitmap": {{"repack", "--quiet", "-adb"}},
		"detached":            {{"switch", "--quiet", "--detach", "main"}},
		"an empty stash":      {{"stash", "list"}},
	}
	for name, commands := range ways {
		t.Run(name, func(t *testing.T) {
			p := newPlace(t)
			for i := range 6 {
				p.commit(fmt.Sprintf("dir/file%d", i%3), strings.Repeat(fmt.Sprintf("line %d\n", i), 50))
			}
			look := Look{History: []string{"main"}, Trees: []string{"main", "work"}}
			want := p.see(look)
			for _, command := range commands {
				p.git(command...)
			}
			got := p.see(look)
			delete(want, "refs") // HEAD is one of them if it is detached
			delete(got, "refs")
			if name == "detached" {
				got["head"] = want["head"]
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("observed (-before +after):\n%s", diff)
			}
		})
	}
}

// Our status equals Git's own, whatever was done.
func TestStatusIsGits(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		p := newPlace(t)
		p.write(".gitignore", "*.log\nbuild/\n/top\n")
		p.commit("a", "1\n")
		p.commit("dir/b", "2\n")
		names := rapid.SampledFrom([]string{"a", "dir/b", "new", "dir/new", "x.log", "top", "dir/top", "build/out", "dir", "ünï cödé"})
		for range rapid.IntRange(1, 7).Draw(rt, "steps") {
			name := names.Draw(rt, "name")
			switch rapid.SampledFrom([]string{"write", "write", "add", "remove", "rm", "commit", "chmod", "link", "add -N", "reset", "mv"}).Draw(rt, "step") {
			case "write":
				if name != "dir" {
					_ = os.MkdirAll(filepath.Dir(filepath.Join(p.dir, name)), 0o755)
					_ = os.WriteFile(filepath.Join(p.dir, name), []byte(rapid.SampledFrom([]string{"1\n", "2\n", "3\n", ""}).Draw(rt, "content")), 0o644)
				}
			case "add":
				_, _ = p.try("add", name)
			case "add -N":
				_, _ = p.try("add", "--intent-to-add", name)
			case "remove":
				_ = os.Remove(filepath.Join(p.dir, name))
			case "rm":
				_, _ = p.try("rm", "-r", "--cached", name)
			case "commit":
				_, _ = p.try("commit", "--quiet", "--message", "m")
			case "chmod":
				_ = os.Chmod(filepath.Join(p.dir, name), 0o755)
			case "link":
				_ = os.Symlink("a", filepath.Join(p.dir, name))
			case "reset":
				_, _ = p.try("reset", "--quiet", name)
			case "mv":
				_, _ = p.try("mv", name, "moved")
			}
		}
		ours := ourStatus(rt, p)
		if ours == nil {
			return // it was left to Git
		}
		if diff := cmp.Diff(gitStatus(p), ours); diff != "" {
			rt.Fatalf("status (-git +ours):\n%s", diff)
		}
	})
}

func gitStatus(p place) []string {
	p.t.Helper()
	out, err := p.try("-c", "status.renames=false", "status", "--porcelain", "-z", "--untracked-files=all")
	if err != nil {
		p.t.Fatalf("git status: %v\n%s", err, out)
	}
	lines := slices.DeleteFunc(strings.Split(out, "\x00"), func(line string) bool { return line == "" })
	slices.SortFunc(lines, func(a, b string) int {
		if aside := strings.HasPrefix(a, "??"); aside != strings.HasPrefix(b, "??") {
			return map[bool]int{true: 1, false: -1}[aside]
		}
		return strings.Compare(a[3:], b[3:])
	})
	return lines
}

func ourStatus(t *rapid.T, p place) []string {
	seen, err := p.observe(Look{})
	if plain.IsNotPlain(err) {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	lines := []string{}
	changes, _ := seen["status"].([]any)
	for _, c := range changes {
		change, _ := c.(map[string]any)
		lines = append(lines, fmt.Sprintf("%s%s %s", change["index"], change["work"], change["path"]))
	}
	return lines
}
