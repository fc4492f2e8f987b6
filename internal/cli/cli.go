// Package cli is the command line, a door to the desk: one file a command. A command reads
// its arguments, has the desk act, and shows what came of it. It has no rules of its own.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/netip"
	"os"
	"os/signal"
	"syscall"
	"time"

	"endstate/internal/desk"
	"endstate/labs/kit"
)

// Program is everything the command line is wired with. Nothing is taken from the
// process behind its back.
type Program struct {
	In        io.Reader
	Out       io.Writer
	Err       io.Writer
	Env       func(string) string
	Clock     func() time.Time
	Version   string
	Families  []kit.Family
	Images    []kit.Image // those of no family
	Scenarios fs.FS
	Open      func(ctx context.Context, subnets netip.Prefix) (*desk.Backend, error)
	Detach    func(args ...string) error // runs a command line that outlives this one; may be nil
}

// Exit statuses.
const (
	StatusDone        = 0
	StatusFailed      = 1   // check ran and something failed
	StatusMisused     = 2   // the command was used wrongly
	StatusUngraded    = 3   // could not be graded, or the engine is not there
	StatusInterrupted = 130 // by a signal
)

// errFailed and errUngraded end a command that has shown why already.
var (
	errFailed      = errors.New("something failed")
	errUngraded    = errors.New("something could not be graded")
	errInterrupted = errors.New("interrupted")
)

// Run runs one command line and returns its exit status.
func (p Program) Run(ctx context.Context, args []string) int {
	ctx, stop := p.interruptible(ctx)
	defer stop()
	d := &door{Program: p}
	root := rootCommand(d)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	d.close()
	if cause := context.Cause(ctx); errors.Is(cause, errInterrupted) && err != nil {
		fmt.Fprintln(p.Err, "Interrupted. What was begun has been taken back.")
		return StatusInterrupted
	}
	if err != nil && !d.running && !isProblem(err) {
		fmt.Fprintf(p.Err, "Error: %v\nSee: endstate --help\n", err)
		return StatusMisused
	}
	return showError(p.Err, err)
}

// interruptible returns a context that the first signal ends, so that commands
// clean up. A second signal ends the process at once. One that comes when the
// command is done is caught still: it must not make what was done look killed.
func (p Program) interruptible(ctx context.Context) (context.Context, func()) {
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
