package collections

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"

	"github.com/go-git/go-billy/v5/osfs"
	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/cache"
	"github.com/go-git/go-git/v5/plumbing/transport"
	"github.com/go-git/go-git/v5/storage/filesystem"

	"endstate/labs"
)

// maxPack is how many bytes may be fetched.
const maxPack = 64 << 20

var errTooMuch = fmt.Errorf("it has more than %d MiB", maxPack>>20)

// storage is a repository on disk that takes packs up to a limit.
type storage struct{ *filesystem.Storage }

// PackfileWriter returns what a fetched pack is written to.
func (s storage) PackfileWriter() (io.WriteCloser, error) {
	w, err := s.Storage.PackfileWriter()
	return &limited{WriteCloser: w, left: maxPack}, err
}

type limited struct {
	io.WriteCloser
	left int
}

func (l *limited) Write(data []byte) (int, error) {
	if l.left -= len(data); l.left < 0 {
		return 0, errTooMuch
	}
	return l.WriteCloser.Write(data)
}

// fetch opens the repository of an address and finds the wanted commit. A repository of another
// machine is fetched into a temporary folder; nothing in it is run: no hooks, no filters, no
// submodules. end removes the folder.
func fetch(ctx context.Context, a Address) (repo *git.Repository, commit plumbing.Hash, end func(), err error) {
	end = func() {}
	if folder, ok := a.folder(); ok {
		repo, err = git.PlainOpenWithOptions(folder, &git.PlainOpenOptions{EnableDotGitCommonDir: true})
	} else {
		repo, end, err = clone(ctx, a)
	}
	if err == nil {
		commit, err = resolve(repo, a)
	}
	if err != nil {
		end()
		return nil, commit, nil, unreachable(a, err)
	}
	return repo, commit, end, nil
}

func clone(ctx context.Context, a Address) (*git.Repository, func(), error) {
	folder, err := os.MkdirTemp("", "endstate-fetch-*")
	if err != nil {
		return nil, func() {}, err
	}
	end := func() { _ = os.RemoveAll(folder) }
	options := &git.CloneOptions{URL: a.URL, NoCheckout: true, RecurseSubmodules: git.NoRecurseSubmodules, Tags: git.NoTags}
	if a.Commit == "" {
		options.Depth, options.SingleBranch = 1, true
	}
	var names []plumbing.ReferenceName
	if a.Ref != "" {
		names = []plumbing.ReferenceName{plumbing.NewBranchReferenceName(a.Ref), plumbing.NewTagReferenceName(a.Ref)}
	} else {
		names = []plumbing.ReferenceName{plumbing.HEAD}
	}
	for i, name := range names {
		options.ReferenceName = name
		var repo *git.Repository
		files := osfs.New(filepath.Join(folder, strconv.Itoa(i)))
		repo, err = git.CloneContext(ctx, storage{filesystem.NewStorageWithOptions(files, cache.NewObjectLRUDefault(), filesystem.Options{LargeObjectThreshold: maxFile})}, nil, options)
		if err == nil {
			return repo, end, nil
		}
		if !errors.Is(err, git.NoMatchingRefSpecError{}) && !errors.Is(err, plumbing.ErrReferenceNotFound) {
			break
		}
	}
	return nil, end, err
}

// resolve returns the wanted commit.
func resolve(repo *git.Repository, a Address) (plumbing.Hash, error) {
	revisions := []string{"HEAD"}
	switch {
	case a.Commit != "":
		revisions = []string{a.Commit}
	case a.Ref != "":
		revisions = []string{"refs/heads/" + a.Ref, "refs/remotes/origin/" + a.Ref, "refs/tags/" + a.Ref, "HEAD"}
		if _, local := a.folder(); local {
			revisions = revisions[:3]
		}
	}
	var failed error
	for _, revision := range revisions {
		hash, err := repo.ResolveRevision(plumbing.Revision(revision))
		if err == nil {
			return *hash, nil
		}
		failed = err
	}
	return plumbing.ZeroHash, failed
}

// unreachable says why a repository can't be had, and what to do.
func unreachable(a Address, err error) error {
	problem := &labs.Problem{Code: labs.CodeFetch, What: fmt.Sprintf("The scenarios of %s can't be fetched", a), Err: err}
	switch {
	case errors.Is(err, git.ErrRepositoryNotExists), errors.Is(err, transport.ErrRepositoryNotFound):
		problem.Advice = "There is no Git repository. Look at the address."
	case errors.Is(err, transport.ErrAuthenticationRequired), errors.Is(err, transport.ErrAuthorizationFailed):
		problem.Advice = "It is not public. Clone it yourself and give the folder."
	case errors.Is(err, plumbing.ErrReferenceNotFound), errors.Is(err, git.NoMatchingRefSpecError{}):
		problem.Advice = "It has no such branch, tag or commit. Look at what stands behind # or @."
	case errors.Is(err, errTooMuch):
		problem.Advice = "A collection of scenarios is smaller. Clone it yourself and give the folder with the scenarios."
	default:
		problem.Advice = "Look at the address and at the network. What was added before can be used without a network."
	}
	return problem
}
