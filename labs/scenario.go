package labs

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Scenario describes a scenario independently of any seed.
type Scenario struct {
	Name     string   `json:"name"`
	Title    string   `json:"title"`
	Question string   `json:"question"` // the interview question that it practises
	Topic    string   `json:"topic"`
	Level    int      `json:"level"`              // 1 core, 2 working, 3 expert
	Minutes  int      `json:"minutes"`            // par time
	Requires []string `json:"requires,omitempty"` // servers that it needs
	Hash     string   `json:"hash"`               // of all files of its folder
}

// EasiestFirst compares scenarios for the order in which people see them: by topic, and in a topic the
// easiest first.
func EasiestFirst(a, b Scenario) int {
	return cmp.Or(cmp.Compare(a.Topic, b.Topic), a.Level-b.Level, a.Minutes-b.Minutes, cmp.Compare(a.Name, b.Name))
}

// SharesNetwork reports whether the hosts are on a network of the engine: a single host needs none,
// and hosts on networks of the scenario's own use those.
func (v *Variant) SharesNetwork() bool { return len(v.Hosts) > 1 && v.Hosts[0].Networks == nil }

// OpenHosts returns the names of the hosts that a learner can enter.
func (v *Variant) OpenHosts() []string {
	var names []string
	for _, host := range v.Hosts {
		if host.Open {
			names = append(names, host.Name)
		}
	}
	return names
}

// Scenarios is a library of scenarios.
type Scenarios interface {
	// List returns all scenarios, ordered by topic, level and name.
	List() []Scenario
	// Variant returns the variant of a scenario for a seed: always the same one. The error
	// is a [Problem] if there is no such scenario.
	Variant(name string, seed uint64) (*Variant, error)
}

// Variant is a scenario at one seed: every text rendered, every check compiled.
type Variant struct {
	Scenario
	Seed    uint64
	Params  map[string]any
	Task    string // what the learner reads; Markdown
	Debrief string // the model answer; Markdown
	Hosts   []HostSpec
	Setup   []Script // scripts that build a healthy system
	Fault   []Script // scripts that break it
	Facts   []Fact
	Checks  []Check
	Guards  []Guard
	Hints   []Hint
	Proofs  []Proof
	Files   fs.FS  // the scenario's folder with its templates rendered
	Key     string // hash of everything that goes into the snapshot, except the images
}

// Workspace is the host in which the learner works. Every scenario has one.
const Workspace = "workspace"

// The user who works in a workspace.
const (
	UserName    = "learner"
	LearnerHome = "/home/learner"
)

// HostSpec is how a scenario describes a host. The fields have the names and meanings of a
// service in the Compose Specification.
type HostSpec struct {
	Name        string
	Image       string   // the name of a family's image
	Command     []string // passed to the image's entrypoint; nil means the image's own command
	Environment map[string]string
	Memory      int64   // bytes
	CPUs        float64 // processors
	PIDs        int64   // processes and threads
	CapAdd      []string
	Networks    []string `json:",omitempty"` // see [HostPlan.Networks]; nil: the network that all hosts share
	Forwards    bool     `json:",omitempty"` // it forwards packets between its networks
	Open        bool     // the learner may have a shell here
}

// Script is a shell script that runs in a host as root.
type Script struct {
	Host  string
	Text  string
	Files fs.FS // data files, copied next to the script and removed afterwards
}

// Look describes one thing to look at in a lab. The looks of a family can also observe it:
// see kit.Look.
type Look interface {
	// Variable returns the name of the observation in expectations.
	Variable() string
}

// AnswersFolder is the folder in the learner's home where answers are recorded, one file each.
const AnswersFolder = "answers"

// Recorded is a [Look] at an answer that the learner has recorded under a name.
type Recorded interface {
	// AnswerName returns the name, or "" if the look is at something else.
	AnswerName() string
	// AnswerUsage returns what the learner types to record it, such as `answer q1 LAYER FRAME`.
	AnswerUsage() string
}

// Answer is a question of a variant that the learner answers by recording something.
type Answer struct{ Name, Usage string }

// Answers returns the questions whose answers the checks look at, ordered by name.
func (v *Variant) Answers() []Answer {
	var all []Answer
	for _, check := range v.Checks {
		if look, ok := check.Look.(Recorded); ok && look.AnswerName() != "" {
			all = append(all, Answer{look.AnswerName(), look.AnswerUsage()})
		}
	}
	slices.SortFunc(all, func(a, b Answer) int { return cmp.Compare(a.Name, b.Name) })
	return slices.CompactFunc(all, func(a, b Answer) bool { return a.Name == b.Name })
}

// Fact is a value measured while the system was healthy.
type Fact struct {
	Name  string
	Look  Look
	Place string `json:"-"` // in the scenario, for its author: file:line; it does not go into the hosts
}

// Assertion is the part that checks and guards share: a look and an expectation.
type Assertion struct {
	ID        string
	Title     string
	Look      Look
	Expect    Expectation
	Otherwise Message // shown if the expectation does not hold; may be nil
	Places    Places
}

// Places says where the parts of an assertion stand in the scenario, for its author: file:line each.
type Places struct{ ID, Look, Expect string }

