// Package outline shows a variant as it comes out of its templates, in sections for its author.
package outline

import (
	"fmt"
	"io/fs"
	"maps"
	"path"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"endstate/labs"
	"endstate/labs/kit"
)

// Section is a part of a rendered scenario.
type Section struct {
	Group string `json:"group"`           // params, task, setup, fault, facts, checks, guards, hints, proofs, debrief or files
	Name  string `json:"name"`            // a file's path, a check's ID, a proof's name
	Text  string `json:"text"`            // Markdown, a script, a file, or YAML
	Value any    `json:"value,omitempty"` // the same as Text, where that is YAML
}

// Groups are the groups of sections, in order.
var Groups = []string{"params", "task", "setup", "fault", "facts", "checks", "guards", "hints", "proofs", "debrief", "files"}

// Sections returns a variant's sections in the order of [Groups]. The probes are those that
// scenarios may use.
func Sections(v *labs.Variant, probes []kit.Probe) ([]Section, error) {
	w := &writer{probes: probes}
	w.yaml("params", "params", v.Params)
	w.add("task", "task.md", v.Task)
	w.files(v.Files, "setup", func(path string) bool { return strings.HasPrefix(path, "setup/") })
	w.files(v.Files, "fault", func(path string) bool { return strings.HasPrefix(path, "fault/") })
	for _, fact := range v.Facts {
		w.yaml("facts", fact.Name, w.look(fact.Look))
	}
	for _, check := range v.Checks {
		w.yaml("checks", check.ID, assertion{
			Title: check.Title, Points: check.Points, Needs: check.Needs, Look: w.look(check.Look), Expect: source(check.Expect), Otherwise: source(check.Otherwise),
		})
	}
	for _, guard := range v.Guards {
		w.yaml("guards", guard.ID, assertion{
			Title: guard.Title, Costs: guard.Costs, Look: w.look(guard.Look), Expect: source(guard.Expect), Otherwise: source(guard.Otherwise),
		})
	}
	for i, hint := range v.Hints {
		w.add("hints", fmt.Sprintf("hint %d, costs %d", i+1, hint.Costs), hint.Text)
	}
	for _, proof := range v.Proofs {
		w.add("proofs", proof.Name, proof.Script)
	}
	w.add("debrief", "debrief.md", v.Debrief)
	w.files(v.Files, "files", isOther)
	return w.sections, w.err
}

// isOther reports whether a file is in no other section.
func isOther(path string) bool {
	folder, _, _ := strings.Cut(path, "/")
	return !slices.Contains([]string{"scenario.yaml", "task.md", "debrief.md", "setup", "fault", "proofs"}, folder) && !strings.HasPrefix(path, "solution")
}

// Pick returns the sections of a group, or those with a name. If there are none, part may be the name
// of a file without its folder.
func Pick(sections []Section, part string) []Section {
	found := slices.DeleteFunc(slices.Clone(sections), func(s Section) bool { return s.Group != part && s.Name != part })
	if len(found) > 0 {
		return found
	}
	return slices.DeleteFunc(slices.Clone(sections), func(s Section) bool { return !s.isFile() || path.Base(s.Name) != part })
}

// isFile reports whether a section is a file of the scenario.
func (s Section) isFile() bool { return slices.Contains([]string{"setup", "fault", "files"}, s.Group) }

// assertion is a check or a guard as it stands in a scenario.
type assertion struct {
	Title     string         `yaml:"title"`
	Points    int            `yaml:"points,omitempty"`
	Costs     int            `yaml:"costs,omitempty"`
	Needs     []string       `yaml:"needs,omitempty,flow"`
	Look      map[string]any `yaml:",inline"`
	Expect    string         `yaml:"expect"`
	Otherwise string         `yaml:"otherwise,omitempty"`
}

// source returns an expectation or a message as it is evaluated.
func source(of any) string {
	if written, ok := of.(interface{ Source() string }); ok {
		return written.Source()
	}
	return ""
}

// writer collects sections.
type writer struct {
	probes   []kit.Probe
	sections []Section
	err      error // the first one
}

func (w *writer) add(group, name, text string) {
	w.sections = append(w.sections, Section{Group: group, Name: name, Text: text})
}

func (w *writer) yaml(group, name string, value any) {
	text, err := yaml.Dump(value, yaml.WithIndent(2), yaml.WithLineWidth(-1))
	section := Section{Group: group, Name: name, Text: string(text)}
	if err == nil {
		err = yaml.Load(text, &section.Value)
	}
	if err != nil && w.err == nil {
		w.err = fmt.Errorf("%s: %w", name, err)
	}
	w.sections = append(w.sections, section)
}

// look returns a look under the name of its probe.
func (w *writer) look(look labs.Look) map[string]any {
	for _, probe := range w.probes {
		if reflect.TypeOf(probe.New()) == reflect.TypeOf(look) {
			return map[string]any{probe.Name: look}
		}
	}
	return map[string]any{look.Variable(): look}
}

func (w *writer) files(files fs.FS, group string, wanted func(string) bool) {
	found := map[string]string{}
	err := fs.WalkDir(files, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !wanted(path) {
			return err
		}
		data, err := fs.ReadFile(files, path)
		found[path] = string(data)
		return err
	})
	if err != nil && w.err == nil {
		w.err = err
	}
	for _, path := range slices.Sorted(maps.Keys(found)) {
		w.add(group, path, found[path])
	}
}
