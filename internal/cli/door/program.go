package door

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"time"

	"endstate/internal/desk"
	"endstate/labs"
	"endstate/labs/kit"
)

// Program is everything that the command line is made from. It takes nothing else from the process.
type Program struct {
	In        io.Reader
	Out       io.Writer
	Err       io.Writer
	Env       func(string) string
	Clock     func() time.Time
	Version   string
	Families  []kit.Family
	Images    []kit.Image // those that belong to no family
	Scenarios fs.FS
	Open      func(context.Context) (*desk.Backend, error)
	Detach    func(args ...string) error // starts a command line that outlives this one; may be nil
}

// ErrFailed and ErrUngraded end a command that has already shown why.
var (
	ErrFailed   = errors.New("something failed")
	ErrUngraded = errors.New("something could not be graded")
)

// Exit statuses.
const (
	StatusDone     = 0
	StatusFailed   = 1 // check ran and something failed
	StatusMisused  = 2 // the command line was wrong
	StatusUngraded = 3 // could not be graded, or there is no engine
)

// StatusOf returns the exit status for an error.
func StatusOf(err error) int {
	var problem *labs.Problem
	switch {
	case err == nil:
		return StatusDone
	case errors.Is(err, ErrFailed):
		return StatusFailed
	case errors.As(err, &problem) && problem.Usage && !errors.Is(err, ErrUngraded):
		return StatusMisused
	}
	return StatusUngraded
}
