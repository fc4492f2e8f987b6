package git

import (
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/object"
)

// unambiguous refuses a look when a name it asks for is both a branch's and a tag's
// and they differ: one of them could be right and the other one be graded.
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
		if noBranch == nil && noTag == nil && branch.Hash().String() != r.peel(tag.Hash()) {
			return damaged(nil, "`%s` is the name of a branch and of a tag", name)
		}
	}
	return nil
}

// nameIn splits a revision, such as main~3, into the name it begins with and the rest.
func nameIn(revision string) (name, rest string) {
	if i := strings.IndexAny(revision, "~^@"); i >= 0 {
		return revision[:i], revision[i:]
	}
	return revision, ""
}

// full spells out the name of a branch or a tag, as a file in .git itself could bear it
// too. A name that is full already is taken as it is: a branch could be called so.
func (r *repository) full(revision string) string {
	name, rest := nameIn(revision)
	if name == plumbing.HEAD.String() || strings.HasPrefix(name, "refs/") {
		return revision
	}
	for _, ref := range []plumbing.ReferenceName{plumbing.NewBranchReferenceName(name), plumbing.NewTagReferenceName(name)} {
		if _, err := r.Reference(ref, false); err == nil {
			return ref.String() + rest
		}
	}
	return revision
}

// commit returns the commit a revision names, nil if it names none.
func (r *repository) commit(revision string) *object.Commit {
	hash, err := r.ResolveRevision(plumbing.Revision(r.full(revision)))
	if err != nil {
		return nil
	}
	commit, err := r.CommitObject(*hash)
	if err != nil {
		return nil
	}
	return commit
}
