package attempts

import (
	"strings"
	"time"

	"endstate/labs"
)

// Attempt sums up one learner's attempt at one variant, from start to stop.
type Attempt struct {
	UID      string  `json:"attempt"` // unique across stores
	ID       int64   `json:"number"`  // unique in this store, and short enough to say
	Lab      string  `json:"lab"`
	Scenario string  `json:"scenario"`
	Hash     string  `json:"hash"` // of the scenario's folder at the start of the attempt
	Title    string  `json:"title"`
	Topic    string  `json:"topic"`
	Level    int     `json:"level"`
	Minutes  int     `json:"minutes"` // par
	Seed     uint64  `json:"seed"`
	Owner    string  `json:"owner"`
	Engine   string  `json:"engine"`
	Images   []Image `json:"images"`
	Imported bool    `json:"imported"` // from another store

	Started time.Time  `json:"started"`
	Expires time.Time  `json:"expires"`
	Ended   *time.Time `json:"ended"` // missing while the attempt is open
	Ending  Ending     `json:"ending,omitempty"`
	Changed time.Time  `json:"changed"`
	Worked  time.Time  `json:"worked"` // the learner's last sign of life

	Hints    int  `json:"hints"`    // opened
	Charged  int  `json:"charged"`  // the first hints, which cost points; those opened after it was solved are free
	Assisted bool `json:"assisted"` // the solution was shown
	Resets   int  `json:"resets"`
	Checks   int  `json:"checks"`   // including ungraded ones
	Ungraded int  `json:"ungraded"` // checks that could not be graded
	// Active is how long the learner was working; see [Away].
	Active labs.Seconds `json:"active"`
	// Score is the best score of any check, missing if no check was graded. Took is the
	// active time until that score was first reached.
	Score *int          `json:"score"`
	Took  *labs.Seconds `json:"took"`
	// Unaided is the best score before the learner opened a hint or saw the solution,
	// missing if no check was graded before that.
	Unaided *int `json:"unaided"`
	// Solved is the active time until a check first found everything solved, missing until then.
	Solved *labs.Seconds `json:"solved"`
}

// Image is the image from which a host of a lab was started.
type Image struct {
	Host   string `json:"host"`
	Name   string `json:"image"`
	ID     string `json:"id,omitempty"` // the engine's ID for the image's content
	Server string `json:"server,omitempty"`
}

// Ending says how an attempt ended.
type Ending string

// The ways an attempt ends.
const (
	Stopped Ending = "stopped" // by the learner
	Expired Ending = "expired" // its time ran out
	Gone    Ending = "gone"    // the lab no longer exists
)

// Away is the longest pause that still counts as work. A learner works as long as there are
// signs of life: keys in a shell, or commands about the lab. A longer pause does not count
// at all.
const Away = 5 * time.Minute

// About describes a new attempt.
type About struct {
	Scenario labs.Scenario
	Engine   string // the engine and its version
	Images   []Image
}

// Over returns when the attempt ended. An attempt ends no later than its lab expires.
func (a *Attempt) Over(now time.Time) (time.Time, bool) {
	switch {
	case a.Ended != nil:
		return *a.Ended, true
	case a.Expires.After(a.Started) && now.After(a.Expires):
		return a.Expires, true
	}
	return time.Time{}, false
}

// Wall returns the attempt's duration in wall-clock time.
func (a *Attempt) Wall(now time.Time) time.Duration {
	if end, over := a.Over(now); over {
		now = end
	}
	return max(0, now.Sub(a.Started))
}

// OwnsRecording reports whether the recording with this file name belongs to the attempt.
// Such names begin with the attempt's ID, so an attempt can't point to another's recording.
func (a *Attempt) OwnsRecording(name string) bool { return strings.HasPrefix(name, a.UID+"-") }

// Aided reports whether the learner had help.
func (a *Attempt) Aided() bool { return a.Hints > 0 || a.Assisted }

// Kind is what an event is about.
type Kind string

// The kinds of events.
const (
	HintOpened   Kind = "hint"
	SolutionSeen Kind = "solution"
	LabReset     Kind = "reset" // to how it was at the start
	LabSaved     Kind = "save"
	LabReturned  Kind = "return" // to a saved state
)

// Event is something that happened in an attempt, other than a check or a visit.
type Event struct {
	At     time.Time `json:"at"`
	Kind   Kind      `json:"kind"`
	Number int       `json:"number,omitempty"` // the hint's number, from 1
}

// Check is one round of checks of an attempt.
type Check struct {
	At     time.Time    `json:"at"`
	Report *labs.Report `json:"report"`
	// AtEnd: the exam that the attempt belongs to was over, and this round was to grade it. The desk
	// sets it.
	AtEnd bool `json:"at_end,omitempty"`
}

// Visit is a session in a shell of the lab.
type Visit struct {
	Host      string     `json:"host"`
	Began     time.Time  `json:"began"`
	Ended     *time.Time `json:"ended"`               // missing while it lasts; for a client that was killed, its last sign of life
	Recording string     `json:"recording,omitempty"` // the file's name in the recordings folder
}

// Span is a period in which the learner was working.
type Span struct {
	Began time.Time `json:"began"`
	Ended time.Time `json:"ended"`
}

// Explanation is the learner's account of what was broken, what they did, and why. It never
// affects a score.
type Explanation struct {
	At     time.Time  `json:"at"`
	Text   string     `json:"text"`
	Points []KeyPoint `json:"points"`
}

// KeyPoint is a key point of the model answer, compared with an explanation.
type KeyPoint struct {
	Text    string `json:"text"`
	Touched bool   `json:"touched"` // the explanation seems to cover it
	Said    *bool  `json:"said"`    // the learner's own assessment, missing if they were not asked
}

// Story is everything the store knows about an attempt.
type Story struct {
	Attempt
	Rounds       []Check       `json:"rounds"`
	Gradings     int           `json:"gradings,omitempty"` // rounds at the end of an exam; Checks leaves them out
	Events       []Event       `json:"events"`
	Visits       []Visit       `json:"visits"`
	Spans        []Span        `json:"spans"`
	Explanations []Explanation `json:"explanations"`
}
