//go:build linux

package terminal

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"endstate/labs"
)

// piped is a labs.Process without a terminal: a command at work on this machine, as an
// engine runs one in a host.
type piped struct {
	command *exec.Cmd
	stdin   io.WriteCloser
	stdout  io.Reader
	stderr  bytes.Buffer
	waiting sync.Once
	waitErr error
	closing sync.Once
}

func (p *piped) Stdin() io.WriteCloser                  { return p.stdin }
func (p *piped) Stdout() io.Reader                      { return p.stdout }
func (p *piped) Stderr() string                         { return p.stderr.String() }
func (p *piped) Resize(context.Context, int, int) error { return errors.New("it has no terminal") }

func (p *piped) Wait(context.Context) (int, error) {
	p.waiting.Do(func() { p.waitErr = p.command.Wait() })
	if how := p.command.ProcessState.Sys().(syscall.WaitStatus); how.Signaled() {
		return 128 + int(how.Signal()), nil
	}
	return p.command.ProcessState.ExitCode(), nil
}

func (p *piped) Close() error {
	p.closing.Do(func() { _ = p.stdin.Close() })
	return nil
}

// inHost executes commands as an engine would, and keeps the last process.
type inHost struct {
	t    *testing.T
	last *piped
}

func (h *inHost) execute(_ context.Context, command labs.Command) (labs.Process, error) {
	if command.Terminal {
		h.t.Error("the engine is asked for a terminal")
	}
	p := &piped{command: exec.Command(command.Args[0], command.Args[1:]...)}
	p.command.Env = []string{"PATH=" + commands(h.t) + ":" + os.Getenv("PATH"), "TERM=dumb", "HOME=" + h.t.TempDir(), "PS1=$ "}
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

// seated is a shell in a host, and what it shows.
type seated struct {
	*inHost
	labs.Process
	t  *testing.T
	mu sync.Mutex
	// shown is what came to the screen; ended is closed when no more does.
	shown strings.Builder
	ended chan struct{}
}

func sitDown(t *testing.T, silence time.Duration, args ...string) *seated {
	t.Helper()
	s := &seated{inHost: &inHost{t: t}, t: t, ended: make(chan struct{})}
	var err error
	if s.Process, err = shell(t.Context(), s.execute, labs.Command{Args: args, Columns: 80, Rows: 24}, silence); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(s.ended)
		buffer := make([]byte, 4096)
		for {
			n, err := s.Stdout().Read(buffer)
			s.mu.Lock()
			s.shown.Write(buffer[:n])
			s.mu.Unlock()
			if err != nil {
				return
			}
		}
	}()
	return s
}

func (s *seated) screen() string { s.mu.Lock(); defer s.mu.Unlock(); return s.shown.String() }

func (s *seated) types(keys string) {
	s.t.Helper()
	if _, err := io.WriteString(s.Stdin(), keys); err != nil {
		s.t.Fatal(err)
	}
}

func (s *seated) sees(text string) {
	s.t.Helper()
	eventually(s.t, fmt.Sprintf("%q is not on the screen", text), func() bool { return strings.Contains(s.screen(), text) })
}

// ends waits for the shell's end and demands its exit status.
func (s *seated) ends(status int) {
	s.t.Helper()
	select {
	case <-s.ended:
	case <-time.After(patience):
		s.t.Fatal("the shell does not end")
	}
	if got, err := s.Wait(s.t.Context()); got != status || err != nil {
		s.t.Errorf("it ended with %d, %v, want %d", got, err, status)
	}
}

func eventually(t *testing.T, otherwise string, is func() bool) {
	t.Helper()
	for begun := time.Now(); !is(); time.Sleep(10 * time.Millisecond) {
		if time.Since(begun) > patience {
			t.Fatal(otherwise)
		}
	}
}

// alive reports whether a process runs that was given this argument.
func alive(mark string) bool {
	found, _ := exec.Command("pgrep", "--full", "--exact", "sleep "+mark).Output()
	return len(found) > 0
}

