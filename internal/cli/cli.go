// Package cli is the command line: one file a command. A command reads its
// arguments, has the domain do the work, and shows what came of it.
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
	"strings"
	"syscall"
	"time"

	"endstate/internal/images"
	"endstate/internal/report"
	"endstate/internal/site"
	"endstate/labs"
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
	Open      func(ctx context.Context, subnets netip.Prefix) (*Backend, error)
	Detach    func(args ...string) error // runs a command line that outlives this one; may be nil
}

// Backend is an engine that answers.
type Backend struct {
	Engine    labs.Engine
	Snapshots labs.Snapshots
	Images    images.Store
	Info      func(context.Context) (labs.EngineInfo, error)
	Close     func() error
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
	a := &app{Program: p, graders: &site.Servers{}}
	root := a.root()
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	a.close()
	if cause := context.Cause(ctx); errors.Is(cause, errInterrupted) && err != nil {
		fmt.Fprintln(p.Err, "Interrupted. What was begun has been taken back.")
		return StatusInterrupted
	}
	return p.status(err, a.running)
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

// status shows an error and returns the exit status that it stands for.
func (p Program) status(err error, running bool) int {
	var problem *labs.Problem
	switch {
	case err == nil:
		return StatusDone
	case errors.Is(err, errFailed):
		return StatusFailed
	case errors.Is(err, errUngraded):
		return StatusUngraded
	case errors.As(err, &problem):
		p.showProblem(problem)
		if problem.Usage {
			return StatusMisused
		}
		return StatusUngraded
	}
	fmt.Fprintf(p.Err, "Error: %s\n", report.Visible(err.Error()))
	if !running {
		fmt.Fprintln(p.Err, "See: endstate --help")
		return StatusMisused
	}
	fmt.Fprintln(p.Err, "See what may be wrong: endstate doctor")
	return StatusUngraded
}

// showProblem writes what happened, what to do about it, and the cause.
func (p Program) showProblem(problem *labs.Problem) {
	fmt.Fprintf(p.Err, "%s.\n", report.Visible(strings.TrimSuffix(problem.What, ".")))
	if problem.Do != "" {
		fmt.Fprintln(p.Err, report.Visible(problem.Do))
	}
	if problem.Err != nil {
		fmt.Fprintf(p.Err, "(%s)\n", strings.ReplaceAll(report.Visible(problem.Err.Error()), "\n", "\n "))
	}
}
