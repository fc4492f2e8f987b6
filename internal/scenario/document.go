package scenario

import (
	"slices"

	"go.yaml.in/yaml/v4"
)

// document is the content of scenario.yaml. The JSON Schema and the tables in
// docs/scenarios.md are generated from its tags and comments.
type document struct {
	// What the learner has to do, in one line.
	Title text `yaml:"title"`
	// The interview question that the scenario practises.
	Question text `yaml:"question"`
	// The topic, such as `mysql`.
	Topic text `yaml:"topic"`
	// 1 core, 2 working, 3 expert.
	Level whole `yaml:"level" jsonschema:"minimum=1,maximum=3"`
	// Par time: the minutes that a prepared learner needs.
	Minutes whole `yaml:"minutes" jsonschema:"minimum=1,maximum=240"`
	// Servers that the scenario needs: `[mongod]` if FerretDB is not enough.
	Requires []string `yaml:"requires,omitempty"`
	// The containers, by name. One is `workspace`.
	Hosts entries[host] `yaml:"hosts"`
	// Values that the seed decides, by name. They are drawn in order.
	Params entries[param] `yaml:"params,omitempty"`
	// What the grader measures after setup and before the fault, by name, with one probe each.
	Facts entries[probes] `yaml:"facts,omitempty"`
	// What the end state must show. Their points add up to 100.
	Checks []check `yaml:"checks"`
	// What must not be harmed. Guards hold when the lab is handed over. A guard that can't be
	// checked, because the learner stopped the server or a session holds a lock, is
	// `skipped`: its cost is withheld from the score but does not count as harm.
	Guards []guard `yaml:"guards,omitempty"`
	// Help, from the vaguest to the most explicit.
	Hints []hint `yaml:"hints,omitempty"`
	// Scripts that play a learner, and the verdicts that they must get.
	Proofs []proof `yaml:"proofs"`
}

// host is a service of the Compose Specification, with the same names and meanings.
type host struct {
	// The image, by name.
	Image text `yaml:"image"`
	// Arguments for the image's entrypoint, in place of the image's own: a list, or a string
	// that is split as in a shell. For `mysql`, options of the server. A template.
	Command *command `yaml:"command,omitempty"`
	// Environment variables of its main process. The values are templates.
	Environment map[string]string `yaml:"environment,omitempty"`
	// How much memory it may use, such as `512m`.
	MemLimit string `yaml:"mem_limit,omitempty"`
	// How many processors it may use.
	CPUs number `yaml:"cpus,omitempty" jsonschema:"minimum=0.1,maximum=8"`
	// How many processes and threads it may have.
	PIDsLimit whole `yaml:"pids_limit,omitempty" jsonschema:"minimum=16,maximum=4096"`
	// The Linux capabilities that it keeps. All others are dropped.
	// `NET_ADMIN` and `NET_RAW` need `networks`.
	CapAdd []string `yaml:"cap_add,omitempty" jsonschema:"enum=CHOWN,enum=DAC_OVERRIDE,enum=FOWNER,enum=KILL,enum=NET_ADMIN,enum=NET_BIND_SERVICE,enum=NET_RAW,enum=SETGID,enum=SETUID"`
	// The networks that it is on, in place of the one that all hosts share, such as `[mgmt, lan]`.
	// They reach only hosts of the lab. See [Networks](#networks).
	Networks []string `yaml:"networks,omitempty"`
	// Settings of the kernel for its networks.
	Sysctls sysctls `yaml:"sysctls,omitempty"`
	// The learner may open a shell here too.
	Open bool `yaml:"x-open,omitempty"`
}

// sysctls are the settings of a host's kernel.
type sysctls struct {
	// 1: it forwards packets between its networks.
	Forward whole `yaml:"net.ipv4.ip_forward" jsonschema:"minimum=0,maximum=1"`
}

// capabilities are those that a scenario may grant to a host. None reaches beyond the host, or, on
// networks of the scenario's own, beyond the lab.
var (
	capabilities     = append([]string{"CHOWN", "DAC_OVERRIDE", "FOWNER", "KILL", "NET_BIND_SERVICE", "SETGID", "SETUID"}, linkCapabilities...)
	linkCapabilities = []string{"NET_ADMIN", "NET_RAW"}
)

