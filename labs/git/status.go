package git

import (
	"bytes"
	"maps"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/format/gitignore"
	"github.com/go-git/go-git/v5/plumbing/format/index"

	"endstate/labs"
)

// state is what one of HEAD, the index and the work tree has under a path.
type state struct {
	id   plumbing.Hash
	mode filemode.FileMode
}

// status tells what differs between HEAD, index and work tree, as git status
// --short does, with which it agrees; the library's own does not in all cases.
// https://git-scm.com/docs/git-status#_short_format
func (r *repository) status(observed map[string]any) error {
	idx, err := r.Storer.Index()
	if err != nil {
		return damaged(err, "its index can't be read: %v", err)
	}
	head := r.headFiles()
	codes := map[string]string{}
	stages := map[string]int{}
	for _, entry := range idx.Entries {
		if entry.Stage == staged {
			codes[entry.Name] = r.stagedCode(entry, head) + r.workCode(entry)
		} else {
			stages[entry.Name] |= 1 << (entry.Stage - 1)
		}
	}
	for name, have := range stages {
		codes[name] = unmerged[have]
	}
	for name := range head {
		if _, ok := codes[name]; !ok {
			codes[name] = "D "
		}
	}
	status := []any{}
	add := func(path, code string) {
		status = append(status, map[string]any{"path": path, "index": code[:1], "work": code[1:]})
	}
	untracked := r.untracked(idx)
	for _, path := range slices.Sorted(maps.Keys(codes)) {
		if code := codes[path]; code != "  " {
			add(path, code)
		}
	}
	for _, path := range untracked {
		add(path, "??")
	}
	observed["status"], observed["clean"] = status, len(status) == 0
	return nil
}

// unmerged are the codes of a path in conflict, by which of its three stages are there.
var unmerged = map[int]string{1: "DD", 2: "AU", 3: "UD", 4: "UA", 5: "DU", 6: "AA", 7: "UU"}

func (r *repository) headFiles() map[string]state {
	files := map[string]state{}
	commit := r.commit("HEAD")
	if commit == nil {
		return files
	}
	tree, err := commit.Tree()
	if err != nil {
		return files
	}
	_ = eachFile(tree, func(name string, id plumbing.Hash, mode filemode.FileMode) { files[name] = state{id, mode} })
	return files
}

// stagedCode compares the index with HEAD.
func (r *repository) stagedCode(entry *index.Entry, head map[string]state) string {
	before, ok := head[entry.Name]
	switch {
	case entry.IntentToAdd && ok:
		return "D"
	case entry.IntentToAdd:
		return " "
	case !ok:
		return "A"
	case kind(before.mode) != kind(entry.Mode):
		return "T"
	case before.id != entry.Hash || before.mode != entry.Mode:
		return "M"
	}
	return " "
}

// workCode compares the work tree with the index.
func (r *repository) workCode(entry *index.Entry) string {
	if entry.SkipWorktree || entry.Mode == filemode.Submodule {
		return " "
	}
	file, ok := r.entries[entry.Name]
	if !ok || file.Mode.IsDir() || r.behindLink(entry.Name) {
		return "D"
	}
	mode := modeOf(file)
	switch {
	case entry.IntentToAdd:
		return "A"
	case kind(mode) != kind(entry.Mode):
		return "T"
	case mode != entry.Mode && r.tracksMode():
		return "M"
	case r.idOf(file, false) != entry.Hash && r.idOf(file, true) != entry.Hash:
		return "M"
	}
	return " "
}

// behindLink reports whether a folder of the path is a link: what lies there is not
// the work tree's.
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

func modeOf(file labs.Entry) filemode.FileMode {
	switch {
	case file.Link != "":
		return filemode.Symlink
	case file.Mode&0o100 != 0:
		return filemode.Executable
	}
	return filemode.Regular
}

// idOf is the object that a file of the work tree would be; with core.autocrlf,
// Git takes the carriage returns off first.
func (r *repository) idOf(file labs.Entry, converted bool) plumbing.Hash {
	content := file.Data
	if file.Link != "" {
		content = []byte(file.Link)
	}
	if converted && r.setting("core", "autocrlf") != "" && !bytes.ContainsRune(content, 0) {
		content = bytes.ReplaceAll(content, []byte("\r\n"), []byte("\n"))
	}
	return plumbing.ComputeHash(plumbing.BlobObject, content)
}

func (r *repository) tracksMode() bool { return r.setting("core", "filemode") != "false" }

func (r *repository) setting(section, key string) string {
	config, err := r.Config()
	if err != nil || config.Raw == nil {
		return ""
	}
	return config.Raw.Section(section).Option(key)
}

// untracked are the files that neither the index nor a list of ignored ones knows.
func (r *repository) untracked(idx *index.Index) []string {
	known := map[string]bool{}
	for _, entry := range idx.Entries {
		known[entry.Name] = true
	}
	ignored := r.ignored()
	var paths []string
	for path, entry := range r.entries {
		if entry.Mode.IsDir() || path == ".git" || strings.HasPrefix(path, ".git/") || known[path] || ignored(path) {
			continue
		}
		paths = append(paths, path)
	}
	slices.Sort(paths)
	return paths
}

// ignored returns what tells the ignored paths. A folder that is ignored takes all
// that lies in it along.
func (r *repository) ignored() func(path string) bool {
	patterns := parseIgnore(r.entries[".git/info/exclude"].Data, nil)
	for _, path := range slices.SortedFunc(maps.Keys(r.entries), byDepth) {
		if folder, ok := strings.CutSuffix(path, ".gitignore"); ok && r.entries[path].Mode.IsRegular() && (folder == "" || strings.HasSuffix(folder, "/")) {
			patterns = append(patterns, parseIgnore(r.entries[path].Data, strings.FieldsFunc(folder, isSlash))...)
		}
	}
	matcher := gitignore.NewMatcher(patterns)
	return func(path string) bool {
		parts := strings.Split(path, "/")
		for i := 1; i < len(parts); i++ {
			if matcher.Match(parts[:i], true) {
				return true
			}
		}
		return matcher.Match(parts, false)
	}
}

func isSlash(c rune) bool { return c == '/' }

func byDepth(a, b string) int {
	if d := strings.Count(a, "/") - strings.Count(b, "/"); d != 0 {
		return d
	}
	return strings.Compare(a, b)
}

func parseIgnore(data []byte, folder []string) []gitignore.Pattern {
	var patterns []gitignore.Pattern
	for line := range strings.Lines(string(data)) {
		line = strings.TrimRight(line, "\r\n")
		if strings.HasPrefix(line, "#") || strings.TrimSpace(line) == "" {
			continue
		}
		patterns = append(patterns, gitignore.ParsePattern(line, folder))
	}
	return patterns
}
