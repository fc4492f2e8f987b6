package git

import (
	"fmt"
	"path"
	"strings"
	"sync"

	"github.com/go-git/go-billy/v5"
	"github.com/go-git/go-billy/v5/memfs"
	"github.com/go-git/go-billy/v5/util"
	gogit "github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/config"
	"github.com/go-git/go-git/v5/plumbing/cache"
	"github.com/go-git/go-git/v5/plumbing/storer"
	gitstorage "github.com/go-git/go-git/v5/storage"
	"github.com/go-git/go-git/v5/storage/filesystem"

	"endstate/labs"
)

// repository is a copy of a learner's repository in memory.
type repository struct {
	*gogit.Repository
	mu      sync.Mutex // go-git reads are not safe side by side
	entries map[string]labs.Entry
	work    billy.Filesystem
	state   []labs.Entry // what lies in .git, objects apart
}

// storage keeps objects, which were read under limits, apart from the rest of
// .git, which go-git reads from the copy: reading objects itself, it would follow
// alternates out of the copy and inflate whatever it is told to.
type storage struct {
	storer.EncodedObjectStorer // in memory, read under limits
	storer.ReferenceStorer
	storer.ShallowStorer
	storer.IndexStorer
	config.ConfigStorer
	gitstorage.ModuleStorer
}

// open makes a repository of what was copied out.
func open(entries []labs.Entry) (*repository, error) {
	r := &repository{entries: map[string]labs.Entry{}, work: memfs.New()}
	dotGit := memfs.New()
	loaded := newLoader()
	for _, entry := range entries {
		r.entries[entry.Path] = entry
		inside, isGit := strings.CutPrefix(entry.Path, ".git/")
		var err error
		switch {
		case entry.Path == "." && !entry.Mode.IsDir():
			return nil, damaged(nil, "it is not a folder")
		case entry.Path == ".git" && !entry.Mode.IsDir():
			return nil, damaged(nil, "its `.git` is no folder but points elsewhere")
		case entry.Path == "." || entry.Path == ".git":
		case isGit && strings.HasPrefix(inside, "objects/"):
			err = loaded.add(strings.TrimPrefix(inside, "objects/"), entry)
		case isGit:
			r.state = append(r.state, entry)
			err = addState(dotGit, inside, entry)
		default:
			err = write(r.work, entry.Path, entry)
		}
		if err != nil {
			return nil, err
		}
	}
	if _, ok := r.entries[".git"]; !ok {
		return nil, damaged(nil, "there is no `.git` in it")
	}
	store, err := loaded.storage()
	if err != nil {
		return nil, err
	}
	files := filesystem.NewStorage(dotGit, cache.NewObjectLRUDefault())
	all := &storage{&store.ObjectStorage, files, files, files, files, files}
	if r.Repository, err = gogit.Open(all, r.work); err != nil {
		return nil, damaged(err, "its configuration can't be read: %v", err)
	}
	return r, nil
}

// addState writes a file of .git that is no object.
func addState(dotGit billy.Filesystem, name string, entry labs.Entry) error {
	if name == "index" {
		if err := boundIndex(entry.Data); err != nil {
			return err
		}
	}
	if entry.Link != "" {
		return damaged(nil, "`.git/%s` is a link", name)
	}
	return write(dotGit, name, entry)
}

func write(to billy.Filesystem, name string, entry labs.Entry) error {
	var err error
	switch {
	case entry.Mode.IsDir():
		err = to.MkdirAll(name, 0o755)
	case entry.Link != "":
		err = to.Symlink(entry.Link, name)
	default:
		err = util.WriteFile(to, name, entry.Data, entry.Mode.Perm())
	}
	if err != nil {
		return fmt.Errorf("copy %s: %w", path.Base(name), err)
	}
	return nil
}
