package scenario

import (
	"io/fs"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"endstate/internal/scenario/templates"
)

// stray records a folder that was probably meant to be a scenario: one that is empty, or has a
// scenario's files.
func (l *Library) stray(root Root, entry fs.DirEntry) {
	if !entry.IsDir() || root.Path == "" || strings.HasPrefix(entry.Name(), ".") {
		return
	}
	inside, err := fs.ReadDir(root.Files, entry.Name())
	meant := len(inside) == 0 || slices.ContainsFunc(inside, func(e fs.DirEntry) bool {
		return slices.Contains([]string{"scenario.yml", "task.md", "setup", "proofs"}, e.Name())
	})
	if err != nil || !meant {
		return
	}
	text := "there is no " + documentName + " in this folder"
	if len(inside) == 0 {
		text = "this folder is empty: a scenario is a folder with a " + documentName
	}
	l.strays = append(l.strays, Mistake{File: filepath.Join(root.Path, entry.Name()), Text: text})
}

// files finds files in the folder that nothing uses.
func (l *lint) files() {
	played := map[string]bool{}
	for _, step := range l.folder.doc.steps() {
		for _, script := range step.Script {
			played[script.Value] = true
		}
	}
	hosts := map[string]bool{}
	for _, host := range l.folder.doc.Hosts {
		hosts[host.Name] = true
	}
	for _, source := range l.folder.paths() {
		l.unrendered(source)
		name := strings.TrimSuffix(source, ".tmpl")
		folder, file, _ := strings.Cut(name, "/")
		host, isScript := strings.CutSuffix(file, ".sh")
		switch {
		case (folder == "proofs" || strings.HasPrefix(name, "solution")) && !played[name]:
			l.wrong = append(l.wrong, Mistake{File: source, Text: "no proof uses this file"})
		case folder != "setup" && folder != "fault" || isScript && hosts[host] || l.folder.uses(folder, file):
		case isScript:
			l.wrong = append(l.wrong, Mistake{File: source, Text: "there is no host with this name"})
		default:
			l.wrong = append(l.wrong, Mistake{File: source, Text: "no script of " + folder + "/ mentions this file"})
		}
	}
}

// uses reports whether another file of a phase, or a partial, seems to use a file of that phase.
func (f *folder) uses(phase, file string) bool {
	mention := mentionOf(file)
	return slices.ContainsFunc(f.paths(), func(other string) bool {
		if strings.TrimSuffix(other, ".tmpl") == phase+"/"+file || !strings.HasPrefix(other, phase+"/") && !isPartial(other) {
			return false
		}
		data, err := fs.ReadFile(f.files, other)
		return err == nil && mention.Match(data)
	})
}

// mentionOf matches what a script says that uses a file: its name, even without the ending, one of its
// folders, or a pattern, a variable or a template with the same ending.
func mentionOf(file string) *regexp.Regexp {
	name := path.Base(file)
	stem, ending := strings.TrimSuffix(name, path.Ext(name)), regexp.QuoteMeta(path.Ext(name))
	words := []string{regexp.QuoteMeta(stem)}
	for dir := path.Dir(file); dir != "."; dir = path.Dir(dir) {
		words = append(words, regexp.QuoteMeta(path.Base(dir)))
	}
	return regexp.MustCompile(`(?:^|\W)(?:` + strings.Join(words, "|") + `)(?:\W|$)|(?:[*?}\])]|\$\w+)` + ending + `(?:\W|$)|cp\s.*\s\.(?:\s|/)`)
}

// emptyFolders finds folders without files, which somebody has probably forgotten.
func (l *lint) emptyFolders() {
	_ = fs.WalkDir(l.folder.files, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.IsDir() {
			return err
		}
		if inside, err := fs.ReadDir(l.folder.files, path); err == nil && len(inside) == 0 {
			l.wrong = append(l.wrong, Mistake{File: path, Text: "this folder is empty"})
		}
		return nil
	})
}

// An action of a template: {{.param}}, {{range …}}, {{person}}.
var action = regexp.MustCompile(`\{\{-?\s*(?:\.(\w+)|(\w+))`)

// unrendered finds templates in a file whose name does not end in .tmpl: they stay as they are.
func (l *lint) unrendered(path string) {
	if strings.HasSuffix(path, ".tmpl") || strings.HasSuffix(path, ".md") || path == documentName {
		return
	}
	data, err := fs.ReadFile(l.folder.files, path)
	if err != nil {
		return // reading the folder reports it
	}
	for i, line := range strings.Split(string(data), "\n") {
		for _, match := range action.FindAllStringSubmatchIndex(line, -1) {
			if l.isAction(line, match) {
				l.wrong = append(l.wrong, Mistake{File: path, Line: i + 1, Column: match[0] + 1, Text: "{{…}} stays as it is: only a file that ends in .tmpl is a template"})
				return
			}
		}
	}
}

// isAction reports whether a match is an action that this scenario's templates could have, rather
// than another program's.
func (l *lint) isAction(line string, match []int) bool {
	if match[2] >= 0 {
		name := line[match[2]:match[3]]
		return name == "seed" || slices.ContainsFunc(l.folder.doc.Params, func(p entry[param]) bool { return p.Name == name })
	}
	word := line[match[4]:match[5]]
	return templates.IsFunction(word) || slices.Contains([]string{"range", "if", "with", "template"}, word)
}
