package git

import (
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/format/index"
	"github.com/go-git/go-git/v5/plumbing/object"
	"github.com/go-git/go-git/v5/plumbing/storer"
)

// staged is the stage of an index entry that is not in conflict; the library's own
// constant for it has another value.
const staged index.Stage = 0

const (
	maxCommits = 10_000
	maxFiles   = 100_000 // of one revision; trees that share trees can stand for more without end
	maxText    = 1 << 20 // bytes of a file whose text is wanted
)

// observe reads everything a look asks for. A panic of the library is a finding
// about the repository, which alone decides what the library meets.
func (r *repository) observe(look *Look) (observed map[string]any, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	defer func() {
		if met := recover(); met != nil {
			observed, err = nil, damaged(nil, "it is damaged beyond reading (%v)", met)
		}
	}()
	observed = map[string]any{"operation": r.operation()}
	for _, read := range []func(map[string]any) error{r.refs, r.remotes, r.index, r.status} {
		if err := read(observed); err != nil {
			return nil, err
		}
	}
	if err := r.unambiguous(look); err != nil {
		return nil, err
	}
	histories, trees, files := map[string]any{}, map[string]any{}, map[string]any{}
	for _, revision := range look.History {
		if histories[revision], err = r.history(revision); err != nil {
			return nil, err
		}
	}
	for _, revision := range look.Trees {
		if trees[revision], err = r.tree(revision); err != nil {
			return nil, err
		}
	}
	for _, name := range look.Files {
		if text, ok := r.text(name); ok {
			files[name] = text
		}
	}
	observed["history"], observed["trees"], observed["files"] = histories, trees, files
	return observed, nil
}

// operation tells what was begun and not ended, by the files that Git keeps meanwhile.
// https://git-scm.com/docs/git-status
func (r *repository) operation() string {
	for _, mark := range []struct{ path, operation string }{
		{".git/rebase-merge", "rebase"},
		{".git/rebase-apply/applying", "am"},
		{".git/rebase-apply", "rebase"},
		{".git/MERGE_HEAD", "merge"},
		{".git/CHERRY_PICK_HEAD", "cherry-pick"},
		{".git/REVERT_HEAD", "revert"},
		{".git/sequencer", "cherry-pick"},
		{".git/BISECT_LOG", "bisect"},
	} {
		if _, ok := r.entries[mark.path]; ok {
			return mark.operation
		}
	}
	return ""
}

func (r *repository) refs(observed map[string]any) error {
	branches, tags, all := map[string]any{}, map[string]any{}, map[string]any{}
	refs, err := r.References()
	if err != nil {
		return damaged(err, "its refs can't be read: %v", err)
	}
	err = refs.ForEach(func(ref *plumbing.Reference) error {
		if ref.Type() != plumbing.HashReference {
			return nil
		}
		all[ref.Name().String()] = ref.Hash().String()
		if ref.Name().IsBranch() {
			branches[ref.Name().Short()] = ref.Hash().String()
		}
		if ref.Name().IsTag() {
			tags[ref.Name().Short()] = r.peel(ref.Hash())
		}
		return nil
	})
	if err != nil {
		return damaged(err, "its refs can't be read: %v", err)
	}
	observed["branches"], observed["tags"], observed["refs"] = branches, tags, all
	observed["stashes"] = r.stashes()
	observed["head"] = r.head()
	return nil
}

// peel returns the commit that a tag stands for.
func (r *repository) peel(hash plumbing.Hash) string {
	if tag, err := r.TagObject(hash); err == nil {
		if commit, err := tag.Commit(); err == nil {
			return commit.Hash.String()
		}
	}
	return hash.String()
}

func (r *repository) head() map[string]any {
	head := map[string]any{"branch": "", "commit": ""}
	ref, err := r.Reference(plumbing.HEAD, false)
	if err != nil {
		return head
	}
	if ref.Type() == plumbing.SymbolicReference && ref.Target().IsBranch() {
		head["branch"] = ref.Target().Short()
	}
	if resolved, err := r.Reference(plumbing.HEAD, true); err == nil {
		head["commit"] = resolved.Hash().String()
	}
	return head
}

// stashes are the entries of the stash's log, which Git writes oldest first.
func (r *repository) stashes() []any {
	stashes := []any{}
	lines := strings.Split(strings.TrimSpace(string(r.entries[".git/logs/refs/stash"].Data)), "\n")
	for i := len(lines) - 1; i >= 0; i-- {
		if fields := strings.Fields(lines[i]); len(fields) > 1 {
			stashes = append(stashes, fields[1])
		}
	}
	return stashes
}

