package labs

import "time"

// State says where a step stands.
type State string

// The states of a step. A step begins once, may move often, and ends or fails once.
const (
	StepBegan  State = "began"
	StepMoved  State = "moved"
	StepEnded  State = "ended"
	StepFailed State = "failed"
)

// Warned is the state of an event that belongs to no step: something is wrong, and what is
// being done goes on.
const Warned State = "warned"

// Event tells what is being done, once; a live view, plain lines and JSON lines
// are renderings of the same events.
type Event struct {
	Step  string        `json:"step"`            // what it is about: "image mysql", "host db", "setup"
	State State         `json:"state"`           // where the step stands
	Text  string        `json:"text,omitempty"`  // what is being done or waited for
	Done  int64         `json:"done,omitempty"`  // how much of Total is done, in whatever Total counts
	Total int64         `json:"total,omitempty"` // 0: not known
	Took  time.Duration `json:"took,omitempty"`  // nanoseconds; when ended or failed
	// Warning is what is wrong, of an event that warns; Text then says what goes on all the same.
	Warning error `json:"-"`
}

// Emit receives events. It is called from several goroutines at once.
type Emit func(Event)

// Step emits the beginning of a step and returns what ends it: call it with the
// step's error. A nil Emit is silent.
func (e Emit) Step(step, text string) (end func(error)) {
	begun := time.Now()
	e.send(Event{Step: step, State: StepBegan, Text: text})
	return func(err error) {
		event := Event{Step: step, State: StepEnded, Took: time.Since(begun)}
		if err != nil {
			event.State, event.Text = StepFailed, err.Error()
		}
		e.send(event)
	}
}

// Move emits that a step has come further.
func (e Emit) Move(step, text string, done, total int64) {
	e.send(Event{Step: step, State: StepMoved, Text: text, Done: done, Total: total})
}

// Warn emits that something is wrong, and what goes on all the same; that may be empty.
func (e Emit) Warn(err error, but string) { e.send(Event{State: Warned, Warning: err, Text: but}) }

func (e Emit) send(event Event) {
	if e != nil {
		e(event)
	}
}
