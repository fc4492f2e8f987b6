package scenario

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing/fstest"

	"github.com/docker/go-units"
	"github.com/mattn/go-shellwords"
	"go.yaml.in/yaml/v4"

	"endstate/internal/expect"
	"endstate/internal/scenario/sample"
	"endstate/internal/scenario/templates"
	"endstate/labs"
	"endstate/labs/kit"
)

// builder builds a variant and collects all mistakes, so that an author sees them at once.
type builder struct {
	folder *folder
	probes map[string]kit.Probe
	seed   uint64
	params map[string]any
	files  fstest.MapFS
	shapes map[string]*labs.Shape // of the facts, by name
	wrong  Mistakes
}

func (f *folder) variant(seed uint64, probes map[string]kit.Probe) (*labs.Variant, error) {
	params, err := draw(f.doc.Params, seed)
	if err != nil {
		return nil, err
	}
	d := &builder{folder: f, probes: probes, seed: seed, params: params}
	d.checkBounds()
	d.renderFiles()
	v := &labs.Variant{
		Scenario: f.head(), Seed: seed, Params: params, Files: d.files,
		Task: d.text("task.md"), Debrief: d.text("debrief.md"),
		Hosts: d.hosts(), Setup: d.scripts("setup"), Fault: d.scripts("fault"),
		Facts: d.facts(), Checks: d.checks(), Guards: d.guards(), Hints: d.hints(), Proofs: d.proofs(),
	}
	v.Key = d.key(v)
	return v, d.wrong.orNil()
}

func (d *builder) mistake(node *yaml.Node, format string, args ...any) {
	d.wrong = append(d.wrong, at(documentName, node, format, args...))
}

// renderFiles renders the folder's templates: the texts that people read, and every file that
// ends in .tmpl, which loses that suffix.
func (d *builder) renderFiles() {
	d.files = fstest.MapFS{}
	partials := d.partials()
	err := fs.WalkDir(d.folder.files, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || isPartial(path) {
			return err
		}
		data, err := fs.ReadFile(d.folder.files, path)
		if err != nil {
			return err
		}
		name, isTemplate := strings.CutSuffix(path, ".tmpl")
		if isTemplate || path == "task.md" || path == "debrief.md" {
			text, err := render(path, string(data), d.params, sample.New(d.seed, path), partials...)
			if err != nil {
				d.fileMistake(path, err)
				return nil
			}
			data = []byte(text)
		}
		d.files[name] = &fstest.MapFile{Data: data, Mode: 0o644}
		return nil
	})
	if err != nil {
		d.wrong = append(d.wrong, Mistake{File: ".", Text: err.Error()})
	}
}

// isPartial reports whether a file is a partial. Partials are directly in the scenario's folder.
func isPartial(path string) bool {
	return strings.HasPrefix(path, "_") && strings.HasSuffix(path, ".tmpl") && !strings.Contains(path, "/")
}

func (d *builder) partials() []templates.Partial {
	var all []templates.Partial
	entries, err := fs.ReadDir(d.folder.files, ".")
	if err != nil {
		return nil // renderFiles reports it
	}
	for _, entry := range entries {
		if !isPartial(entry.Name()) {
			continue
		}
		data, err := fs.ReadFile(d.folder.files, entry.Name())
		if err != nil {
			d.fileMistake(entry.Name(), err)
		}
		all = append(all, templates.Partial{Name: entry.Name(), Source: string(data)})
	}
	return all
}

func (d *builder) fileMistake(path string, err error) {
	var mistake Mistake
	if !errors.As(err, &mistake) {
		mistake.Text = err.Error()
	}
	mistake.File = path
	d.wrong = append(d.wrong, mistake)
}

func (d *builder) text(path string) string {
	file, ok := d.files[path]
	if !ok {
		if !slices.ContainsFunc(d.wrong, func(m Mistake) bool { return m.File == path }) {
			d.wrong = append(d.wrong, Mistake{File: path, Text: "the file is missing"})
		}
		return ""
	}
	if what := unprintable(string(file.Data)); what != "" {
		d.wrong = append(d.wrong, Mistake{File: path, Text: what})
	}
	return string(file.Data)
}

// renderText renders a text of scenario.yaml.
func (d *builder) renderText(t text) string {
	value, err := render("text", t.Value, d.params, nil)
	if err != nil {
		d.mistake(t.node, "%s", reason(err))
	} else if what := unprintable(value); what != "" {
		d.mistake(t.node, "%s", what)
	}
	return value
}

