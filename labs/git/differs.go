package git

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/object"

	"endstate/labs/git/plain"
	"endstate/labs/kit"
)

// Differs compares commits with the result that Git itself gets.
type Differs struct {
	// The revision to compare. Each replayed commit is compared with the commit of this
	// branch that has the same subject.
	At string `yaml:"at"`
	// The fact with the expected result.
	From string `yaml:"from"`
}

func (d *Differs) validate() error {
	if d.At == "" || d.From == "" {
		return errors.New("differs requires at and from")
	}
	return nil
}

// steps returns the fact's observation.
func (d *Differs) steps(site kit.Site) ([]any, error) {
	fact, _ := site.Record().Facts[d.From].(map[string]any)
	steps, ok := fact["expected"].([]any)
	if !ok {
		return nil, fmt.Errorf("the fact %q has no field expected", d.From)
	}
	return steps, nil
}

// differs returns the differences from the expected result: {path, what, says, commit}
// each. what is content, mode, kind, missing or extra; says is a sentence for a message,
// without a full stop; commit is the subject if several commits are compared.
func (r *repository) differs(d *Differs, steps []any) (all []any, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	defer func() {
		if met := recover(); met != nil {
			all, err = nil, damaged(nil, "it is damaged beyond reading (%v)", met)
		}
	}()
	tip := r.commit(d.At)
	if tip == nil {
		return []any{finding("", "", "missing", "There is no `"+d.At+"`")}, nil
	}
	all = []any{}
	for _, one := range steps {
		step, _ := one.(map[string]any)
		files, _ := step["files"].(map[string]any)
		subject, _ := step["subject"].(string)
		onto, _ := step["onto"].(string)
		commit, name := tip, ""
		if len(steps) > 1 {
			if commit, name = r.bySubject(tip, subject, onto), subject; commit == nil {
				continue // another check reports that it is missing
			}
		}
		found, err := r.compare(commit, files, name)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return all, nil
}

// bySubject finds the last commit with a subject on the tip's first-parent line, above the
// commit onto which it was replayed.
func (r *repository) bySubject(tip *object.Commit, subject, onto string) *object.Commit {
	for c, count := tip, 0; c != nil && r.id(c.Hash) != onto && count < maxCommits; count++ {
		if first, _, _ := strings.Cut(strings.TrimSpace(c.Message), "\n"); first == subject {
			return c
		}
		parent, err := r.parent(c, 0)
		if err != nil {
			return nil
		}
		c = parent
	}
	return nil
}

func finding(commit, path, what, says string) map[string]any {
	return map[string]any{"commit": commit, "path": path, "what": what, "says": says}
}

// compare compares every entry of a commit's tree with the expected entries.
func (r *repository) compare(commit *object.Commit, files map[string]any, name string) ([]any, error) {
	tree, err := commit.Tree()
	if err != nil {
		return nil, damaged(err, "the files of a commit are missing")
	}
	have := map[string]plain.State{}
	if err := eachFile(tree, func(path string, id plumbing.Hash, mode filemode.FileMode) {
		have[text(path)] = plain.State{ID: id, Mode: mode}
	}); err != nil {
		return nil, err
	}
	found := []any{}
	add := func(path, what, says string) { found = append(found, finding(name, path, what, "`"+path+"` "+says)) }
	for _, path := range slices.Sorted(maps.Keys(files)) {
		file, _ := files[path].(map[string]any)
		now, ok := have[path]
		mode, _ := file["mode"].(string)
		absent, _ := file["absent"].(bool)
		switch {
		case !ok && !absent:
			add(path, "missing", "is missing")
		case !ok || mode == "": // other checks judge it
		case kindOf(now.Mode.String()[1:]) != kindOf(mode):
			add(path, "kind", "is "+kindOf(now.Mode.String()[1:])+", not "+kindOf(mode))
		case now.Mode.String()[1:] != mode:
			add(path, "mode", map[bool]string{true: "is executable", false: "is no longer executable"}[now.Mode == filemode.Executable])
		default:
			if says := r.content(now.ID, file); says != "" {
				add(path, "content", says)
			}
		}
	}
	for _, path := range slices.Sorted(maps.Keys(have)) {
		if _, ok := files[path]; !ok {
			says := "was added"
			if have[path].Mode == filemode.Submodule {
				says = "was added: a nested repository"
			}
			add(path, "extra", says)
		}
	}
	return found, nil
}

// kindOf names the kind of a tree's entry.
func kindOf(mode string) string {
	switch mode {
	case "120000":
		return "a link"
	case "160000":
		return "a nested repository"
	}
	return "a file"
}

// content describes how a file's content differs from the expected one, or returns "".
func (r *repository) content(id plumbing.Hash, file map[string]any) string {
	blocks, around := file["blocks"].([]any)
	if !around {
		if want, _ := file["id"].(string); want != r.id(id) {
			return "is not as expected"
		}
		return ""
	}
	now, err := r.bytesOf(id)
	if err != nil || len(now) > maxText {
		return "can't be read, or is too large"
	}
	var wanted []block
	for _, one := range blocks {
		wants, _ := one.(string)
		wanted = append(wanted, block{text: wants, free: wants == "", key: called.FindString(wants)})
	}
	missing, met := mismatch(wanted, string(now))
	switch {
	case missing != nil:
		first, _, _ := strings.Cut(missing.text, "\n")
		return fmt.Sprintf("has another text at “%.60s”, which was not in conflict", first)
	case met != nil:
		return fmt.Sprintf("has something that neither side wrote, from line %d on", met.line)
	}
	return ""
}
