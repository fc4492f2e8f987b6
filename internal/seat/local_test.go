//go:build unix

package seat

import (
	"context"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"testing"

	"github.com/creack/pty"

	"endstate/internal/workspace"
)

// local is a labs.Process: a command on this machine, at a terminal of its own.
type local struct {
	command *exec.Cmd
	master  *os.File
	output  io.Reader
	status  int
	waitErr error
	ended   chan struct{}
	sizes   chan [2]int
	closed  chan struct{}
	closing sync.Once
}

// start starts a command with the in-lab commands in its PATH.
func start(t *testing.T, args ...string) *local {
	t.Helper()
	p := &local{command: exec.Command(args[0], args[1:]...), ended: make(chan struct{}), sizes: make(chan [2]int, 8), closed: make(chan struct{})}
	p.command.Env = []string{"PATH=" + commands(t) + ":" + os.Getenv("PATH"), "TERM=dumb", "HOME=" + t.TempDir(), "PS1=$ "}
	master, err := pty.Start(p.command)
	if err != nil {
		t.Fatal(err)
	}
	closable(t, master)
	p.master, p.output = master, ptmx{master}
	go func() {
		defer close(p.ended)
		_ = p.command.Wait()
		p.status = p.command.ProcessState.ExitCode()
		if how := p.command.ProcessState.Sys().(syscall.WaitStatus); how.Signaled() {
			p.status = 128 + int(how.Signal())
		}
	}()
	t.Cleanup(func() { _ = p.command.Process.Kill(); <-p.ended; master.Close() })
	return p
}

// closable makes Close end reads and writes that wait.
func closable(t *testing.T, master *os.File) {
	t.Helper()
	if err := syscall.SetNonblock(int(master.Fd()), true); err != nil {
		t.Fatal(err)
	}
}

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
	for _, verb := range []string{"check", "hint", "reset"} {
		if err := os.Symlink("task", dir+"/"+verb); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// ptmx reads a terminal's master, which ends with an error instead of io.EOF.
type ptmx struct{ r io.Reader }

func (m ptmx) Read(b []byte) (int, error) {
	n, err := m.r.Read(b)
	if err != nil {
		err = io.EOF
	}
	return n, err
}

type input struct{ *local }

func (i input) Write(b []byte) (int, error) { return i.master.Write(b) }
func (i input) Close() error                { return nil }

func (p *local) Stdin() io.WriteCloser { return input{p} }
func (p *local) Stdout() io.Reader     { return p.output }
func (p *local) Stderr() string        { return "" }

func (p *local) Resize(_ context.Context, columns, rows int) error {
	p.sizes <- [2]int{columns, rows}
	return nil
}

func (p *local) Wait(ctx context.Context) (int, error) {
	if p.waitErr != nil {
		return 0, p.waitErr
	}
	select {
	case <-p.ended:
		return p.status, nil
	case <-ctx.Done():
		return 0, context.Cause(ctx)
	}
}

func (p *local) Kill(context.Context) error { return p.Close() }

func (p *local) Close() error {
	p.closing.Do(func() { close(p.closed); p.master.Close() })
	return nil
}

func (p *local) isClosed() bool {
	select {
	case <-p.closed:
		return true
	default:
		return false
	}
}

// never fails the test if anything is requested.
func never(t *testing.T) Answer {
	return func(_ context.Context, verb string, _ *Screen) bool {
		t.Errorf("%q was requested", verb)
		return true
	}
}