func (r *repository) remotes(observed map[string]any) error {
	remotes := map[string]any{}
	config, err := r.Config()
	if err != nil {
		return damaged(err, "its configuration can't be read: %v", err)
	}
	for name, remote := range config.Remotes {
		if len(remote.URLs) > 0 {
			remotes[name] = remote.URLs[0]
		}
	}
	observed["remotes"] = remotes
	return nil
}

func (r *repository) index(observed map[string]any) error {
	conflicts := []any{}
	idx, err := r.Storer.Index()
	if err != nil {
		return damaged(err, "its index can't be read: %v", err)
	}
	last := ""
	for _, entry := range idx.Entries {
		if entry.Stage != staged && entry.Name != last {
			last = entry.Name
			conflicts = append(conflicts, entry.Name)
		}
	}
	observed["conflicts"] = conflicts
	return nil
}

// history returns the commits that a revision reaches; none, if there is no such revision.
func (r *repository) history(revision string) ([]any, error) {
	commits := []any{}
	start := r.commit(revision)
	if start == nil {
		return commits, nil
	}
	err := object.NewCommitIterCTime(start, nil, nil).ForEach(func(c *object.Commit) error {
		if len(commits) >= maxCommits {
			return damaged(nil, "`%s` has more than %d commits", revision, maxCommits)
		}
		commits = append(commits, describe(c))
		return nil
	})
	if errors.Is(err, plumbing.ErrObjectNotFound) || errors.Is(err, storer.ErrStop) {
		return nil, damaged(err, "a commit in the history of `%s` is missing", revision)
	}
	return commits, err
}

func describe(c *object.Commit) map[string]any {
	parents := make([]any, len(c.ParentHashes))
	for i, hash := range c.ParentHashes {
		parents[i] = hash.String()
	}
	subject, _, _ := strings.Cut(strings.TrimSpace(c.Message), "\n")
	return map[string]any{
		"id": c.Hash.String(), "parents": parents, "tree": c.TreeHash.String(),
		"author": c.Author.Name, "email": c.Author.Email, "at": c.Author.When.UTC().Truncate(time.Second), "committer": c.Committer.Name,
		"message": c.Message, "subject": subject,
	}
}

// tree returns the files of a revision, or of the work tree; none, if there is no such revision.
func (r *repository) tree(revision string) (map[string]any, error) {
	if revision == workTree {
		return r.workFiles(), nil
	}
	files := map[string]any{}
	commit := r.commit(revision)
	if commit == nil {
		return files, nil
	}
	tree, err := commit.Tree()
	if err != nil {
		return nil, damaged(err, "the files of `%s` are missing", revision)
	}
	err = eachFile(tree, func(name string, id plumbing.Hash, mode filemode.FileMode) {
		files[name] = map[string]any{"id": id.String(), "mode": mode.String()[1:]}
	})
	return files, err
}

// eachFile visits the files of a tree and of the trees in it. What lies in a tree
// that is missing is missing too.
func eachFile(tree *object.Tree, visit func(name string, id plumbing.Hash, mode filemode.FileMode)) error {
	walker := object.NewTreeWalker(tree, true, nil)
	defer walker.Close()
	for count := 0; ; count++ {
		name, entry, err := walker.Next()
		if err != nil {
			return nil // io.EOF, or a tree that is missing
		}
		if count > maxFiles {
			return damaged(nil, "a tree has more than %d files", maxFiles)
		}
		if entry.Mode != filemode.Dir {
			visit(name, entry.Hash, entry.Mode)
		}
	}
}

func (r *repository) workFiles() map[string]any {
	files := map[string]any{}
	for path, entry := range r.entries {
		if entry.Mode.IsDir() || path == ".git" || strings.HasPrefix(path, ".git/") {
			continue
		}
		files[path] = map[string]any{"id": r.idOf(entry, false).String(), "mode": modeOf(entry).String()[1:]}
	}
	return files
}

// text returns the text of a file named REVISION:PATH, if it is there and is text.
func (r *repository) text(name string) (string, bool) {
	revision, path, _ := strings.Cut(name, ":")
	if revision == workTree {
		entry, ok := r.entries[path]
		return string(entry.Data), ok && entry.Mode.IsRegular() && len(entry.Data) <= maxText && utf8.Valid(entry.Data)
	}
	commit := r.commit(revision)
	if commit == nil {
		return "", false
	}
	file, err := commit.File(path)
	if err != nil || file.Size > maxText {
		return "", false
	}
	text, err := file.Contents()
	return text, err == nil && utf8.ValidString(text)
}