// Check is an assertion that earns points if it holds.
type Check struct {
	Assertion
	Points int
	Needs  []string // IDs of checks that must pass, or this one is skipped
}

// Guard is an assertion that holds when the lab is handed over. It costs points if it no
// longer does.
type Guard struct {
	Assertion
	Costs int
}

// Hint is help that costs points once it is opened. Hints are opened in order.
type Hint struct {
	Costs int    `json:"costs"`
	Text  string `json:"text"`
}

// Proof is a script that plays a learner, and the verdicts that it must get.
type Proof struct {
	Name   string
	Script string   // runs in the workspace as the learner
	Fails  []string // IDs of the checks and guards that fail; all others pass
	Skips  []string // IDs of the checks that are skipped, and of the guards that can't be checked
	GoesOn bool     // continues in the lab of the previous proof, as that proof left it
}

// Solution is the name of the proof that shows that a scenario can be solved.
const Solution = "solution"

// Untouched is the name of the implicit proof of every scenario, in which nobody does anything.
const Untouched = "untouched"

// Bindings are the variables of an expectation or a message: params, facts, id, and the
// observation under its own name.
type Bindings map[string]any

// Expectation is a condition over bindings.
type Expectation interface {
	// Holds evaluates the condition. If it can't handle the values, the condition does not
	// hold and the error is an [Unfit]. Any other error is the grader's.
	Holds(Bindings) (bool, error)
}

// Examiner is an [Expectation] or a [Message] that can report details for its author.
// Only proofs use it.
type Examiner interface {
	// Examine returns mistakes that show only with actual values, and notes on the
	// evaluation: missing keys, comparisons of different types.
	Examine(Bindings) (mistakes, notes []string)
}

// Dissectable is an [Expectation] that can show its author how it comes to its result.
type Dissectable interface {
	// Source returns the expectation as it was written.
	Source() string
	// Parts returns the values of the expressions that it consists of.
	Parts(Bindings) []Part
}

// Part is an expression inside an expectation, with its value.
type Part struct {
	Expression string `json:"expression"`
	Depth      int    `json:"depth"` // how many parts it is inside of
	Value      any    `json:"value"`
	Problem    string `json:"problem,omitempty"` // why it has no value
}

// Unfit is the error of an [Expectation] that can't handle its values: one has an unexpected
// type, a number is too large, or there is too much to compare in the time allowed.
type Unfit struct {
	Reason string
	Err    error // the cause; may be nil
}

// Error returns the reason.
func (u *Unfit) Error() string { return u.Reason }

// Unwrap returns the cause.
func (u *Unfit) Unwrap() error { return u.Err }

// Message is a text template over bindings.
type Message interface {
	// Text renders the text. On an error it also returns the part that it could render.
	Text(Bindings) (string, error)
}

// Host returns the specification of a host, or nil.
func (v *Variant) Host(name string) *HostSpec {
	for i := range v.Hosts {
		if v.Hosts[i].Name == name {
			return &v.Hosts[i]
		}
	}
	return nil
}

// Looks returns all looks of the variant.
func (v *Variant) Looks() []Look {
	var looks []Look
	for _, fact := range v.Facts {
		looks = append(looks, fact.Look)
	}
	for _, check := range v.Checks {
		looks = append(looks, check.Look)
	}
	for _, guard := range v.Guards {
		looks = append(looks, guard.Look)
	}
	return looks
}

// HostNames returns the names of the variant's hosts.
func (v *Variant) HostNames() []string {
	names := make([]string, len(v.Hosts))
	for i, host := range v.Hosts {
		names[i] = host.Name
	}
	return names
}

// Environment returns the params and the seed as environment variables for the variant's
// scripts. A list has one item per line.
func (v *Variant) Environment() map[string]string {
	env := map[string]string{"seed": fmt.Sprint(v.Seed)}
	for name, value := range v.Params {
		list, ok := value.([]any)
		if !ok {
			list = []any{value}
		}
		items := make([]string, len(list))
		for i := range list {
			items[i] = inScript(list[i])
		}
		env[name] = strings.Join(items, "\n")
	}
	return env
}

// Typed returns a script as it can be typed in a learner's shell, which does not have the variant's
// environment: it first assigns the params that it uses.
func (v *Variant) Typed(script string) string {
	env := v.Environment()
	var assignments strings.Builder
	for _, name := range slices.Sorted(maps.Keys(env)) {
		name, value := regexp.QuoteMeta(name), env[name]
		// In arithmetic, variables need no dollar sign.
		used := regexp.MustCompile(`\$\{?[!#]?` + name + `\b|\(\((?:[^)]|\)[^)])*\b` + name + `\b`)
		if used.MatchString(script) {
			assignments.WriteString(name + "='" + strings.ReplaceAll(value, "'", `'\''`) + "'\n")
		}
	}
	return assignments.String() + script
}

// inScript returns a value as scripts get it. Maps, and lists within lists, are JSON.
func inScript(value any) string {
	switch value.(type) {
	case map[string]any, []any:
		if text, err := json.Marshal(value); err == nil {
			return string(text)
		}
	}
	return fmt.Sprint(value)
}
