package scenario

import (
	"slices"

	"go.yaml.in/yaml/v4"
)

// document is scenario.yaml as it is written. Its comments and tags are the
// source of the JSON Schema.
type document struct {
	// What is to be repaired or done, in one line.
	Title text `yaml:"title"`
	// The interview's question that the scenario practises.
	Question text `yaml:"question"`
	// The family of skills: mysql, mongodb, git, ….
	Topic text `yaml:"topic"`
	// 1 core, 2 working, 3 expert.
	Level whole `yaml:"level" jsonschema:"minimum=1,maximum=3"`
	// Par: the minutes in which a prepared learner is done.
	Minutes whole `yaml:"minutes" jsonschema:"minimum=1,maximum=240"`
	// Servers without which the scenario can't be offered, such as mongod.
	Requires []string `yaml:"requires,omitempty"`
	// The containers, by name. One is the workspace.
	Hosts entries[host] `yaml:"hosts"`
	// What the seed decides, by name.
	Params entries[param] `yaml:"params,omitempty"`
	// Truths measured while the system is healthy, by name: one probe each.
	Facts entries[probes] `yaml:"facts,omitempty"`
	// What the end state must show. Points add up to 100.
	Checks []check `yaml:"checks"`
	// What must not be harmed.
	Guards []guard `yaml:"guards,omitempty"`
	// Help, from the gentlest to the plainest.
	Hints []hint `yaml:"hints,omitempty"`
	// Scripts that play a learner, and the verdicts they must get.
	Proofs []proof `yaml:"proofs"`
}

// host has the names and meanings of the Compose Specification's service.
type host struct {
	// The image, by its family's name.
	Image text `yaml:"image"`
	// What its image's entrypoint is given in place of the image's own command: a list,
	// or a string that is split as a shell would. Of mysql: options of the server.
	// Values are templates.
	Command *command `yaml:"command,omitempty"`
	// Variables of its main process. Values are templates.
	Environment map[string]string `yaml:"environment,omitempty"`
	// The most memory it may use, such as 512m.
	MemLimit string `yaml:"mem_limit,omitempty"`
	// How many processors it may use.
	CPUs number `yaml:"cpus,omitempty" jsonschema:"minimum=0.1,maximum=8"`
	// How many processes and threads it may have.
	PIDsLimit whole `yaml:"pids_limit,omitempty" jsonschema:"minimum=16,maximum=4096"`
	// Capabilities it keeps; every other is dropped.
	CapAdd []string `yaml:"cap_add,omitempty" jsonschema:"enum=CHOWN,enum=DAC_OVERRIDE,enum=FOWNER,enum=KILL,enum=NET_BIND_SERVICE,enum=SETGID,enum=SETUID"`
	// The learner may open a shell here too.
	Open bool `yaml:"x-open,omitempty"`
}

// Capabilities that a scenario may leave to a host: none reaches beyond it.
var capabilities = []string{"CHOWN", "DAC_OVERRIDE", "FOWNER", "KILL", "NET_BIND_SERVICE", "SETGID", "SETUID"}

// param is drawn from the seed in one of its ways.
type param struct {
	// One of these, of any type.
	Choice []any `yaml:"choice,omitempty"`
	// A whole number from the first to the second, both included.
	Between []int64 `yaml:"between,omitempty" jsonschema:"minItems=2,maxItems=2"`
	// Several of a list, in random order.
	Pick *pick `yaml:"pick,omitempty"`
	// A text made from the params above it: a template.
	Text string `yaml:"text,omitempty"`

	node *yaml.Node
}

type pick struct {
	// How many.
	Count int `yaml:"count" jsonschema:"minimum=1"`
	// Of which.
	Of []any `yaml:"of"`
}

// assertion is what checks and guards share. Beside its fields stands one probe.
type assertion struct {
	// How proofs and other checks speak of it.
	ID text `yaml:"id"`
	// What holds when it passes, in one line. A template.
	Title text `yaml:"title"`
	// A condition in CEL over params, facts and what was observed.
	Expect text `yaml:"expect"`
	// What is wrong when it does not hold, and where to look. A template; ${…} is CEL.
	Otherwise text `yaml:"otherwise,omitempty"`
}

type check struct {
	assertion `yaml:",inline"`
	// The probe.
	Probes probes `yaml:",inline"`
	// What it earns.
	Points whole `yaml:"points" jsonschema:"minimum=1,maximum=100"`
	// IDs of checks that must have passed, or it is skipped.
	Needs []string `yaml:"needs,omitempty"`
}

type guard struct {
	assertion `yaml:",inline"`
	// The probe.
	Probes probes `yaml:",inline"`
	// What breaking it costs.
	Costs whole `yaml:"costs" jsonschema:"minimum=1,maximum=100"`
}

