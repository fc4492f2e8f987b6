package git

import (
	"errors"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/object"

	"endstate/labs/kit"
)

const (
	maxCommits = 10_000
	maxFiles   = 100_000 // of one revision; trees with shared subtrees can stand for any number
	maxText    = 1 << 20 // bytes of a file whose text to observe
)

// observe reads everything that a look asks for. A panic of the library is a finding about
// the repository, because only its content can cause one.
func (r *repository) observe(look *Look) (observed map[string]any, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	defer func() {
		if met := recover(); met != nil {
			observed, err = nil, damaged(nil, "it is damaged beyond reading (%v)", met)
		}
	}()
	observed = r.told.observed()
	if err := r.refs(observed); err != nil {
		return nil, err
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
		if strings.HasSuffix(name, "/") {
			r.texts(name, files)
		} else if text, ok := r.text(name); ok {
			files[name] = text
		}
	}
	observed["history"], observed["trees"], observed["files"] = histories, trees, files
	return observed, nil
}

// observed converts the facts about a repository into values.
func (t *told) observed() map[string]any {
	status, conflicts, stashes, remotes := []any{}, []any{}, []any{}, map[string]any{}
	for _, c := range t.status {
		status = append(status, map[string]any{"path": text(c.path), "index": c.code[:1], "work": c.code[1:]})
		if slices.Contains(slices.Collect(maps.Values(unmerged)), c.code) {
			conflicts = append(conflicts, text(c.path))
		}
	}
	for _, id := range t.stashes {
		stashes = append(stashes, id)
	}
	for name, url := range t.remotes {
		remotes[text(name)] = text(url)
	}
	return map[string]any{
		"status": status, "clean": len(status) == 0, "conflicts": conflicts,
		"remotes": remotes, "operation": t.operation, "stashes": stashes,
	}
}

// operation returns the operation in progress, by the files that Git keeps meanwhile.
// https://git-scm.com/docs/git-status
func operation(entries map[string]kit.Entry) string {
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
		if _, ok := entries[mark.path]; ok {
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
		all[text(ref.Name().String())] = r.id(ref.Hash())
		if name, ok := strings.CutPrefix(ref.Name().String(), "refs/heads/"); ok {
			branches[text(name)] = r.id(ref.Hash())
		}
		if name, ok := strings.CutPrefix(ref.Name().String(), "refs/tags/"); ok {
			tags[text(name)] = r.id(r.peel(ref.Hash()))
		}
		return nil
	})
	if err != nil {
		return damaged(err, "its refs can't be read: %v", err)
	}
	observed["branches"], observed["tags"], observed["refs"] = branches, tags, all
	observed["head"] = r.head()
	return nil
}

func (r *repository) head() map[string]any {
	head := map[string]any{"branch": "", "commit": ""}
	ref, err := r.Reference(plumbing.HEAD, false)
	if err != nil {
		return head
	}
	if name, ok := strings.CutPrefix(ref.Target().String(), "refs/heads/"); ok {
		head["branch"] = text(name)
	}
	if resolved, err := r.Reference(plumbing.HEAD, true); err == nil {
		head["commit"] = r.id(resolved.Hash())
	}
	return head
}

// tree returns the files of a revision, or of the work tree, or none if there is no such
// revision.
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
		files[text(name)] = map[string]any{"id": r.id(id), "mode": mode.String()[1:]}
	})
	return files, err
}

// eachFile visits the files of a tree and of its subtrees, whatever their names.
func eachFile(tree *object.Tree, visit func(name string, id plumbing.Hash, mode filemode.FileMode)) error {
	walker := object.NewTreeWalker(tree, true, nil)
	walker.SkipPathValidation()
	defer walker.Close()
	for count := 0; ; count++ {
		name, entry, err := walker.Next()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return damaged(err, "a tree in it is missing or damaged")
		case count > maxFiles:
			return damaged(nil, "a tree has more than %d files", maxFiles)
		case entry.Mode != filemode.Dir:
			visit(name, entry.Hash, entry.Mode)
		}
	}
}

// workFiles returns the files of the work tree, each with the ID that Git would store it
// under.
func (r *repository) workFiles() map[string]any {
	files := map[string]any{}
	for path, entry := range r.entries {
		if entry.Mode.IsDir() || path == "." || strings.Contains("/"+path+"/", "/.git/") {
			continue
		}
		id, ok := r.told.work[path]
		if !ok {
			id = rawID(entry).String()
		}
		files[text(path)] = map[string]any{"id": id, "mode": modeOf(entry).String()[1:]}
	}
	return files
}

// texts adds the texts of all files in a folder of a revision, named REVISION:FOLDER/.
func (r *repository) texts(name string, files map[string]any) {
	revision, folder, _ := strings.Cut(name, ":")
	paths, err := r.tree(revision)
	for path := range paths {
		if text, ok := r.text(revision + ":" + path); err == nil && ok && strings.HasPrefix(path, folder) {
			files[revision+":"+path] = text
		}
	}
}

// text adds the text of a file named REVISION:PATH, if it exists and is text.
func (r *repository) text(name string) (string, bool) {
	revision, path, _ := strings.Cut(name, ":")
	content := r.entries[path].Data
	if revision != workTree {
		content = r.lookup(r.commit(revision), path)
	} else if !r.entries[path].Mode.IsRegular() || strings.HasPrefix(path, ".git/") {
		return "", false
	}
	return string(content), content != nil && len(content) <= maxText && utf8.Valid(content)
}

// lookup returns a file of a commit, or nil if there is none.
func (r *repository) lookup(commit *object.Commit, path string) []byte {
	if commit == nil {
		return nil
	}
	id := commit.TreeHash
	for part := range strings.SplitSeq(path, "/") {
		tree, err := r.TreeObject(id)
		if err != nil {
			return nil
		}
		i := slices.IndexFunc(tree.Entries, func(e object.TreeEntry) bool { return e.Name == part })
		if i < 0 {
			return nil
		}
		id = tree.Entries[i].Hash
	}
	content, err := r.bytesOf(id)
	if err != nil {
		return nil
	}
	return content
}

// bytesOf returns the content of a file.
func (r *repository) bytesOf(id plumbing.Hash) ([]byte, error) {
	blob, err := r.BlobObject(id)
	if err != nil {
		return nil, err
	}
	reader, err := blob.Reader()
	if err != nil {
		return nil, err
	}
	defer reader.Close()
	return io.ReadAll(reader)
}
