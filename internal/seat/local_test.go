//go:build linux

package seat

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"testing"

	"endstate/internal/workspace"
	"endstate/labs"
)

// piped is a labs.Process without a terminal: a local command, run as an engine runs one in
// a host.
type piped struct {
	command *exec.Cmd
	stdin   io.WriteCloser
	stdout  io.Reader
	stderr  bytes.Buffer
	waiting sync.Once
	waitErr error
	lost    error // what Wait returns, if not nil
	closing sync.Once
}

func (p *piped) Stdin() io.WriteCloser                  { return p.stdin }
func (p *piped) Stdout() io.Reader                      { return p.stdout }
func (p *piped) Stderr() string                         { return p.stderr.String() }
func (p *piped) Resize(context.Context, int, int) error { return errors.New("it has no terminal") }

func (p *piped) Wait(context.Context) (int, error) {
	p.waiting.Do(func() { p.waitErr = p.command.Wait() })
	if p.lost != nil {
		return 0, p.lost
	}
	if how := p.command.ProcessState.Sys().(syscall.WaitStatus); how.Signaled() {
		return 128 + int(how.Signal()), nil
	}
	return p.command.ProcessState.ExitCode(), nil
}

func (p *piped) Kill(context.Context) error { return p.command.Process.Kill() }

func (p *piped) Close() error {
	p.closing.Do(func() { _ = p.stdin.Close() })
	return nil
}

// fakeHost executes commands as an engine does, and keeps the last process.
type fakeHost struct {
	t    *testing.T
	home string // of its user; empty until first needed
	last *piped
}

func (h *fakeHost) execute(_ context.Context, command labs.Command) (labs.Process, error) {
	if command.Terminal {
		h.t.Error("the engine was asked for a terminal")
	}
	p := &piped{command: exec.Command(command.Args[0], command.Args[1:]...)}
	if h.home == "" {
		h.home = h.t.TempDir()
	}
	p.command.Dir = h.home
	p.command.Env = []string{"PATH=" + commands(h.t) + ":" + os.Getenv("PATH"), "TERM=dumb", "HOME=" + p.command.Dir, "PS1=$ "}
	p.command.Stderr = &p.stderr
	var err error
	if p.stdin, err = p.command.StdinPipe(); err != nil {
		return nil, err
	}
	if p.stdout, err = p.command.StdoutPipe(); err != nil {
		return nil, err
	}
	h.last = p
	h.t.Cleanup(func() { _ = p.Close(); _ = p.command.Process.Kill(); _, _ = p.Wait(context.Background()) })
	return p, p.command.Start()
}

// start opens a shell that runs a command, with the in-lab commands in its PATH.
func start(t *testing.T, args ...string) *Shell {
	t.Helper()
	s, err := Open(t.Context(), (&fakeHost{t: t}).execute, labs.Command{Args: args, Columns: 80, Rows: 24})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// bash starts a learner's shell.
func bash(t *testing.T) *Shell { t.Helper(); return start(t, "bash", "--norc", "--noprofile") }

// commands returns a folder with the in-lab commands.
func commands(t *testing.T) string {
	t.Helper()
	script, err := fs.ReadFile(workspace.Image().Builds[0].Files, "ask")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(dir+"/task", script, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"check", "exam", "extend", "help", "hint", "reset", "save", "saved"} {
		if err := os.Symlink("task", dir+"/"+name); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// never fails the test if anything is requested.
func never(t *testing.T) Answer {
	return func(_ context.Context, request *Request, _ *Screen) (int, bool) {
		t.Errorf("%q was requested", request.Args)
		return 0, true
	}
}
