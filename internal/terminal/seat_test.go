//go:build unix

package terminal

import (
	"bytes"
	"context"
	"io"
	"os"
	"os/exec"
	"reflect"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"golang.org/x/term"
)

// patience is how long anything may take before a test says that it hangs.
const patience = 20 * time.Second

// seat is a learner's place: a terminal, the keys of which the test presses.
type seat struct {
	t        *testing.T
	keyboard *os.File // and what the screen gets
	terminal Terminal
	before   *term.State

	mu     sync.Mutex
	screen bytes.Buffer
	change chan struct{} // closed when the screen changes
}

func newSeat(t *testing.T) *seat {
	t.Helper()
	keyboard, tty, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { keyboard.Close(); tty.Close() })
	closable(t, keyboard)
	s := &seat{t: t, keyboard: keyboard, terminal: Terminal{In: tty, Out: tty}, change: make(chan struct{})}
	s.before = s.state()
	go s.watch()
	return s
}

func (s *seat) watch() {
	buffer := make([]byte, 4096)
	for {
		n, err := s.keyboard.Read(buffer)
		s.mu.Lock()
		s.screen.Write(buffer[:n])
		close(s.change)
		s.change = make(chan struct{})
		s.mu.Unlock()
		if err != nil {
			return
		}
	}
}

func (s *seat) state() *term.State {
	state, err := term.GetState(int(s.terminal.In.Fd()))
	if err != nil {
		s.t.Fatal(err)
	}
	return state
}

// types presses keys.
func (s *seat) types(keys string) {
	s.t.Helper()
	if _, err := s.keyboard.WriteString(keys); err != nil {
		s.t.Fatal(err)
	}
}

// sees waits until a text is on the screen, after what was seen before, and returns
// all up to its end.
func (s *seat) sees(text string) string {
	s.t.Helper()
	late := time.After(patience)
	for {
		s.mu.Lock()
		all, change := s.screen.String(), s.change
		if before, _, found := strings.Cut(all, text); found {
			s.screen.Next(len(before) + len(text))
			s.mu.Unlock()
			return before + text
		}
		s.mu.Unlock()
		select {
		case <-change:
		case <-late:
			s.t.Fatalf("%q never came to the screen: %q", text, all)
		}
	}
}

// attached is what came of attaching.
type attached struct {
	status int
	err    error
}

// attach attaches the terminal and returns what waits for the end of that.
func (s *seat) attach(ctx context.Context, p *local, answer Answer) (end func() attached) {
	s.t.Helper()
	ended := make(chan attached, 1)
	go func() {
		status, err := Attach(ctx, s.terminal, p, answer)
		ended <- attached{status, err}
	}()
	return func() attached {
		s.t.Helper()
		select {
		case end := <-ended:
			if now := s.state(); !reflect.DeepEqual(now, s.before) {
				s.t.Errorf("the terminal was left as %+v, it was %+v", now, s.before)
			}
			if !p.closed() {
				s.t.Error("the process was not let go")
			}
			return end
		case <-time.After(patience):
			s.t.Fatal("the terminal stays attached")
			return attached{}
		}
	}
}

// local is a labs.Process: a command at work on this machine, at a terminal of its own.
type local struct {
	command *exec.Cmd
	master  *os.File
	output  io.Reader
	status  int
	waitErr error
	ended   chan struct{}
	sizes   chan [2]int
	gone    chan struct{}
	closing sync.Once
}

// start starts a command with the lab's own commands in its PATH.
func start(t *testing.T, args ...string) *local {
	t.Helper()
	p := &local{command: exec.Command(args[0], args[1:]...), ended: make(chan struct{}), sizes: make(chan [2]int, 8), gone: make(chan struct{})}
	p.command.Env = []string{"PATH=" + commands(t) + ":" + os.Getenv("PATH"), "TERM=dumb", "HOME=" + t.TempDir(), "PS1=$ "}
	master, err := pty.Start(p.command)
	if err != nil {
		t.Fatal(err)
	}
	closable(t, master)
	p.master, p.output = master, endless{master}
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

// closable lets Close end reads and writes that wait.
func closable(t *testing.T, master *os.File) {
	t.Helper()
	if err := syscall.SetNonblock(int(master.Fd()), true); err != nil {
		t.Fatal(err)
	}
}

// commands returns a folder with the lab's commands.
func commands(t *testing.T) string {
	t.Helper()
	script, err := image.ReadFile("image/ask")
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

// endless reads a terminal's master, which ends with an error in place of io.EOF.
type endless struct{ r io.Reader }

func (e endless) Read(b []byte) (int, error) {
	n, err := e.r.Read(b)
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

func (p *local) Close() error {
	p.closing.Do(func() { close(p.gone); p.master.Close() })
	return nil
}

func (p *local) closed() bool {
	select {
	case <-p.gone:
		return true
	default:
		return false
	}
}

// never is for processes that are to ask nothing.
func never(t *testing.T) Answer {
	return func(_ context.Context, verb string, _ *Screen) bool {
		t.Errorf("asked for %q", verb)
		return true
	}
}