func (d *builder) hosts() []labs.HostSpec {
	var specs []labs.HostSpec
	for _, one := range d.folder.doc.Hosts {
		spec := labs.HostSpec{
			Name: one.Name, Image: d.renderText(one.Value.Image), CPUs: one.Value.CPUs.Value, PIDs: int64(one.Value.PIDsLimit.Value),
			Command: d.command(one.Value.Command), CapAdd: one.Value.CapAdd, Networks: one.Value.Networks, Forwards: one.Value.Sysctls.Forward.Value == 1, Open: one.Value.Open || one.Name == labs.Workspace, Environment: map[string]string{},
		}
		for name, value := range one.Value.Environment {
			spec.Environment[name] = d.renderText(text{Value: value, node: one.node})
		}
		if one.Value.MemLimit != "" {
			bytes, err := units.RAMInBytes(one.Value.MemLimit)
			if err != nil || bytes < minMemory || bytes > maxMemory {
				d.mistake(one.node, "mem_limit must be from 16m to 64g, not %q", one.Value.MemLimit)
			}
			spec.Memory = bytes
		}
		for _, name := range one.Value.CapAdd {
			if !slices.Contains(capabilities, name) {
				d.mistake(one.node, "the capability %s is not allowed", name)
			}
			if slices.Contains(linkCapabilities, name) && len(one.Value.Networks) == 0 {
				d.mistake(one.node, "the capability %s is only allowed with networks", name)
			}
		}
		specs = append(specs, spec)
	}
	if !slices.ContainsFunc(specs, func(s labs.HostSpec) bool { return s.Name == labs.Workspace }) {
		d.wrong = append(d.wrong, Mistake{File: documentName, Text: "hosts: there must be a host named workspace"})
	}
	return specs
}

// command returns the words of a host's command, or nil for the image's own.
func (d *builder) command(c *command) []string {
	if c == nil {
		return nil
	}
	if c.line.node != nil {
		words, err := shellwords.Parse(d.renderText(c.line))
		if err != nil {
			d.mistake(c.line.node, "command: %v", err)
		}
		return words
	}
	words := make([]string, len(c.words))
	for i, word := range c.words {
		words[i] = d.renderText(word)
	}
	return words
}

// scripts returns a phase's scripts, in the order of the hosts.
func (d *builder) scripts(phase string) []labs.Script {
	var scripts []labs.Script
	for _, host := range d.folder.doc.Hosts {
		file, ok := d.files[phase+"/"+host.Name+".sh"]
		if !ok {
			continue
		}
		beside, err := fs.Sub(d.files, phase)
		if err != nil {
			d.wrong = append(d.wrong, Mistake{File: phase, Text: err.Error()})
			continue
		}
		scripts = append(scripts, labs.Script{Host: host.Name, Text: string(file.Data), Files: beside})
	}
	return scripts
}

func (d *builder) facts() []labs.Fact {
	var facts []labs.Fact
	d.shapes = map[string]*labs.Shape{}
	for _, one := range d.folder.doc.Facts {
		d.shapes[one.Name] = nil
		if look := d.look(one.Value, one.node); look != nil {
			facts = append(facts, labs.Fact{Name: one.Name, Look: look, Place: d.place(one.node)})
			d.shapes[one.Name] = labs.ShapeOf(look)
		}
	}
	return facts
}

func (d *builder) checks() []labs.Check {
	var checks []labs.Check
	for _, one := range d.folder.doc.Checks {
		checks = append(checks, labs.Check{Assertion: d.assertion(one.assertion, one.Probes), Points: one.Points.Value, Needs: one.Needs})
	}
	return checks
}

func (d *builder) guards() []labs.Guard {
	var guards []labs.Guard
	for _, one := range d.folder.doc.Guards {
		guards = append(guards, labs.Guard{Assertion: d.assertion(one.assertion, one.Probes), Costs: one.Costs.Value})
	}
	return guards
}

func (d *builder) assertion(a assertion, fields probes) labs.Assertion {
	result := labs.Assertion{ID: a.ID.Value, Title: d.renderText(a.Title), Look: d.look(fields, a.ID.node)}
	result.Places = labs.Places{ID: d.place(a.ID.node), Look: d.place(fields.node(a.ID.node)), Expect: d.place(a.Expect.node)}
	if result.Look == nil {
		return result
	}
	variable := result.Look.Variable()
	lets := d.lets(a.Let, result)
	d.checkPlain(a.Expect)
	expectation, err := expect.Compile(a.Expect.Value, variable, lets...)
	if err != nil {
		d.expressionMistake(a.Expect, err)
		return result
	}
	result.Expect = expectation
	d.checkFit(a.Expect, result.Look, result.ID, expectation)
	if a.Otherwise.Value == "" {
		return result
	}
	message, err := expect.ParseText(d.renderText(a.Otherwise), variable, lets...)
	if err != nil {
		d.expressionMistake(a.Otherwise, err)
		return result
	}
	result.Otherwise = message
	d.checkFit(a.Otherwise, result.Look, result.ID, message)
	return result
}

