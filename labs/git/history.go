package git

import (
	"container/heap"
	"strings"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/object"
)

// history returns the commits that a revision reaches, newest first, or none if there is no
// such revision.
func (r *repository) history(revision string) ([]any, error) {
	commits := []any{}
	start := r.commit(revision)
	if start == nil {
		return commits, nil
	}
	next, seen := &newest{start}, map[plumbing.Hash]bool{start.Hash: true}
	for next.Len() > 0 {
		commit, _ := heap.Pop(next).(*object.Commit)
		if len(commits) >= maxCommits {
			return nil, damaged(nil, "`%s` has more than %d commits", revision, maxCommits)
		}
		commits = append(commits, r.describe(commit))
		for i, hash := range commit.ParentHashes {
			if seen[hash] || r.shallow[commit.Hash] {
				continue
			}
			seen[hash] = true
			parent, err := r.parent(commit, i)
			if err != nil {
				return nil, damaged(err, "a commit in the history of `%s` is missing", revision)
			}
			heap.Push(next, parent)
		}
	}
	return commits, nil
}

// newest is a heap of commits.
type newest []*object.Commit

func (n newest) Len() int           { return len(n) }
func (n newest) Less(i, j int) bool { return n[i].Committer.When.After(n[j].Committer.When) }
func (n newest) Swap(i, j int)      { n[i], n[j] = n[j], n[i] }
func (n *newest) Push(c any)        { commit, _ := c.(*object.Commit); *n = append(*n, commit) }

// Pop removes the last element.
func (n *newest) Pop() any {
	last := (*n)[len(*n)-1]
	*n = (*n)[:len(*n)-1]
	return last
}

func (r *repository) describe(c *object.Commit) map[string]any {
	parents := make([]any, len(c.ParentHashes))
	for i, hash := range c.ParentHashes {
		parents[i] = r.id(hash)
	}
	say := func(raw string) string { return decoded(raw, string(c.Encoding)) }
	message := say(c.Message)
	subject, _, _ := strings.Cut(strings.TrimSpace(message), "\n")
	return map[string]any{
		"id": r.id(c.Hash), "parents": parents, "tree": r.id(c.TreeHash),
		"author": say(c.Author.Name), "email": say(c.Author.Email), "at": c.Author.When.UTC().Truncate(time.Second),
		"committer": say(c.Committer.Name), "message": message, "subject": subject,
	}
}
