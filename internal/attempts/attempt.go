package attempts

import (
	"strings"
	"time"

	"endstate/labs"
)

// Attempt is one learner's go at one variant, from start to stop, in short.
type Attempt struct {
	UID      string  `json:"attempt"` // the same wherever it is imported to
	ID       int64   `json:"number"`  // in this store: short enough to be said
	Lab      string  `json:"lab"`
	Scenario string  `json:"scenario"`
	Hash     string  `json:"hash"` // of the scenario's folder when it began
	Title    string  `json:"title"`
	Topic    string  `json:"topic"`
	Level    int     `json:"level"`
	Minutes  int     `json:"minutes"` // par
	Seed     uint64  `json:"seed"`
	Owner    string  `json:"owner"`
	Engine   string  `json:"engine"`
	Images   []Image `json:"images"`
	Imported bool    `json:"imported"` // it was made in another store

	Started time.Time  `json:"started"`
	Expires time.Time  `json:"expires"`
	Ended   *time.Time `json:"ended"` // missing while it goes on
	Ending  Ending     `json:"ending,omitempty"`
	Changed time.Time  `json:"changed"`
	Worked  time.Time  `json:"worked"` // when the learner last gave a sign of life

	Hints    int  `json:"hints"`    // how many were opened
	Assisted bool `json:"assisted"` // the solution was shown
	Resets   int  `json:"resets"`
	Checks   int  `json:"checks"`   // how many there were
	Ungraded int  `json:"ungraded"` // of them
	// Active is how long the learner was at work: see [Away].
	Active time.Duration `json:"active"` // nanoseconds
	// Score is the best that a check gave, missing if none gave one; Took is the active
	// time until it first did.
	Score *int           `json:"score"`
	Took  *time.Duration `json:"took"` // nanoseconds
	// Unaided is the best score before the first hint was opened and the solution was
	// seen; missing if no check gave one until then.
	Unaided *int `json:"unaided"`
}

// Image is what a host of a lab was started from.
type Image struct {
	Host   string `json:"host"`
	Name   string `json:"image"`
	ID     string `json:"id,omitempty"` // the engine's: content, not name
	Server string `json:"server,omitempty"`
}

// Ending says how an attempt was closed.
type Ending string

// The ways in which attempts end.
const (
	Stopped Ending = "stopped" // by the learner
	Expired Ending = "expired" // its time was up
	Gone    Ending = "gone"    // the lab was found to be there no more
)

// Away is how long a learner may give no sign of life – a key in a shell, a command
// about the lab – and still be at work. Of a longer pause nothing counts.
const Away = 5 * time.Minute

// About is what can be said of an attempt when it begins.
type About struct {
	Scenario labs.Scenario
	Engine   string // what runs the hosts, with its version
	Images   []Image
}

// Over returns when the attempt ended, at the latest when its lab's time was up.
func (a *Attempt) Over(now time.Time) (time.Time, bool) {
	switch {
	case a.Ended != nil:
		return *a.Ended, true
	case a.Expires.After(a.Started) && now.After(a.Expires):
		return a.Expires, true
	}
	return time.Time{}, false
}

// Wall returns how long the attempt went on by the clock on the wall.
func (a *Attempt) Wall(now time.Time) time.Duration {
	if end, over := a.Over(now); over {
		now = end
	}
	return max(0, now.Sub(a.Started))
}

// Recorded reports whether a recording of that name is one of the attempt: it begins with
// the attempt's ID, so that none leads to another's.
func (a *Attempt) Recorded(name string) bool { return strings.HasPrefix(name, a.UID+"-") }

// Aided reports whether the learner had help.
func (a *Attempt) Aided() bool { return a.Hints > 0 || a.Assisted }

// Kind is what an event is about.
type Kind string

// The kinds of events.
const (
	HintOpened   Kind = "hint"
	SolutionSeen Kind = "solution"
	LabReset     Kind = "reset"
)

// Event is what happened to an attempt besides checks and visits.
type Event struct {
	At     time.Time `json:"at"`
	Kind   Kind      `json:"kind"`
	Number int       `json:"number,omitempty"` // of the hint, from 1
}

// Check is one round of checks of an attempt.
type Check struct {
	At     time.Time    `json:"at"`
	Report *labs.Report `json:"report"`
}

// Visit is a learner's stay in a shell of the lab.
type Visit struct {
	Host      string     `json:"host"`
	Began     time.Time  `json:"began"`
	Ended     *time.Time `json:"ended"`               // missing while it goes on; of a client that was killed, when it was last there
	Recording string     `json:"recording,omitempty"` // the file's name in the folder of recordings
}

// Span is a time in which the learner was at work.
type Span struct {
	Began time.Time `json:"began"`
	Ended time.Time `json:"ended"`
}

// Explanation is what a learner said was broken, what they did, and why. It is never
// part of a score.
type Explanation struct {
	At     time.Time  `json:"at"`
	Text   string     `json:"text"`
	Points []KeyPoint `json:"points"`
}

// KeyPoint is a key point of the model answer, beside an explanation.
type KeyPoint struct {
	Text    string `json:"text"`
	Touched bool   `json:"touched"` // the explanation seems to speak of it
	Said    *bool  `json:"said"`    // the learner's own word; missing if they were not asked
}

// Story is all that is known of an attempt.
type Story struct {
	Attempt
	Rounds       []Check       `json:"rounds"` // of checks
	Events       []Event       `json:"events"`
	Visits       []Visit       `json:"visits"`
	Spans        []Span        `json:"spans"`
	Explanations []Explanation `json:"explanations"`
}
