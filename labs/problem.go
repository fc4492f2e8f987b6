package labs

import "errors"

// Problem is an error as a value: what happened, and what can be done about it. A door
// words it. The cause, for those who debug, is wrapped.
type Problem struct {
	Code  string // what happened, for programs; empty: no program needs to tell it apart
	What  string // one plain sentence, without a full stop
	Do    string // what to do about it that is not an act: plain sentences; may be empty
	Acts  []Act  // what can be done about it at the desk
	Usage bool   // what was asked for makes no sense; nothing was tried
	Err   error  // the cause; may be nil
}

// Act is something that can be done at the desk, with its arguments. A door offers it as a
// command or a button.
type Act struct {
	Name     string `json:"act"`           // of the desk's method, in kebab-case
	For      string `json:"for,omitempty"` // what it is good for, in a few words: "Put it back"
	Scenario string `json:"scenario,omitempty"`
	Host     string `json:"host,omitempty"`
	Seed     uint64 `json:"seed,omitempty"`
	Attempt  int64  `json:"attempt,omitempty"`
	Exam     int64  `json:"exam,omitempty"`
	Question int    `json:"question,omitempty"`
}

// Error returns what happened and the cause behind it.
func (p *Problem) Error() string {
	if p.Err == nil {
		return p.What
	}
	return p.What + ": " + p.Err.Error()
}

// Unwrap returns the cause.
func (p *Problem) Unwrap() error { return p.Err }

// Misuse is a [Problem] of a request that makes no sense.
func Misuse(what, do string, acts ...Act) *Problem {
	return &Problem{What: what, Do: do, Acts: acts, Usage: true}
}

// ErrNotFound is what an [Engine] answers about a lab or a snapshot that is not there.
var ErrNotFound = errors.New("not found")

// ErrConflict is what [Engine.Launch] answers when a lab of that ID is there already.
var ErrConflict = errors.New("a lab of that name is there already")

// ErrDown is what [Engine.Execute] answers of a host that does not run at that moment.
var ErrDown = errors.New("the host is down")

// ErrFrozen is what [Engine.Execute] answers of a host that is to stay frozen.
var ErrFrozen = errors.New("the host is frozen")

// An Unreadable is what [Engine.CopyOut] and [ReadArchive] answer when what lies in the
// host makes it impossible to read on: its reason is told to the learner.
type Unreadable struct {
	Reason string // follows a colon, without a full stop
	Err    error  // the cause; may be nil
}

// Error returns the reason.
func (u *Unreadable) Error() string { return "unreadable: " + u.Reason }

// Unwrap returns the cause.
func (u *Unreadable) Unwrap() error { return u.Err }
