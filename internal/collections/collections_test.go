package collections

import (
	"errors"
	"net/http/cgi"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/object"

	"endstate/labs"
)

// origin is a repository that others write.
type origin struct {
	t      *testing.T
	repo   *git.Repository
	folder string
}

func newOrigin(t *testing.T) *origin {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "Good Labs.git")
	repo, err := git.PlainInit(folder, true)
	if err != nil {
		t.Fatal(err)
	}
	return &origin{t, repo, folder}
}

// entry is a file of a commit, or something hostile.
type entry struct {
	name, text string
	mode       filemode.FileMode
}

// commit makes a commit on master with exactly these entries at the top.
func (o *origin) commit(entries ...entry) string {
	o.t.Helper()
	tree := &object.Tree{}
	for _, e := range entries {
		blob := o.store(plumbing.BlobObject, []byte(e.text))
		tree.Entries = append(tree.Entries, object.TreeEntry{Name: e.name, Mode: e.mode, Hash: blob})
	}
	sort.Sort(object.TreeEntrySorter(tree.Entries))
	stored := o.repo.Storer.NewEncodedObject()
	if err := tree.Encode(stored); err != nil {
		o.t.Fatal(err)
	}
	hash, err := o.repo.Storer.SetEncodedObject(stored)
	if err != nil {
		o.t.Fatal(err)
	}
	who := object.Signature{Name: "Ada", Email: "ada@example.com", When: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)}
	made := o.repo.Storer.NewEncodedObject()
	if err := (&object.Commit{Author: who, Committer: who, Message: "Commit", TreeHash: hash}).Encode(made); err != nil {
		o.t.Fatal(err)
	}
	commit, err := o.repo.Storer.SetEncodedObject(made)
	if err == nil {
		err = o.repo.Storer.SetReference(plumbing.NewHashReference("refs/heads/master", commit))
	}
	if err != nil {
		o.t.Fatal(err)
	}
	return commit.String()
}

func (o *origin) store(kind plumbing.ObjectType, data []byte) plumbing.Hash {
	o.t.Helper()
	stored := o.repo.Storer.NewEncodedObject()
	stored.SetType(kind)
	w, err := stored.Writer()
	if err == nil {
		_, err = w.Write(data)
	}
	if err != nil {
		o.t.Fatal(err)
	}
	hash, err := o.repo.Storer.SetEncodedObject(stored)
	if err != nil {
		o.t.Fatal(err)
	}
	return hash
}

func file(name, text string) entry { return entry{name, text, filemode.Regular} }

func newStore(t *testing.T) Store {
	return Store{Folder: filepath.Join(t.TempDir(), "collections"), Clock: time.Now}
}

