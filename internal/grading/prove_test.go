package grading

import (
	"context"
	"errors"
	"io"
	"testing"
	"testing/synctest"
	"time"

	"endstate/internal/stage"
	"endstate/labs"
)

// waiting is an engine whose commands end only if they are killed.
type waiting struct{ labs.Engine }

func (waiting) Execute(context.Context, labs.Host, labs.Command) (labs.Process, error) {
	r, w := io.Pipe()
	return &command{output: r, end: w}, nil
}

type command struct {
	labs.Process
	output *io.PipeReader
	end    *io.PipeWriter
}

func (c *command) Stdin() io.WriteCloser      { return nothing{} }
func (c *command) Stdout() io.Reader          { return c.output }
func (c *command) Kill(context.Context) error { return c.end.Close() }
func (c *command) Close() error               { return c.end.Close() }
func (nothing) Write(b []byte) (int, error)   { return len(b), nil }
func (nothing) Close() error                  { return nil }

type nothing struct{}

// A script that waits forever is killed, and that is said.
func TestScriptThatDoesNotEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		lab := &labs.Lab{Hosts: []labs.Host{{Name: labs.Workspace, ID: "1"}}}
		p := Prover{Stage: &stage.Stage{Engine: waiting{}}}
		_, _, err := p.play(t.Context(), lab, &labs.Variant{}, labs.Proof{Script: "until false; do sleep 1; done"})
		if !errors.Is(err, errScriptTimeout) || time.Since(begun) != scriptTimeout {
			t.Errorf("after %v: %v", time.Since(begun), err)
		}
	})
}