type hint struct {
	// What opening it costs.
	Costs whole `yaml:"costs" jsonschema:"minimum=0,maximum=100"`
	// A template.
	Text text `yaml:"text"`
}

type proof struct {
	step `yaml:",inline"`
	// What is done in the same lab afterwards, one after the other.
	Then []step `yaml:"then,omitempty"`
}

type step struct {
	// What the learner does, in a word or two.
	Name text `yaml:"name"`
	// The script, run in the workspace as the learner; of several, one after the other.
	Script files `yaml:"script"`
	// IDs of the checks and guards that fail.
	Fails []string `yaml:"fails,omitempty"`
	// IDs of the checks that are skipped, and of the guards that can't be looked at.
	Skips []string `yaml:"skips,omitempty"`
}

// node is where the step stands, also when it lacks a name.
func (s step) node() *yaml.Node {
	if s.Name.node == nil && len(s.Script) > 0 {
		return s.Script[0].node
	}
	return s.Name.node
}

// played is a step in its place.
type played struct {
	step
	goesOn bool
	before []string // what failed before it in the same lab
}

// steps returns all that is played, in its order.
func (d *document) steps() []played {
	var all []played
	for _, proof := range d.Proofs {
		all = append(all, played{step: proof.step})
		for _, next := range proof.Then {
			all = append(all, played{step: next, goesOn: true, before: all[len(all)-1].Fails})
		}
	}
	return all
}

// command is a list of words, or a line to be split into some.
type command struct {
	words []text
	line  text
}

func (c *command) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind == yaml.SequenceNode {
		return node.Load(&c.words)
	}
	return node.Load(&c.line)
}

// files are one file or several.
type files []text

func (f *files) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind == yaml.SequenceNode {
		return node.Load((*[]text)(f))
	}
	*f = make(files, 1)
	return node.Load(&(*f)[0])
}

// text is a string that knows where it stands.
type text struct {
	Value string
	node  *yaml.Node
}

func (t *text) UnmarshalYAML(node *yaml.Node) error {
	t.node = node
	return node.Load(&t.Value)
}

// whole is a whole number that knows where it stands.
type whole struct {
	Value int
	node  *yaml.Node
}

func (w *whole) UnmarshalYAML(node *yaml.Node) error {
	w.node = node
	if err := node.Load(&w.Value); err != nil {
		return Mistakes{at(documentName, node, "%q is not a whole number", node.Value)}
	}
	return nil
}

// probes are the fields of a check, guard or fact that are no field of its own:
// one probe, by name.
type probes map[string]rawNode

// rawNode is YAML that is read later, when a variant is drawn.
type rawNode struct{ *yaml.Node }

func (n *rawNode) UnmarshalYAML(node *yaml.Node) error {
	n.Node = node
	return nil
}

func (p *param) UnmarshalYAML(node *yaml.Node) error {
	type fields param
	p.node = node
	return node.Load((*fields)(p), yaml.WithKnownFields())
}

// entries is a mapping that keeps its order.
type entries[T any] []entry[T]

type entry[T any] struct {
	Name  string
	Value T
	node  *yaml.Node // the name
}

func (e *entries[T]) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind != yaml.MappingNode {
		return Mistakes{at(documentName, node, "a mapping is wanted here: name: {…}")}
	}
	var wrong Mistakes
	for i := 0; i+1 < len(node.Content); i += 2 {
		one := entry[T]{Name: node.Content[i].Value, node: node.Content[i]}
		if slices.ContainsFunc(*e, func(other entry[T]) bool { return other.Name == one.Name }) {
			wrong = append(wrong, at(documentName, one.node, "%q is there twice", one.Name))
		}
		if err := node.Content[i+1].Load(&one.Value, yaml.WithKnownFields()); err != nil {
			wrong = append(wrong, yamlMistakes(documentName, err)...)
		}
		*e = append(*e, one)
	}
	return wrong.orNil()
}

// documentName is the file that makes a folder a scenario.
const documentName = "scenario.yaml"

func parse(data []byte) (*document, error) {
	root, err := readNode(documentName, data)
	if err != nil {
		return nil, err
	}
	doc := &document{}
	if err := root.Load(doc, yaml.WithKnownFields()); err != nil {
		return nil, yamlMistakes(documentName, err)
	}
	var wrong Mistakes
	for _, one := range []struct {
		name string
		text text
	}{{"title", doc.Title}, {"question", doc.Question}, {"topic", doc.Topic}} {
		if what := titled(one.text.Value); what != "" {
			wrong = append(wrong, at(documentName, one.text.node, "%s: %s", one.name, what))
		}
	}
	return doc, wrong.orNil()
}