func read(t *testing.T, c *Collection, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(c.Folder, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// A collection stays at its commit until it is updated.
func TestPinned(t *testing.T) {
	o, store := newOrigin(t), newStore(t)
	first := o.commit(file("a.txt", "one"))
	c, err := store.Add(t.Context(), o.folder)
	if err != nil || c.Name != "good-labs" || c.Commit != first || read(t, c, "a.txt") != "one" {
		t.Fatalf("added %+v, %v", c, err)
	}
	second := o.commit(file("a.txt", "two"))
	if c, err = store.Add(t.Context(), o.folder); err != nil || c.Commit != first || read(t, c, "a.txt") != "one" {
		t.Errorf("added again: %+v, %v", c, err)
	}
	updated, err := store.Update(t.Context(), c)
	if err != nil || updated.Commit != second || read(t, updated, "a.txt") != "two" {
		t.Errorf("updated: %+v, %v", updated, err)
	}
	if _, err := os.Stat(c.Folder); err == nil {
		t.Error("the old commit's files are left")
	}
	if again, err := store.Update(t.Context(), updated); err != nil || again.Commit != second || read(t, again, "a.txt") != "two" {
		t.Errorf("updated again: %+v, %v", again, err)
	}
	if err := store.Remove(updated); err != nil {
		t.Error(err)
	}
	if all, err := store.List(); err != nil || len(all) != 0 {
		t.Errorf("after remove: %+v, %v", all, err)
	}
}

// An address may name a branch, a tag or a commit.
func TestWanted(t *testing.T) {
	o, store := newOrigin(t), newStore(t)
	first := o.commit(file("a.txt", "one"))
	if _, err := o.repo.CreateTag("v1", plumbing.NewHash(first), nil); err != nil {
		t.Fatal(err)
	}
	second := o.commit(file("a.txt", "two"))
	for address, want := range map[string]string{
		o.folder: second, o.folder + "#v1": first, o.folder + "#master": second, o.folder + "@" + first: first, o.folder + "@" + first[:9]: first,
		"file://" + o.folder + "#v1": first,
	} {
		if c, err := store.Add(t.Context(), address); err != nil || c.Commit != want {
			t.Errorf("%s: %+v, %v", address, c, err)
		}
	}
	for address, advice := range map[string]string{
		o.folder + "#nothing": "no such branch, tag or commit", t.TempDir(): "There is no Git repository", "/no/such/folder": "There is no Git repository",
		"ftp://example.com/x": "Use https://", "http://example.com/x.git": "Use https://", "https://me:secret@example.com/x.git": "without a password",
		"git@example.com:x.git": "clone it yourself", "https://127.0.0.1:1/x.git": "Look at the address and at the network",
	} {
		_, err := store.Add(t.Context(), address)
		var problem *labs.Problem
		if !errors.As(err, &problem) || !strings.Contains(problem.Advice, advice) {
			t.Errorf("%s: %v\n%+v", address, err, problem)
		}
	}
}

// What a hostile repository has beside regular files is not written, and nothing outside of the
// collection's folder.
func TestHostile(t *testing.T) {
	o, store := newOrigin(t), newStore(t)
	o.commit(file("a.txt", "one"), entry{"link", "/etc/passwd", filemode.Symlink}, entry{"module", "x", filemode.Submodule})
	c, err := store.Add(t.Context(), o.folder)
	if err != nil {
		t.Fatal(err)
	}
	if entries, err := os.ReadDir(c.Folder); err != nil || len(entries) != 1 || entries[0].Name() != "a.txt" {
		t.Errorf("written: %v, %v", entries, err)
	}
	for _, name := range []string{"..", ".git", ".GIT", "../outside", `..\outside`, "a/../../b", "/etc/x"} {
		o.commit(file("a.txt", "one"), file(name, "hostile"))
		if _, err := store.Update(t.Context(), c); err == nil {
			t.Errorf("a file named %q is written", name)
		}
	}
	o.commit(file("large", strings.Repeat("x", maxFile+1)))
	if _, err := store.Update(t.Context(), c); err == nil || !strings.Contains(err.Error(), "too large") {
		t.Errorf("a large file: %v", err)
	}
	if there, err := store.Find(c.Name); err != nil || there.Commit != c.Commit || read(t, there, "a.txt") != "one" {
		t.Errorf("after failed updates: %+v, %v", there, err)
	}
	left, err := filepath.Glob(filepath.Join(store.Folder, "*", ".draft-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// A collection is fetched over HTTP, and used without a network afterwards.
func TestFetchOverHTTP(t *testing.T) {
	out, err := exec.Command("git", "--exec-path").Output()
	if err != nil {
		t.Skipf("NOT CHECKED: there is no git to serve a repository: %v", err)
	}
	o, store := newOrigin(t), newStore(t)
	first := o.commit(file("a.txt", "one"))
	if _, err := o.repo.CreateTag("v1", plumbing.NewHash(first), nil); err != nil {
		t.Fatal(err)
	}
	second := o.commit(file("a.txt", "two"))
	server := httptest.NewServer(&cgi.Handler{
		Path: filepath.Join(strings.TrimSpace(string(out)), "git-http-backend"),
		Env:  []string{"GIT_PROJECT_ROOT=" + filepath.Dir(o.folder), "GIT_HTTP_EXPORT_ALL=1", "GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=safe.directory", "GIT_CONFIG_VALUE_0=*"},
	})
	address := server.URL + "/Good%20Labs.git"
	for wanted, commit := range map[string]string{"": second, "#v1": first, "#master": second, "@" + second: second} {
		c, err := store.Add(t.Context(), address+wanted)
		if err != nil || c.Commit != commit {
			t.Errorf("%s: %+v, %v", wanted, c, err)
		}
	}
	if _, err := store.Add(t.Context(), address+"#nothing"); err == nil {
		t.Error("a branch that is not there is fetched")
	}
	server.Close()
	c, err := store.Add(t.Context(), address)
	if err != nil || read(t, c, "a.txt") != "two" {
		t.Errorf("without a network: %+v, %v", c, err)
	}
	if _, err := store.Update(t.Context(), c); err == nil {
		t.Error("an update needs no network")
	}
}
