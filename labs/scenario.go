package labs

import (
	"fmt"
	"io/fs"
	"strings"
	"time"
)

// Scenario is what can be said of a scenario before a seed is drawn.
type Scenario struct {
	Name     string   `json:"name"`
	Title    string   `json:"title"`
	Question string   `json:"question"` // the interview's question it practises
	Topic    string   `json:"topic"`
	Level    int      `json:"level"`              // 1 core, 2 working, 3 expert
	Minutes  int      `json:"minutes"`            // par time
	Requires []string `json:"requires,omitempty"` // servers without which it can't be offered
	Hash     string   `json:"hash"`               // of all files of its folder
}

// Scenarios is where scenarios come from.
type Scenarios interface {
	// List returns all scenarios, ordered by topic, level and name.
	List() []Scenario
	// Variant draws a scenario at a seed. The same seed gives the same variant.
	Variant(name string, seed uint64) (*Variant, error)
}

// Variant is a scenario at one seed: every text rendered, every check compiled.
type Variant struct {
	Scenario
	Seed    uint64
	Params  map[string]any
	Task    string // Markdown: what the learner reads
	Debrief string // Markdown: the model answer
	Hosts   []HostSpec
	Setup   []Script // builds a healthy system
	Fault   []Script // breaks it
	Facts   []Fact
	Checks  []Check
	Guards  []Guard
	Hints   []Hint
	Proofs  []Proof
	Files   fs.FS  // the scenario's folder, templates rendered
	Key     string // hash of all that makes the snapshot, the images apart
}

// Workspace is the host in which the learner works. Every scenario has one.
const Workspace = "workspace"

// Who works in a workspace.
const (
	UserName    = "learner"
	LearnerHome = "/home/learner"
)

// HostSpec is what a scenario says of a host. Fields have the names and meanings
// of the Compose Specification's service.
type HostSpec struct {
	Name        string
	Image       string   // an image of a family, by name
	Command     []string // given to the image's entrypoint; nil: the image's own command
	Environment map[string]string
	Memory      int64   // bytes
	CPUs        float64 // processors
	PIDs        int64   // processes and threads
	CapAdd      []string
	Open        bool // the learner may have a shell here
}

// Script is a shell script to be run in a host as root, beside its data files.
type Script struct {
	Host  string
	Text  string
	Files fs.FS // copied beside the script; gone after it
}

// NounLook is one thing that is looked at in a lab, and how. Those that a family makes can
// also observe it: see package kit.
type Look interface {
	// Variable is the name under which expectations find what was observed.
	Variable() string
}

// Fact is the truth measured while the system was healthy.
type Fact struct {
	Name string
	Look Look
}

// Assertion is what a check and a guard share: a look and an expectation.
type Assertion struct {
	ID        string
	Title     string
	Look      Look
	Expect    Expectation
	Otherwise Message // may be nil
}

// Check earns its points when its expectation holds.
type Check struct {
	Assertion
	Points int
	Needs  []string // IDs of checks without which it is skipped
}

// Guard costs points when its expectation, which held when the lab was handed
// over, no longer holds.
type Guard struct {
	Assertion
	Costs int
}

// Hint is help that costs points once it is opened. Hints open in their order.
type Hint struct {
	Costs int    `json:"costs"`
	Text  string `json:"text"`
}

// Proof plays a learner and states the verdicts that must come of it.
type Proof struct {
	Name   string
	Script string   // run in the workspace, as the learner
	Fails  []string // IDs of the checks and guards that fail; every other one passes
	Skips  []string // IDs of the checks that are skipped, and of the guards that can't be looked at
	GoesOn bool     // in the lab of the proof before it, with what that left
}

// Solution is the name of the proof that shows that a scenario can be solved.
const Solution = "solution"

// Untouched is the proof that every scenario has unwritten: nobody did anything.
const Untouched = "untouched"

// Bindings are what an expectation or a message can speak of: params, facts, id and
// the observation under its name.
type Bindings map[string]any

// Expectation is a condition over bindings.
type Expectation interface {
	// Holds evaluates the condition. An [Unfit] error says that the condition met what
	// it was not written for: it does not hold. Any other error is the grader's.
	Holds(Bindings) (bool, error)
}

// Examiner is an [Expectation] or a [Message] that tells its author more than whether
// it holds. Proofs ask it, checks do not.
type Examiner interface {
	// Examine returns the mistakes that show once the bindings are known, and what was
	// met on the way: keys that are not there, values of different types.
	Examine(Bindings) (mistakes, met []string)
}

// Unfit is the error of an [Expectation] that met what it was not written for: a value
// of another type, a number that is too large, more than can be compared in its time.
type Unfit struct {
	Reason string
	Err    error // the cause; may be nil
}

// Error returns the reason.
func (u *Unfit) Error() string { return u.Reason }

// Unwrap returns the cause.
func (u *Unfit) Unwrap() error { return u.Err }

// Message is a text over bindings.
type Message interface {
	// Text returns the text. With an error, it returns what could be said.
	Text(Bindings) (string, error)
}

// Par returns the time in which the scenario should be done.
func (s Scenario) Par() time.Duration { return time.Duration(s.Minutes) * time.Minute }

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

// Environment returns the variant's params as its scripts see them: scalars as
// they are, lists one item a line.
func (v *Variant) Environment() map[string]string {
	env := map[string]string{"seed": fmt.Sprint(v.Seed)}
	for name, value := range v.Params {
		if list, ok := value.([]any); ok {
			items := make([]string, len(list))
			for i := range list {
				items[i] = fmt.Sprint(list[i])
			}
			env[name] = strings.Join(items, "\n")
			continue
		}
		env[name] = fmt.Sprint(value)
	}
	return env
}
