//go:build unix

package terminal

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
)

// bash is a shell as a learner has it.
func bash(t *testing.T) *local { t.Helper(); return start(t, "bash", "--norc", "--noprofile") }

func TestShellEnds(t *testing.T) {
	for name, test := range map[string]struct {
		keys   string
		status int
	}{
		"by exit":   {"exit 7\r", 7},
		"by Ctrl-D": {"\x04", 0},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSeat(t)
			end := s.attach(t.Context(), bash(t), never(t))
			s.sees("$ ")
			s.types("echo $((6 * 7))\r")
			s.sees("42\r\n$ ")
			s.types(test.keys)
			if got := end(); got.status != test.status || got.err != nil {
				t.Errorf("got %+v", got)
			}
		})
	}
}

// Ctrl-C is for the program in the lab, not for the client.
func TestCtrlC(t *testing.T) {
	s := newSeat(t)
	end := s.attach(t.Context(), bash(t), never(t))
	s.sees("$ ")
	s.types("bash -c 'echo begun; exec sleep 1000'; echo not reached\r")
	s.sees("\nbegun\r\n")
	s.types("\x03")
	s.sees("$ ")
	s.types("exit\r")
	if got := end(); got.status != 130 || got.err != nil {
		t.Errorf("got %+v", got)
	}
}

func TestResize(t *testing.T) {
	s, p := newSeat(t), bash(t)
	end := s.attach(t.Context(), p, never(t))
	s.sees("$ ")
	if err := pty.Setsize(s.terminal.Out, &pty.Winsize{Cols: 57, Rows: 13}); err != nil {
		t.Fatal(err)
	}
	// A terminal tells its own session only, to which this process does not belong.
	if err := syscall.Kill(os.Getpid(), syscall.SIGWINCH); err != nil {
		t.Fatal(err)
	}
	if size := <-p.sizes; size != [2]int{57, 13} {
		t.Errorf("resized to %v", size)
	}
	s.types("exit\r")
	end()
}

// The lab was removed: its shell is killed, or the engine knows nothing of it.
func TestLost(t *testing.T) {
	for name, waitErr := range map[string]error{"killed": nil, "removed": errors.New("no such container")} {
		t.Run(name, func(t *testing.T) {
			s, p := newSeat(t), bash(t)
			p.waitErr = waitErr
			end := s.attach(t.Context(), p, never(t))
			s.sees("$ ")
			s.types("printf '\\e[?10'; sleep 0.1; printf '49h'; kill -9 $$\r")
			s.sees("\x1b[?1049l" + popTitle + "\r\n")
			if got := end(); !errors.Is(got.err, ErrLost) || !errors.Is(got.err, waitErr) && waitErr != nil {
				t.Errorf("got %+v", got)
			}
		})
	}
}

// The client is told to end, by a signal: also while keys wait that nobody takes,
// and while a request is answered.
func TestContextEnds(t *testing.T) {
	errStop := errors.New("told to end")
	for name, prepare := range map[string]func(s *seat, asked chan string){
		"at the prompt": func(*seat, chan string) {},
		"with keys that nobody takes": func(s *seat, _ chan string) {
			s.types("stty raw -echo; echo deaf; sleep 1000\r")
			s.sees("\ndeaf")
			go func() { _, _ = s.keyboard.WriteString(strings.Repeat("x", 50_000)) }()
		},
		"while it answers": func(s *seat, asked chan string) {
			s.types("check\r")
			<-asked
		},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, stop := context.WithCancelCause(t.Context())
			s, asked := newSeat(t), make(chan string)
			end := s.attach(ctx, bash(t), func(ctx context.Context, verb string, screen *Screen) bool {
				asked <- verb
				return screen.Interruptible(ctx, func(ctx context.Context) error { <-ctx.Done(); return context.Cause(ctx) }) == nil
			})
			s.sees("$ ")
			prepare(s, asked)
			stop(errStop)
			if got := end(); !errors.Is(got.err, errStop) {
				t.Errorf("got %+v", got)
			}
		})
	}
}

// Whoever closes the terminal's window is not waited for.
func TestTerminalGone(t *testing.T) {
	s, p := newSeat(t), bash(t)
	ended := make(chan error, 1)
	go func() { _, err := Attach(t.Context(), s.terminal, p, never(t)); ended <- err }()
	s.sees("$ ")
	s.keyboard.Close()
	select {
	case err := <-ended:
		if err == nil || !p.closed() {
			t.Errorf("got %v, and the process was let go: %v", err, p.closed())
		}
	case <-time.After(patience):
		t.Fatal("still attached")
	}
}

func TestAnswer(t *testing.T) {
	s := newSeat(t)
	end := s.attach(t.Context(), bash(t), func(ctx context.Context, verb string, screen *Screen) bool {
		fmt.Fprintf(screen, "answering %s:\n", verb)
		sure, err := screen.Confirm(ctx, "Sure?")
		fmt.Fprintf(screen, "got %v, %v\n", sure, err)
		return true
	})
	s.sees("$ ")
	for _, verb := range []string{"task", "check", "hint", "reset"} {
		s.types(verb + "\r")
		before := s.sees("answering " + verb + ":\r\n")
		// What comes after the line is for the shell.
		s.types("yen\x7fs\recho for the shell of " + verb + "\r")
		before += s.sees("Sure? [y/N] yen\b \bs\r\ngot true, <nil>\r\n")
		before += s.sees("\nfor the shell of " + verb + "\r\n$ ")
		if strings.Contains(before, "1701") || strings.Contains(before, "\x06") {
			t.Errorf("the screen shows what is between command and client: %q", before)
		}
	}
	s.types("exit\r")
	if got := end(); got.status != 0 || got.err != nil {
		t.Errorf("got %+v", got)
	}
}

