package git

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"

	"endstate/labs/git/plain"
	"endstate/labs/kit"
)

// status returns the differences between HEAD, index and work tree of a plain repository,
// as git status --short does. https://git-scm.com/docs/git-status#_short_format
func (r *repository) status(ctx context.Context) ([]change, error) {
	index, err := plain.Index(r.entries[".git/index"].Data)
	if err != nil {
		return nil, err
	}
	head, err := r.headFiles()
	if err != nil {
		return nil, err
	}
	codes, stages := map[string]string{}, map[string]int{}
	for _, entry := range index {
		if entry.Stage > 0 {
			stages[entry.Path] |= 1 << (entry.Stage - 1)
			continue
		}
		work, err := r.workCode(entry)
		if err != nil {
			return nil, err
		}
		codes[entry.Path] = stagedCode(entry, head) + work
	}
	for name, have := range stages {
		codes[name] = unmerged[have]
	}
	for name := range head {
		if _, ok := codes[name]; !ok {
			codes[name] = "D "
		}
	}
	untracked, err := r.untracked(ctx, codes)
	return append(changes(codes), untracked...), err
}

// changes lists the paths that have a code, sorted.
func changes(codes map[string]string) (list []change) {
	for _, path := range slices.Sorted(maps.Keys(codes)) {
		if code := codes[path]; code != "  " {
			list = append(list, change{code, path})
		}
	}
	return list
}

// unmerged are the codes of a path in conflict, by which of its three stages exist.
var unmerged = map[int]string{1: "DD", 2: "AU", 3: "UD", 4: "UA", 5: "DU", 6: "AA", 7: "UU"}

// headFiles returns the files of HEAD's commit, or none if there is no commit yet.
func (r *repository) headFiles() (map[string]plain.State, error) {
	files := map[string]plain.State{}
	ref, err := r.Reference(plumbing.HEAD, true)
	if err != nil {
		return files, nil
	}
	commit, err := r.CommitObject(ref.Hash())
	if err != nil {
		return nil, plain.Errorf("HEAD's commit")
	}
	tree, err := commit.Tree()
	if err != nil {
		return nil, plain.Errorf("HEAD's tree")
	}
	return files, eachFile(tree, func(name string, id plumbing.Hash, mode filemode.FileMode) {
		files[name] = plain.State{ID: id, Mode: mode}
	})
}

// stagedCode compares the index with HEAD.
func stagedCode(entry plain.IndexEntry, head map[string]plain.State) string {
	before, ok := head[entry.Path]
	switch {
	case entry.IntentToAdd && ok:
		return "D"
	case entry.IntentToAdd:
		return " "
	case !ok:
		return "A"
	case kind(before.Mode) != kind(entry.Mode):
		return "T"
	case before != entry.State:
		return "M"
	}
	return " "
}

// workCode compares the work tree with the index. Git does not read a file with the size
// and time in the index if the index is younger. If such a file has other content, the
// decision is left to Git.
func (r *repository) workCode(entry plain.IndexEntry) (string, error) {
	file, ok := r.entries[entry.Path]
	if !ok || file.Mode.IsDir() || r.behindLink(entry.Path) {
		return "D", nil
	}
	mode := modeOf(file)
	switch {
	case entry.IntentToAdd:
		return "A", nil
	case kind(mode) != kind(entry.Mode):
		return "T", nil
	case mode != entry.Mode:
		return "M", nil
	case rawID(file) == entry.ID:
		return " ", nil
	case entry.Size == uint32(len(file.Data)) && entry.Modified == uint32(file.Modified) && file.Modified < r.entries[".git/index"].Modified:
		return "", plain.Errorf("%s seems to be unchanged", entry.Path)
	}
	return "M", nil
}

// behindLink reports whether a folder in the path is a link, so that the file is outside of
// the work tree.
func (r *repository) behindLink(path string) bool {
	for i, c := range path {
		if c == '/' && r.entries[path[:i]].Link != "" {
			return true
		}
	}
	return false
}

func kind(mode filemode.FileMode) filemode.FileMode {
	if mode == filemode.Executable {
		return filemode.Regular
	}
	return mode
}

func modeOf(file kit.Entry) filemode.FileMode {
	switch {
	case file.Link != "":
		return filemode.Symlink
	case file.Mode&0o100 != 0:
		return filemode.Executable
	}
	return filemode.Regular
}

// rawID returns the ID of a file's unconverted content.
func rawID(file kit.Entry) plumbing.Hash {
	content := file.Data
	if file.Link != "" {
		content = []byte(file.Link)
	}
	return plumbing.ComputeHash(plumbing.BlobObject, content)
}

// untracked returns the files that are neither in the index nor ignored.
func (r *repository) untracked(ctx context.Context, known map[string]string) (list []change, err error) {
	patterns, err := plain.IgnorePatterns(r.entries)
	if err != nil {
		return nil, err
	}
	steps := 0
	for path, entry := range r.entries {
		if steps += len(patterns) * (1 + strings.Count(path, "/")); ctx.Err() != nil || steps > plain.MaxSteps {
			return nil, cmp.Or(context.Cause(ctx), plain.Errorf("so many patterns"))
		}
		code, ok := known[path]
		if entry.Mode.IsDir() || path == "." || strings.HasPrefix(path, ".git/") || ok && code != "D " || plain.Ignores(patterns, path) {
			continue
		}
		list = append(list, change{"??", path})
	}
	slices.SortFunc(list, func(a, b change) int { return strings.Compare(a.path, b.path) })
	return list, nil
}
