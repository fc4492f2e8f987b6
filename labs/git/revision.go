package git

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/object"
)

// hop is a step from a commit to an ancestor: ~3 or ^2.
var (
	hop    = regexp.MustCompile(`[~^]\d*`)
	steps  = regexp.MustCompile(`^([~^]\d{0,4})*$`)
	fullID = regexp.MustCompile(`^([0-9a-f]{40}|[0-9a-f]{64})$`)
)

// unambiguous refuses a look if a name is both a branch's and a tag's and they differ,
// because one could be right and the other be graded.
func (r *repository) unambiguous(look *Look) error {
	asked := slices.Concat(look.History, look.Trees)
	for _, file := range look.Files {
		revision, _, _ := strings.Cut(file, ":")
		asked = append(asked, revision)
	}
	for _, revision := range asked {
		name, _ := nameIn(revision)
		branch, noBranch := r.Reference(plumbing.NewBranchReferenceName(name), true)
		tag, noTag := r.Reference(plumbing.NewTagReferenceName(name), true)
		if noBranch == nil && noTag == nil && branch.Hash() != r.peel(tag.Hash()) {
			return damaged(nil, "`%s` is the name of a branch and of a tag", name)
		}
	}
	return nil
}

// nameIn splits a revision such as main~3 into the name at its beginning and the rest.
func nameIn(revision string) (name, rest string) {
	if i := strings.IndexAny(revision, "~^"); i >= 0 {
		return revision[:i], revision[i:]
	}
	return revision, ""
}

// lookupName returns the object with a name: HEAD, a ref's full name, a branch, a tag, or an ID.
func (r *repository) lookupName(name string) (plumbing.Hash, bool) {
	refs := []plumbing.ReferenceName{plumbing.NewBranchReferenceName(name), plumbing.NewTagReferenceName(name)}
	if name == plumbing.HEAD.String() || strings.HasPrefix(name, "refs/") {
		refs = []plumbing.ReferenceName{plumbing.ReferenceName(name)}
	}
	for _, ref := range refs {
		if found, err := r.Reference(ref, true); err == nil {
			return found.Hash(), true
		}
	}
	return plumbing.NewHash(name), fullID.MatchString(name)
}

// peel returns what a tag finally points to. Other objects are returned as they are.
func (r *repository) peel(hash plumbing.Hash) plumbing.Hash {
	for {
		tag, err := r.TagObject(hash)
		if err != nil {
			return hash
		}
		hash = tag.Target
	}
}

// saying matches a revision that names a commit by the beginning of its message, in Git's
// syntax: main^{/^Fix the sums}.
var saying = regexp.MustCompile(`^(.*)\^\{/\^(.*)\}$`)

// commit returns the commit that a revision names, or nil if there is none.
func (r *repository) commit(revision string) *object.Commit {
	if parts := saying.FindStringSubmatch(revision); parts != nil {
		return r.saying(r.commit(parts[1]), parts[2])
	}
	name, rest := nameIn(revision)
	hash, ok := r.lookupName(name)
	if !ok || !steps.MatchString(rest) {
		return nil
	}
	commit, err := r.CommitObject(r.peel(hash))
	for _, one := range hop.FindAllString(rest, -1) {
		if err != nil {
			return nil
		}
		commit, err = r.ancestor(commit, one)
	}
	if err != nil {
		return nil
	}
	return commit
}

// saying returns the latest commit on a commit's first-parent line whose message begins
// with a text.
func (r *repository) saying(commit *object.Commit, begins string) *object.Commit {
	for range maxCommits {
		if commit == nil || strings.HasPrefix(strings.TrimSpace(commit.Message), begins) {
			return commit
		}
		parent, err := r.parent(commit, 0)
		if err != nil {
			return nil
		}
		commit = parent
	}
	return nil
}

// ancestor returns a commit's n-th ancestor along first parents, or its n-th parent.
func (r *repository) ancestor(commit *object.Commit, step string) (_ *object.Commit, err error) {
	n := 1
	if len(step) > 1 {
		if n, err = strconv.Atoi(step[1:]); err != nil {
			return nil, err
		}
	}
	if step[0] == '^' && n > 0 {
		return r.parent(commit, n-1)
	}
	for ; n > 0 && step[0] == '~' && err == nil; n-- {
		commit, err = r.parent(commit, 0)
	}
	return commit, err
}

func (r *repository) parent(commit *object.Commit, i int) (*object.Commit, error) {
	if i >= len(commit.ParentHashes) || r.shallow[commit.Hash] {
		return nil, object.ErrParentNotFound
	}
	return r.CommitObject(commit.ParentHashes[i])
}
