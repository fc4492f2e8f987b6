package cli

import (
	"endstate/internal/cli/door"
	"endstate/internal/desk"
	"endstate/labs"
)

// app is what the commands of exams share. They still put together by themselves what is
// to become acts of the desk.
type app struct {
	*door.Door
	noRecord bool
	finished bool // exams whose time is up were looked for
}

// progress shows events on standard error while work is done.
func (a *app) progress(asJSON bool, work func(labs.Emit) error) error {
	return a.Act(asJSON, func(_ *desk.Desk, emit labs.Emit) error { return work(emit) })
}

// warn shows an error that does not end the command.
func (a *app) warn(err error, but string) {
	door.ShowWarning(a.Err, labs.Event{State: labs.Warned, Warning: err, Detail: but})
}

// emit shows warnings at once, and no progress.
func (a *app) emit(event labs.Event) {
	if event.State == labs.Warned {
		door.ShowWarning(a.Err, event)
	}
}