// place returns the position of a node as file:line.
func (d *builder) place(node *yaml.Node) string {
	file := d.folder.name + "/" + documentName
	if node == nil {
		return file
	}
	return fmt.Sprintf("%s:%d", file, node.Line)
}

// lets compiles an assertion's lets, each with those above it.
func (d *builder) lets(written entries[text], of labs.Assertion) (lets []expect.Let) {
	for _, one := range written {
		d.checkPlain(one.Value)
		let := expect.Let{Name: one.Name, Source: one.Value.Value}
		expression, err := let.Compile(of.Look.Variable(), lets...)
		switch {
		case !expect.IsName(one.Name):
			d.mistake(one.node, "a let is named with letters, digits and underscores, a lowercase letter first, not %q", one.Name)
		case err != nil:
			d.expressionMistake(one.Value, err)
		default:
			d.checkFit(one.Value, of.Look, of.ID, expression)
			lets = append(lets, let)
		}
	}
	return lets
}

// checkPlain finds templates in an expression, where they would stay as they are written.
func (d *builder) checkPlain(expression text) {
	if strings.Contains(expression.Value, "{{") {
		d.expressionMistake(expression, errors.New("{{…}} is not filled in here; write params.NAME for the value of a param"))
	}
}

// checkFit finds params, facts and keys that an expression uses but that can't exist. Such an
// expression would silently never hold.
func (d *builder) checkFit(t text, look labs.Look, id string, expression interface {
	Fit(expect.Scope) []*expect.Error
},
) {
	params := map[string]*labs.Shape{}
	for name := range d.params {
		params[name] = nil
	}
	shapes := map[string]*labs.Shape{
		"params": labs.RecordOf(params), "facts": labs.RecordOf(d.shapes), look.Variable(): labs.ShapeOf(look),
	}
	for _, wrong := range expression.Fit(expect.Scope{Shapes: shapes, ID: id}) {
		d.expressionMistake(t, wrong)
	}
}

// expressionMistake records an expression's mistake with its position in the file. In a folded
// or literal block the column is unknown.
func (d *builder) expressionMistake(t text, err error) {
	mistake := at(documentName, t.node, "%v", err)
	var inner *expect.Error
	switch {
	case t.node == nil:
		mistake.Text = "expect is missing"
	case errors.As(err, &inner) && t.node.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		mistake.Line, mistake.Column = t.node.Line+inner.Line, 0
	case errors.As(err, &inner) && inner.Line == 1:
		mistake.Column += inner.Column - 1
	}
	d.wrong = append(d.wrong, mistake)
}

func (d *builder) hints() []labs.Hint {
	var hints []labs.Hint
	for _, one := range d.folder.doc.Hints {
		hints = append(hints, labs.Hint{Costs: one.Costs.Value, Text: d.renderText(one.Text)})
	}
	return hints
}

func (d *builder) proofs() []labs.Proof {
	var proofs []labs.Proof
	for _, one := range d.folder.doc.steps() {
		proofs = append(proofs, labs.Proof{
			Name: one.Name.Value, Script: d.script(one.step), Fails: one.Fails, Skips: one.Skips, GoesOn: one.goesOn,
		})
	}
	return proofs
}

// script returns a step's scripts, concatenated.
func (d *builder) script(s step) string {
	var whole strings.Builder
	for _, path := range s.Script {
		file, ok := d.files[path.Value]
		if !ok {
			d.mistake(path.node, "there is no file %q", path.Value)
			continue
		}
		whole.Write(file.Data)
	}
	if len(s.Script) == 0 {
		d.mistake(s.node(), "the proof has no script")
	}
	return whole.String()
}

// key returns the hash of everything that goes into the variant's snapshot. Texts, checks and
// proofs don't, so that editing them keeps running labs and snapshots valid.
func (d *builder) key(v *labs.Variant) string {
	h := sha256.New()
	material, err := json.Marshal([]any{v.Name, v.Seed, v.Params, v.Hosts, v.Facts})
	if err != nil {
		d.wrong = append(d.wrong, Mistake{File: documentName, Text: err.Error()})
	}
	h.Write(material)
	for _, path := range slices.Sorted(maps.Keys(d.files)) {
		if path == documentName || strings.HasSuffix(path, ".md") || strings.HasPrefix(path, "proofs/") || strings.HasPrefix(path, "solution") {
			continue
		}
		fmt.Fprintf(h, "%s\x00%d\x00%s", path, len(d.files[path].Data), d.files[path].Data)
	}
	return hex.EncodeToString(h.Sum(nil))[:24]
}
