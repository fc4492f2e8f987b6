// Package cli is the command line, a door to the desk, with one file per command. A command parses
// its arguments, calls the desk and shows the result. It has no rules of its own.
package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"endstate/internal/cli/door"
	"endstate/internal/cli/exam"
	"endstate/internal/seat"
)

// Program is everything that the command line is made from.
type Program door.Program

// Exit statuses.
const (
	StatusDone        = door.StatusDone
	StatusFailed      = door.StatusFailed
	StatusMisused     = door.StatusMisused
	StatusUngraded    = door.StatusUngraded
	StatusInterrupted = 130 // by a signal
)

// errInterrupted is the cause of a context that a signal ended.
var errInterrupted = errors.New("interrupted")

// Run runs one command line and returns its exit status.
func (p Program) Run(ctx context.Context, args []string) int {
	ctx, stop := interruptible(ctx)
	defer stop()
	d := door.New(door.Program(p))
	root := rootCommand(d)
	root.SetArgs(exam.SignedPoints(args))
	err := root.ExecuteContext(ctx)
	d.Close()
	if errors.Is(err, seat.ErrInterrupted) { // at a question or the end of a page: no work was going on
		fmt.Fprintln(d.Err, "Interrupted.")
		return StatusInterrupted
	}
	if cause := context.Cause(ctx); errors.Is(cause, errInterrupted) && err != nil {
		fmt.Fprintln(d.Err, "Interrupted. Unfinished work was undone.")
		return StatusInterrupted
	}
	if err != nil && !d.Running && !door.IsProblem(err) {
		fmt.Fprintf(d.Err, "Error: %v\nSee: endstate --help\n", err)
		return StatusMisused
	}
	door.ShowError(d.Err, err)
	return door.StatusOf(err)
}

// interruptible returns a context that the first signal ends, so that commands clean up. A second
// signal ends the process at once. A signal that comes when the command is done is still caught, so
// that the command does not look killed.
func interruptible(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	done := make(chan struct{})
	go func() {
		select {
		case <-signals:
			signal.Stop(signals)
			cancel(errInterrupted)
		case <-done:
		}
	}()
	return ctx, func() { close(done); cancel(nil) }
}