func TestShellHasATerminal(t *testing.T) {
	s := sitDown(t, silence, "bash", "--norc", "--noprofile")
	s.types("tty; stty size; echo $((6 * 7))\r")
	s.sees("/dev/pts/")
	s.sees("24 80")
	s.sees("42\r\n")
	if err := s.Resize(t.Context(), 57, 13); err != nil {
		t.Fatal(err)
	}
	s.types("stty size\r")
	s.sees("13 57")
	s.types("sleep 1000; echo not reached\r")
	s.sees("sleep 1000")
	time.Sleep(100 * time.Millisecond) // it is to be interrupted, not to be kept from beginning
	s.types("\x03echo $?\r")
	s.sees("130\r\n")
	s.types(strings.Repeat("x", 100_000) + "\x15") // more than a terminal takes at once
	s.types("head -c 3000000 /dev/zero | tr '\\0' y; exit 7\r")
	s.ends(7)
	if n := strings.Count(s.screen(), "y"); n < 3_000_000 {
		t.Errorf("%d of 3000000 bytes came to the screen", n)
	}
}

func TestShellThatIsKilled(t *testing.T) {
	s := sitDown(t, silence, "bash", "-c", "kill -9 $$")
	s.ends(killed)
	none := sitDown(t, silence, "/no/such/shell")
	none.ends(127)
	none.sees("start /no/such/shell: No such file")
}

// A shell ends when its client goes, however that goes, with all that is at work in it:
// also what does not heed that its terminal is gone. What was told to outlive its
// terminal does, as everywhere.
func TestShellEndsWithItsClient(t *testing.T) {
	for name, goes := range map[string]func(*seated){
		"let go":                  func(s *seated) { _ = s.Close() },
		"the client is killed":    func(s *seated) { _ = s.last.stdin.Close() },
		"the way to it is cut":    func(*seated) {}, // no frame comes for a while
		"the seat is told to end": func(s *seated) { _ = s.last.command.Process.Signal(syscall.SIGTERM) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			patience := silence
			if strings.Contains(name, "cut") {
				patience = 2 * time.Second
			}
			mark := fmt.Sprint(1000 + time.Now().UnixNano()%1_000_000_000)
			s := sitDown(t, patience, "bash", "--norc", "--noprofile")
			s.types(fmt.Sprintf("nohup sleep %[1]s.1 >/dev/null & sleep %[1]s.2 & (trap '' HUP; sleep %[1]s.3)\r", mark))
			eventually(t, "what is to be at work is not", func() bool { return alive(mark+".1") && alive(mark+".2") && alive(mark+".3") })
			goes(s)
			eventually(t, "a program stays in the lab: "+s.screen(), func() bool { return !alive(mark+".2") && !alive(mark+".3") })
			if !alive(mark + ".1") {
				t.Error("what was to outlive its terminal does not")
			}
			_ = exec.Command("pkill", "--full", "--exact", "sleep "+mark+".1").Run()
			<-s.ended
		})
	}
}

// A client that is there is never taken for one that is gone.
func TestShellOfAQuietClient(t *testing.T) {
	s := sitDown(t, 3*time.Second, "bash", "--norc", "--noprofile")
	s.sees("$ ")
	for range 10 {
		time.Sleep(500 * time.Millisecond)
		if err := s.Process.(*shellProcess).send(frameBeat, nil); err != nil {
			t.Fatal(err)
		}
	}
	s.types("exit 3\r")
	s.ends(3)
}

// A program that takes no keys, and a screen that takes no output, keep no shell alive.
func TestShellThatIsStuck(t *testing.T) {
	h := &inHost{t: t}
	p, err := shell(t.Context(), h.execute, labs.Command{Args: []string{"bash", "-c", "stty raw -echo; yes"}, Columns: 80, Rows: 24}, silence)
	if err != nil {
		t.Fatal(err)
	}
	for range 40 {
		if _, err := io.WriteString(p.Stdin(), strings.Repeat("x", 64<<10)); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.last.stdin.Close(); err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() { defer close(done); _, _ = h.last.Wait(t.Context()) }()
	select {
	case <-done:
	case <-time.After(patience):
		t.Fatal("the shell stays")
	}
}