// Keys that are pressed before the client has understood are not taken for its answer.
func TestTypedAhead(t *testing.T) {
	s, p := newSeat(t), bash(t)
	p.output = &early{local: p}
	end := s.attach(t.Context(), p, func(_ context.Context, verb string, screen *Screen) bool {
		fmt.Fprintf(screen, "answering %s\n", verb)
		return true
	})
	s.sees("$ ")
	s.types("check; echo status $?\r")
	s.sees("answering check\r\n")
	s.sees("status 0\r\n")
	s.types("exit\r")
	end()
}

// early has keys pressed after a request was written and before the client reads it.
type early struct{ *local }

func (e *early) Read(b []byte) (int, error) {
	n, err := endless{e.master}.Read(b)
	if strings.Contains(string(b[:n]), requestStart) {
		_, _ = e.master.WriteString("ab")
	}
	return n, err
}

// Nobody answers: the command says so, and the shell is as before.
func TestNoClient(t *testing.T) {
	p := start(t, "bash", "-c", "check; echo status $?; stty -a")
	var out strings.Builder
	buffer := make([]byte, 4096)
	for n, err := p.output.Read(buffer); err == nil; n, err = p.output.Read(buffer) {
		out.Write(buffer[:n])
	}
	for _, want := range []string{"No endstate client is attached to this terminal. Outside the lab: endstate check", "status 1", " icanon", " echo"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in %q", want, out.String())
		}
	}
}

// An answer that takes the shell away ends the attachment, and with reset a new one begins.
func TestReplaced(t *testing.T) {
	s := newSeat(t)
	end := s.attach(t.Context(), bash(t), func(context.Context, string, *Screen) bool { return false })
	s.sees("$ ")
	s.types("reset\r")
	if got := end(); !Replaced(got.err) {
		t.Errorf("got %+v", got)
	}
}

// interruptible answers until Ctrl-C is pressed, and counts.
func interruptible(asked *atomic.Int64) Answer {
	return func(ctx context.Context, verb string, screen *Screen) bool {
		n := asked.Add(1)
		fmt.Fprintf(screen, "answer %d to %s\n", n, verb)
		err := screen.Interruptible(ctx, func(ctx context.Context) error { <-ctx.Done(); return context.Cause(ctx) })
		fmt.Fprintf(screen, "ended: %v\n", err)
		return true
	}
}

// Ctrl-C ends a check, and with it the loop that it is in.
func TestInterrupted(t *testing.T) {
	var asked atomic.Int64
	s := newSeat(t)
	end := s.attach(t.Context(), bash(t), interruptible(&asked))
	s.sees("$ ")
	s.types("while :; do check; done\r")
	s.sees("answer 1 to check\r\n")
	s.types("\x03")
	s.sees("ended: interrupted\r\n")
	s.sees("$ ")
	s.types("echo $?; stty -a | grep -o ' icanon'\r")
	s.sees("\n130\r\n icanon\r\n$ ")
	s.types("exit\r")
	end()
	if n := asked.Load(); n != 1 {
		t.Errorf("the loop went on: asked %d times", n)
	}
}

// A program that writes requests without end has as many answered as it waits for,
// and Ctrl-C ends it. Nothing of it comes to the screen.
func TestFlood(t *testing.T) {
	var asked atomic.Int64
	s := newSeat(t)
	end := s.attach(t.Context(), bash(t), interruptible(&asked))
	s.sees("$ ")
	s.types("yes $'\\e]1701;endstate;check\\a'\r")
	s.sees("answer 1 to check\r\n")
	s.types("\x03")
	s.sees("ended: interrupted\r\n")
	before := s.sees("$ ")
	s.types("exit\r")
	end()
	if n := asked.Load(); n != 1 {
		t.Errorf("asked %d times", n)
	}
	// One that Ctrl-C cut in two is none.
	if requests.MatchString(before) {
		t.Errorf("a request came to the screen: %q", before)
	}
}

// Binary output does no harm, and asks nothing.
func TestBinary(t *testing.T) {
	s := newSeat(t)
	end := s.attach(t.Context(), bash(t), never(t))
	s.sees("$ ")
	s.types("head -c 2000000 /dev/urandom; printf '\\e\\\\%s\\n' here we are\r")
	s.sees("\x1b\\here\r\n")
	s.types("exit\r")
	if got := end(); got.status != 0 || got.err != nil {
		t.Errorf("got %+v", got)
	}
}

// The terminal is as it was after an ordinary exit, whatever the program left.
func TestTerminalIsAsItWas(t *testing.T) {
	for _, test := range leftBehind {
		t.Run(test.name, func(t *testing.T) {
			s := newSeat(t)
			end := s.attach(t.Context(), start(t, "bash", "-c", `printf %s "$0"; printf END`, test.left), never(t))
			if got := end(); got.err != nil {
				t.Fatal(got.err)
			}
			want := pushTitle + test.left + "END" + test.undone + popTitle
			if shown := s.sees("END" + test.undone + popTitle); shown != want {
				t.Errorf("got %q, want %q", shown, want)
			}
		})
	}
}
