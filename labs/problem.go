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

// An Obstacle is what a [Look] answers when the learner's own system stands in
// the way of looking: a stopped server, a locked table, a missing repository.
// The grader must have seen that: a time-out alone shows nothing. The check that asked
// has failed, and the message says why; a guard could not be looked at, which is no harm.
// Every other error of a look is the grader's and leaves the check ungraded.
type Obstacle struct {
	Message string
	// Finding: the answer itself says what is wrong, so that it breaks a guard, too. A
	// table that a guard asks for is not there any more.
	Finding bool
	Err     error // the cause; may be nil
}

// Error returns the message.
func (o *Obstacle) Error() string { return o.Message }

// Unwrap returns the cause.
func (o *Obstacle) Unwrap() error { return o.Err }

// ErrNotFound is what an [Engine] answers about a lab or a snapshot that is not there.
var ErrNotFound = errors.New("not found")

// ErrConflict is what [Engine.Launch] answers when a lab of that ID is there already.
var ErrConflict = errors.New("a lab of that name is there already")

// ErrDown is what [Engine.Execute] answers of a host that does not run at that moment.
var ErrDown = errors.New("the host is down")

// ErrFrozen is what [Engine.Execute] answers of a host that is to stay frozen.
var ErrFrozen = errors.New("the host is frozen")
