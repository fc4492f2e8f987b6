package site

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"endstate/labs"
	"endstate/labs/kit"
)

// commands is an engine whose hosts' commands end at once, and note what they were given.
type commands struct {
	labs.Engine
	mu      sync.Mutex
	noted   []string
	failing error // of a command in a host that runs
}

func (c *commands) Now() time.Time { return time.Now() }

func (c *commands) note(what string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.noted = append(c.noted, what)
}

func (c *commands) Run(_ context.Context, plan labs.Plan) (labs.Host, labs.Process, error) {
	c.note("host")
	return labs.Host{ID: "1"}, &command{in: c.input("files of the host")}, nil
}

func (c *commands) Execute(context.Context, labs.Host, labs.Command) (labs.Process, error) {
	c.note("loan")
	return &command{in: c.input("files of the borrower"), failing: c.failing}, nil
}

// input notes when it is closed that something came.
func (c *commands) input(what string) io.WriteCloser { return &input{note: func() { c.note(what) }} }

type input struct {
	bytes.Buffer
	note func()
}

func (i *input) Close() error { i.note(); return nil }

type command struct {
	in      io.WriteCloser
	failing error
}

func (c *command) Stdin() io.WriteCloser                  { return c.in }
func (c *command) Stdout() io.Reader                      { return strings.NewReader("") }
func (c *command) Stderr() string                         { return "" }
func (c *command) Resize(context.Context, int, int) error { return nil }
func (c *command) Wait(context.Context) (int, error) {
	time.Sleep(10 * time.Millisecond)
	return 0, c.failing
}
func (c *command) Kill(context.Context) error { return c.failing }
func (c *command) Close() error               { return nil }

// A command that may borrow runs in the host that waits for what the command gives, and
// that host gets its files only once nothing of the borrower is left in it.
func TestBorrowedHost(t *testing.T) {
	for _, test := range []struct {
		name    string
		dir     string
		memory  int64
		failing error
		noted   []string // nil: the borrower gets a host of its own
	}{
		{"the same folder", "/repository", 1, nil, []string{"host", "loan", "files of the borrower", "files of the host"}},
		{"another folder", "/other", 1, nil, nil},
		{"more memory", "/repository", 3, nil, nil},
		{"the borrower does not end", "/repository", 1, errors.New("lost"), []string{"host", "loan", "files of the borrower", "host", "files of the host"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			engine := &commands{failing: test.failing}
			site := Opener{Engine: engine}.Open(Subject{Lab: &labs.Lab{}, Images: map[string]labs.ImageRef{}}, nil)
			defer site.Close()
			_, err := site.Fresh(t.Context(), kit.FreshRun{Image: "git", Lends: "/repository", Memory: 2, Files: func() ([]kit.Entry, error) {
				_, err := site.Fresh(t.Context(), kit.FreshRun{
					Image: "git", Dir: test.dir, Borrows: true, Memory: test.memory,
					Files: func() ([]kit.Entry, error) { return nil, nil },
				})
				if !errors.Is(err, test.failing) {
					t.Errorf("the borrower got %v", err)
				}
				return nil, nil
			}})
			if err != nil {
				t.Fatal(err)
			}
			for begun := time.Now(); time.Since(begun) < time.Second && len(engine.copy()) < max(4, len(test.noted)); {
				time.Sleep(time.Millisecond) // the input is written in the background
			}
			got := engine.copy()
			if test.noted == nil {
				test.noted = []string{"files of the host", "files of the host", "host", "host"}
				slices.Sort(got)
			}
			if !slices.Equal(got, test.noted) {
				t.Errorf("got %q, want %q", got, test.noted)
			}
		})
	}
}

func (c *commands) copy() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.noted)
}
