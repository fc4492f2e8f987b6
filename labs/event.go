package labs

import "time"

// Work is a kind of work that takes its time.
type Work string

// The kinds of work. What the subject of an event is, stands behind each.
const (
	BootstrapBase   Work = "bootstrap" // the suite
	BuildImage      Work = "image"     // the image
	PullImage       Work = "pull"      // its reference
	SaveImages      Work = "save"
	LoadImages      Work = "load"
	AskRegistry     Work = "registry"
	PushImage       Work = "push" // the image
	AwaitImages     Work = "lock" // another process makes images
	ListImages      Work = "images"
	DropImages      Work = "drop"
	DropSnapshots   Work = "snapshots"
	StartHost       Work = "host"  // the host
	AwaitHost       Work = "ready" // the host
	AwaitRestart    Work = "wait"  // the host
	AskAgain        Work = "slow"  // the host
	AwaitSetup      Work = "await" // another process prepares the same exercise
	RunSetup        Work = "setup"
	MeasureFacts    Work = "facts"
	RunFault        Work = "fault"
	KeepSnapshot    Work = "snapshot"
	RemoveLab       Work = "remove"
	SaveLab         Work = "save-lab"
	ReviveLab       Work = "revive"
	SweepLab        Work = "sweep"
	CheckLab        Work = "check"
	AwaitPlace      Work = "place"    // how many are before
	AwaitRoom       Work = "room"     // how many starts are before
	GradeQuestion   Work = "question" // its number
	MeasureLabs     Work = "status"
	ReadScenarios   Work = "lint"
	FetchScenarios  Work = "fetch" // the address
	DiagnoseMachine Work = "doctor"
	PlayProofs      Work = "prove" // the first seed
)

// State says where a step stands.
type State string

// The states of a step. A step begins once, may move often, and ends or fails once.
const (
	StepBegan  State = "began"
	StepMoved  State = "moved"
	StepEnded  State = "ended"
	StepFailed State = "failed"
)

// Warned is the state of an event that says that something is wrong, and what is being done goes
// on. It belongs to no step, unless it must be shown while the step goes on.
const Warned State = "warned"

// Event tells what is being done, once; a live view, plain lines and JSON lines
// are renderings of the same events.
type Event struct {
	Step    Work    `json:"step"`
	Subject string  `json:"subject,omitempty"` // what the work is done on
	State   State   `json:"state"`
	Detail  string  `json:"detail,omitempty"` // in the words of what does the work; when failed, why
	Done    int64   `json:"done,omitempty"`   // how much of Total is done, in whatever Total counts
	Total   int64   `json:"total,omitempty"`  // 0: not known
	Took    Seconds `json:"took,omitzero"`    // when ended or failed
	// Warning is what went wrong, of an event that warns. Detail then says what goes on all
	// the same.
	Warning error `json:"-"`
	// Results are the verdicts of a round of checks that have become final with this event. Each
	// comes once, in any order.
	Results []Result `json:"-"`
}

// Emit receives events. It is called from several goroutines at once.
type Emit func(Event)

// Step emits that work on a subject begins, and returns what ends it: call it with the
// step's error. A nil Emit is silent.
func (e Emit) Step(work Work, subject string) (end func(error)) {
	begun := time.Now()
	e.send(Event{Step: work, Subject: subject, State: StepBegan})
	return func(err error) {
		event := Event{Step: work, Subject: subject, State: StepEnded, Took: Seconds{time.Since(begun)}}
		if err != nil {
			event.State, event.Detail = StepFailed, err.Error()
		}
		e.send(event)
	}
}

// Move emits that a step has come further.
func (e Emit) Move(work Work, subject, detail string, done, total int64) {
	e.send(Event{Step: work, Subject: subject, State: StepMoved, Detail: detail, Done: done, Total: total})
}

// Judge emits that a round of checks has come further, with the results that are final now.
func (e Emit) Judge(subject string, done, total int64, final []Result) {
	e.send(Event{Step: CheckLab, Subject: subject, State: StepMoved, Done: done, Total: total, Results: final})
}

// WithoutResults returns an Emit that passes on everything but the results of checks.
func (e Emit) WithoutResults() Emit {
	return func(event Event) {
		event.Results = nil
		e.send(event)
	}
}

// Warn emits that something is wrong, and what goes on all the same; that may be empty.
func (e Emit) Warn(err error, but string) { e.send(Event{State: Warned, Warning: err, Detail: but}) }

// WarnNow emits that something went wrong in a step that goes on. It is shown at once.
func (e Emit) WarnNow(work Work, subject string, err error) {
	e.send(Event{Step: work, Subject: subject, State: Warned, Warning: err})
}

// Warnings returns an Emit that passes on warnings only.
func (e Emit) Warnings() Emit {
	return func(event Event) {
		if event.State == Warned {
			e.send(event)
		}
	}
}

func (e Emit) send(event Event) {
	if e != nil {
		e(event)
	}
}
