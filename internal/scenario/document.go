package scenario

import (
	"slices"

	"go.yaml.in/yaml/v4"
)

// document is scenario.yaml as it is written. The JSON Schema and the tables in
// docs/scenarios.md are generated from its tags and comments.
type document struct {
	// What is to be done, in one line.
	Title text `yaml:"title"`
	// The interview question that the scenario practises.
	Question text `yaml:"question"`
	// The topic, such as `mysql`.
	Topic text `yaml:"topic"`
	// 1 core, 2 working, 3 expert.
	Level whole `yaml:"level" jsonschema:"minimum=1,maximum=3"`
	// Par: the minutes that a prepared learner takes.
	Minutes whole `yaml:"minutes" jsonschema:"minimum=1,maximum=240"`
	// Servers that the scenario needs: `[mongod]` where FerretDB will not do.
	Requires []string `yaml:"requires,omitempty"`
	// The containers, by name. One is `workspace`.
	Hosts entries[host] `yaml:"hosts"`
	// What the seed decides, by name and in this order.
	Params entries[param] `yaml:"params,omitempty"`
	// What the grader measures after setup and before the fault, by name: one probe each.
	Facts entries[probes] `yaml:"facts,omitempty"`
	// What the end state must show. Their points add up to 100.
	Checks []check `yaml:"checks"`
	// What must not be harmed. They hold when the lab is handed over. A guard that can't be
	// looked at, because the learner stopped the server or a session holds a lock, is
	// `skipped`: its cost is held back from the score, and is not harm.
	Guards []guard `yaml:"guards,omitempty"`
	// Help, from the gentlest to the plainest.
	Hints []hint `yaml:"hints,omitempty"`
	// Scripts that play a learner, and the verdicts that they must get.
	Proofs []proof `yaml:"proofs"`
}

// host is a service of the Compose Specification: the names mean the same.
type host struct {
	// The image, by name.
	Image text `yaml:"image"`
	// The arguments of its image's entrypoint, in place of the image's own: a list, or a
	// text that is split as a shell would. For `mysql`: options of the server. A template.
	Command *command `yaml:"command,omitempty"`
	// Variables of its main process. Their values are templates.
	Environment map[string]string `yaml:"environment,omitempty"`
	// How much memory it may use, such as `512m`.
	MemLimit string `yaml:"mem_limit,omitempty"`
	// How many processors it may use.
	CPUs number `yaml:"cpus,omitempty" jsonschema:"minimum=0.1,maximum=8"`
	// How many processes and threads it may have.
	PIDsLimit whole `yaml:"pids_limit,omitempty" jsonschema:"minimum=16,maximum=4096"`
	// The capabilities that it keeps. All others are dropped.
	CapAdd []string `yaml:"cap_add,omitempty" jsonschema:"enum=CHOWN,enum=DAC_OVERRIDE,enum=FOWNER,enum=KILL,enum=NET_BIND_SERVICE,enum=SETGID,enum=SETUID"`
	// The learner may open a shell here too.
	Open bool `yaml:"x-open,omitempty"`
}

// Capabilities that a scenario may leave to a host: none reaches beyond it.
var capabilities = []string{"CHOWN", "DAC_OVERRIDE", "FOWNER", "KILL", "NET_BIND_SERVICE", "SETGID", "SETUID"}

// param is drawn from the seed in one of its ways.
type param struct {
	// One of these values, of any type: `[shop, ledger]`.
	Choice []any `yaml:"choice,omitempty"`
	// A whole number from the first to the second, both included: `[1, 9]`.
	Between []int64 `yaml:"between,omitempty" jsonschema:"minItems=2,maxItems=2"`
	// Several of a list, in random order: `{count: 2, of: [a, b, c]}`.
	Pick *pick `yaml:"pick,omitempty"`
	// A template over the params above it: `"{{.database}} and more"`.
	Text string `yaml:"text,omitempty"`

	node *yaml.Node
}

type pick struct {
	// How many.
	Count int `yaml:"count" jsonschema:"minimum=1"`
	// The values to pick from.
	Of []any `yaml:"of"`
}

// assertion is what checks and guards share. Beside its fields stands one probe.
type assertion struct {
	// How proofs and other checks speak of it.
	ID text `yaml:"id"`
	// What holds if it passes, in one line. A template.
	Title text `yaml:"title"`
	// A condition in CEL over `params`, `facts`, `id` and what the probe observed.
	Expect text `yaml:"expect"`
	// What is wrong if it does not hold, and where to look. A template; `${…}` is CEL.
	Otherwise text `yaml:"otherwise,omitempty"`
}

type check struct {
	assertion `yaml:",inline"`
	// The probe.
	Probes probes `yaml:",inline"`
	// What it earns.
	Points whole `yaml:"points" jsonschema:"minimum=1,maximum=100"`
	// The IDs of checks that must pass first; otherwise it is `skipped`.
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
	// The hint. A template.
	Text text `yaml:"text"`
}

type proof struct {
	step `yaml:",inline"`
	// More proofs to play in the same lab afterwards, one after the other. Each states all
	// that fails by then.
	Then []step `yaml:"then,omitempty"`
}

type step struct {
	// What the learner does, in a word or two.
	Name text `yaml:"name"`
	// The script to run in the workspace as the learner; of several, one after the other.
	Script files `yaml:"script"`
	// The IDs of the checks and guards that fail.
	Fails []string `yaml:"fails,omitempty"`
	// The IDs of the checks that are skipped, and of the guards that can't be looked at.
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
