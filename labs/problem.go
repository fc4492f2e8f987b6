package labs

import "errors"

// Problem is an error told in the learner's words: what happened, and on a
// second line what to do about it. The cause, for those who debug, is wrapped.
type Problem struct {
	What  string // one sentence, without a full stop
	Do    string // what to do about it; may be empty
	Usage bool   // the command was used wrongly, nothing was tried
	Err   error  // the cause; may be nil
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

// Misuse is a [Problem] of a command that was used wrongly.
func Misuse(what, do string) *Problem { return &Problem{What: what, Do: do, Usage: true} }

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
