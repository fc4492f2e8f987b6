package scenario

import (
	"errors"
	"maps"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"endstate/labs"
	"endstate/labs/kit"
)

// lintSeeds are the seeds for which lint draws every scenario.
var lintSeeds = []uint64{1, 2, 3, 4, 5}

// Lint returns all mistakes in the scenarios that can be found without containers.
func (l *Library) Lint() Mistakes {
	found := slices.Clone(l.strays)
	for _, err := range l.broken {
		found = append(found, mistakesIn(".", err)...)
	}
	for _, name := range slices.Sorted(maps.Keys(l.folders)) {
		f := l.folders[name]
		if err := f.read(); err != nil {
			wrong := mistakesIn(name, err)
			if f.doc != nil {
				wrong = wrong.with(mistakesIn(name, inFolder(name, l.lint(f))))
			}
			found = append(found, wrong...)
		}
	}
	for _, s := range l.List() {
		if wrong := l.lint(l.folders[s.Name]); len(wrong) > 0 {
			found = append(found, mistakesIn(s.Name, inFolder(s.Name, wrong))...)
		}
	}
	return found
}

func mistakesIn(name string, err error) Mistakes {
	var found Mistakes
	if errors.As(err, &found) {
		return found
	}
	return Mistakes{{File: name, Text: labs.Cause(err)}}
}

// lint checks a scenario's files, and variants drawn from it. A mistake that shows at several
// seeds is reported once.
func (l *Library) lint(f *folder) Mistakes {
	lint := &lint{folder: f, images: l.images}
	lint.head()
	lint.hosts()
	lint.assertions()
	lint.hints()
	lint.proofs()
	lint.files()
	lint.emptyFolders()
	for _, seed := range lintSeeds {
		v, err := f.variant(seed, l.probes)
		if err != nil {
			lint.wrong = append(lint.wrong, mistakesIn(f.name, err)...)
			break
		}
		lint.texts(v)
		lint.looks(v)
	}
	var once Mistakes
	for _, mistake := range lint.wrong {
		if !slices.Contains(once, mistake) {
			once = append(once, mistake)
		}
	}
	return Mistakes{}.with(once)
}

// lint checks one scenario and collects its mistakes.
type lint struct {
	folder *folder
	images []string
	wrong  Mistakes
}

func (l *lint) mistake(node *yaml.Node, format string, args ...any) {
	l.wrong = append(l.wrong, at(documentName, node, format, args...))
}

func (l *lint) head() {
	doc := l.folder.doc
	for name, field := range map[string]text{"title": doc.Title, "question": doc.Question, "topic": doc.Topic} {
		if strings.TrimSpace(field.Value) == "" {
			l.mistake(field.node, "%s is missing", name)
		}
	}
	if topic := doc.Topic.Value; topic != "" && !folderShape.MatchString(topic) {
		l.mistake(doc.Topic.node, "the topic %q must be lowercase letters, digits and hyphens, such as %s", topic, strings.ToLower(topic))
	}
}

func (l *lint) hosts() {
	for _, host := range l.folder.doc.Hosts {
		name := host.Value.Image.Value
		if len(l.images) > 0 && !strings.Contains(name, "{{") && !slices.Contains(l.images, name) {
			l.mistake(host.Value.Image.node, "there is no image %q; the images are %s", name, strings.Join(l.images, ", "))
		}
	}
}

func (l *lint) hints() {
	sum := 0
	for _, hint := range l.folder.doc.Hints {
		sum += hint.Costs.Value
		if strings.TrimSpace(hint.Text.Value) == "" {
			l.mistake(hint.Text.node, "the hint has no text")
		}
	}
	if sum >= labs.Total {
		l.mistake(l.folder.doc.Hints[0].Text.node, "all hints together cost %d, which leaves no points to earn", sum)
	}
}

// commandShape matches script lines that would give a solution away: shorter ones could
// appear in any text.
var (
	commandShape = regexp.MustCompile(`\S+\s+\S+\s+\S+`)
	spaces       = regexp.MustCompile(`\s+`)
)

const minCommand = 14 // bytes

// texts finds hints and tasks that contain a line of the solution, and debriefs without key
// points.
func (l *lint) texts(v *labs.Variant) {
	commands := solutionCommands(v)
	for i, hint := range v.Hints {
		for _, command := range commands {
			if strings.Contains(plainText(hint.Text), command) {
				l.mistake(l.folder.doc.Hints[i].Text.node, "hint %d gives the solution away word for word: %s", i+1, command)
			}
		}
	}
	for _, command := range commands {
		if strings.Contains(plainText(v.Task), command) {
			l.wrong = append(l.wrong, Mistake{File: "task.md", Text: "the task names the fix: " + command})
		}
	}
	if len(labs.KeyPoints(v.Debrief)) == 0 {
		l.wrong = append(l.wrong, Mistake{File: "debrief.md", Text: "it has no key points: add a line “Key points:”, then a list"})
	}
}

// looks finds files that a look can't use.
func (l *lint) looks(v *labs.Variant) {
	for _, look := range v.Looks() {
		if validator, ok := look.(kit.FilesValidator); ok {
			if err := validator.ValidateFiles(v.Files); err != nil {
				l.wrong = append(l.wrong, Mistake{File: documentName, Text: err.Error()})
			}
		}
	}
}

// solutionCommands returns the lines of the solution that would give it away.
func solutionCommands(v *labs.Variant) []string {
	found := map[string]bool{}
	for _, proof := range v.Proofs {
		if proof.Name != labs.Solution {
			continue
		}
		for line := range strings.Lines(proof.Script) {
			line = plainText(line)
			if !strings.HasPrefix(line, "#") && len(line) >= minCommand && commandShape.MatchString(line) {
				found[line] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// plainText returns a text with single spaces and without backticks.
func plainText(text string) string {
	return strings.TrimSpace(spaces.ReplaceAllString(strings.ReplaceAll(text, "`", ""), " "))
}