// param describes how to draw a value. Exactly one field is set.
type param struct {
	// One of these values, which may have any type: `[shop, ledger]`.
	Choice []any `yaml:"choice,omitempty"`
	// A whole number between two others, both included: `[1, 9]`.
	Between []int64 `yaml:"between,omitempty" jsonschema:"minItems=2,maxItems=2"`
	// Several items of a list, in random order: `{count: 2, of: [a, b, c]}`.
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

// assertion has the fields that checks and guards share. Next to them is one probe.
type assertion struct {
	// The name by which proofs and other checks refer to it.
	ID text `yaml:"id"`
	// What is true if it passes, in one line. A template.
	Title text `yaml:"title"`
	// A condition in CEL over `params`, `facts`, `id` and the probe's observation.
	Expect text `yaml:"expect"`
	// Parts of `expect` and `otherwise` that have a name, in CEL. Each may use those above it.
	Let entries[text] `yaml:"let,omitempty"`
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
	// More proofs to run in the same lab afterwards, in order. Each lists everything that
	// fails by then.
	Then []step `yaml:"then,omitempty"`
}

type step struct {
	// What the learner does, in a word or two.
	Name text `yaml:"name"`
	// The script to run in the workspace as the learner. Several scripts run in order.
	Script files `yaml:"script"`
	// The IDs of the checks and guards that fail.
	Fails []string `yaml:"fails,omitempty"`
	// The IDs of the checks that are skipped, and of the guards that can't be checked.
	Skips []string `yaml:"skips,omitempty"`
}

// node returns the step's position, even if it has no name.
func (s step) node() *yaml.Node {
	if s.Name.node == nil && len(s.Script) > 0 {
		return s.Script[0].node
	}
	return s.Name.node
}

// orderedStep is a step in the order of execution.
type orderedStep struct {
	step
	goesOn bool     // it continues in the lab of the previous step
	before []string // the IDs of what already failed in the same lab
}

// steps returns the steps of all proofs in order.
func (d *document) steps() []orderedStep {
	var all []orderedStep
	for _, proof := range d.Proofs {
		all = append(all, orderedStep{step: proof.step})
		for _, next := range proof.Then {
			all = append(all, orderedStep{step: next, goesOn: true, before: all[len(all)-1].Fails})
		}
	}
	return all
}

// command is a list of words, or a line to split into words.
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

// files is one file or several.
type files []text

func (f *files) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind == yaml.SequenceNode {
		return node.Load((*[]text)(f))
	}
	*f = make(files, 1)
	return node.Load(&(*f)[0])
}

// text is a string with its position in the file.
type text struct {
	Value string
	node  *yaml.Node
}

func (t *text) UnmarshalYAML(node *yaml.Node) error {
	t.node = node
	return node.Load(&t.Value)
}

// whole is a whole number with its position in the file.
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

// probes holds the fields of a check, guard or fact that the document does not define. They
// should be exactly one probe, by name.
type probes map[string]rawNode

// node returns the node of the probe, or another one if there is not exactly one.
func (p probes) node(other *yaml.Node) *yaml.Node {
	if len(p) != 1 {
		return other
	}
	for _, fields := range p {
		other = fields.Node
	}
	return other
}

// rawNode is YAML that is decoded later, when a variant is drawn.
type rawNode struct{ *yaml.Node }

func (n *rawNode) UnmarshalYAML(node *yaml.Node) error {
	n.Node = node
	return nil
}

// paramFields is a param without its own way to be decoded.
type paramFields param

func (p *param) UnmarshalYAML(node *yaml.Node) error {
	p.node = node
	return node.Load((*paramFields)(p), yaml.WithKnownFields())
}

// entries is a mapping that keeps its order.
type entries[T any] []entry[T]

type entry[T any] struct {
	Name  string
	Value T
	node  *yaml.Node // of the name
}

func (e *entries[T]) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind != yaml.MappingNode {
		return Mistakes{at(documentName, node, "this must be a mapping: name: {…}")}
	}
	var wrong Mistakes
	for i := 0; i+1 < len(node.Content); i += 2 {
		one := entry[T]{Name: node.Content[i].Value, node: node.Content[i]}
		if slices.ContainsFunc(*e, func(other entry[T]) bool { return other.Name == one.Name }) {
			wrong = append(wrong, at(documentName, one.node, "%q is defined twice", one.Name))
		}
		if err := node.Content[i+1].Load(&one.Value, yaml.WithKnownFields()); err != nil {
			wrong = append(wrong, yamlMistakes(documentName, err)...)
		}
		*e = append(*e, one)
	}
	return wrong.orNil()
}

// documentName is the name of the file that makes a folder a scenario.
const documentName = "scenario.yaml"

// parse reads a document. With mistakes in its fields, it also returns what it could read.
func parse(data []byte) (*document, error) {
	root, err := readNode(documentName, data)
	if err != nil {
		return nil, err
	}
	doc := &document{}
	if err := root.Load(doc, yaml.WithKnownFields()); err != nil {
		return doc, yamlMistakes(documentName, err)
	}
	var wrong Mistakes
	for _, one := range []struct {
		name string
		text text
	}{{"title", doc.Title}, {"question", doc.Question}, {"topic", doc.Topic}} {
		if what := notOneLine(one.text.Value); what != "" {
			wrong = append(wrong, at(documentName, one.text.node, "%s: %s", one.name, what))
		}
	}
	return doc, wrong.orNil()
}
