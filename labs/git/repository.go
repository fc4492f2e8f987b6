package git

import (
	"fmt"
	"strings"
	"sync"

	gogit "github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/storage/memory"

	"endstate/labs/git/plain"
	"endstate/labs/kit"
)

// repository is a copy of a learner's repository in memory. go-git holds its objects and
// refs. Everything else was read by this package if the repository is plain, or else by
// Git.
type repository struct {
	*gogit.Repository
	mu      sync.Mutex // go-git can't read concurrently
	entries map[string]kit.Entry
	told    told
	shallow map[plumbing.Hash]bool   // commits at which the history of a shallow clone ends
	long    map[plumbing.Hash]string // IDs longer than go-git's
}

// told is everything about a repository other than objects and refs.
type told struct {
	status    []change
	stashes   []string // IDs, newest first
	remotes   map[string]string
	operation string
	work      map[string]string // path → ID that Git would store the file under
}

// change is a line of git status --short. Its code has two letters: the index compared with
// HEAD, and the work tree compared with the index.
type change struct{ code, path string }

// copied is what was copied out of a host.
type copied struct {
	path    string      // of the repository
	entries []kit.Entry // the repository's files, including .git
	home    []kit.Entry // the learner's own Git settings, by absolute path
}

func (c copied) byPath() map[string]kit.Entry {
	entries := make(map[string]kit.Entry, len(c.entries))
	for _, entry := range c.entries {
		entries[entry.Path] = entry
	}
	return entries
}

// isFolder refuses something that is not a repository, or whose .git is elsewhere.
func (c copied) isFolder() error {
	entries := c.byPath()
	if root, ok := entries["."]; ok && !root.Mode.IsDir() {
		return damaged(nil, "it is not a folder")
	}
	switch dotGit, ok := entries[".git"]; {
	case !ok:
		return damaged(nil, "there is no `.git` in it")
	case !dotGit.Mode.IsDir():
		return damaged(nil, "its `.git` is not a folder, but points elsewhere")
	}
	return nil
}

// newRepository makes a repository of objects and refs. head is the name of HEAD's ref, or
// the ID of a commit.
func newRepository(c copied, objects *memory.Storage, refs map[string]string, head string) (*repository, error) {
	r := &repository{entries: c.byPath(), shallow: map[plumbing.Hash]bool{}, long: map[plumbing.Hash]string{}}
	for name, id := range refs {
		if err := objects.SetReference(plumbing.NewHashReference(plumbing.ReferenceName(name), r.hash(id))); err != nil {
			return nil, err
		}
	}
	at := plumbing.NewHashReference(plumbing.HEAD, r.hash(head))
	if strings.HasPrefix(head, "refs/") {
		at = plumbing.NewSymbolicReference(plumbing.HEAD, plumbing.ReferenceName(head))
	}
	if err := objects.SetReference(at); err != nil {
		return nil, err
	}
	// Git knows the empty tree, and does not store it in every repository.
	for _, id := range []string{"4b825dc642cb6eb9a060e54bf8d69288fbee4904", "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321"} {
		if _, err := objects.SetEncodedObject(plain.NewObject(plumbing.TreeObject, nil, plumbing.NewHash(id))); err != nil {
			return nil, err
		}
	}
	for id := range strings.FieldsSeq(string(r.entries[".git/shallow"].Data)) {
		r.shallow[r.hash(id)] = true
	}
	var err error
	if r.Repository, err = gogit.Open(objects, nil); err != nil {
		return nil, fmt.Errorf("open the objects: %w", err)
	}
	return r, nil
}

// hash returns the go-git ID for an ID of Git's, and remembers the rest of a longer one.
func (r *repository) hash(id string) plumbing.Hash {
	short := plumbing.NewHash(id)
	if len(id) > len(short.String()) {
		r.long[short] = id
	}
	return short
}

// id returns an ID in Git's form.
func (r *repository) id(hash plumbing.Hash) string {
	if long, ok := r.long[hash]; ok {
		return long
	}
	return hash.String()
}
