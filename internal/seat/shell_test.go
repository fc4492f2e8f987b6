//go:build linux

package seat

import (
	"fmt"
	"io"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"endstate/labs"
)

// place is a shell in a host, with its screen.
type place struct {
	*fakeHost
	*Shell
	t      *testing.T
	mu     sync.Mutex
	output strings.Builder
	ended  chan struct{} // closed at the end of the output
}

// sitDown opens a shell that waits for nobody.
func sitDown(t *testing.T, timeout time.Duration, args ...string) *place {
	t.Helper()
	return sitDownAt(t, &fakeHost{t: t}, timeout, 0, args...)
}

func sitDownAt(t *testing.T, host *fakeHost, timeout, wait time.Duration, args ...string) *place {
	t.Helper()
	s := &place{fakeHost: host, t: t, ended: make(chan struct{})}
	var err error
	if s.Shell, err = open(t.Context(), s.execute, labs.Command{Args: args, Columns: 80, Rows: 24}, timeout, wait); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(s.ended)
		for {
			kind, data, err := s.next()
			if err != nil {
				return
			}
			if kind != frameOutput {
				t.Errorf("got a frame %c: %q", kind, data)
			}
			s.mu.Lock()
			s.output.Write(data)
			s.mu.Unlock()
		}
	}()
	return s
}

func (s *place) screen() string { s.mu.Lock(); defer s.mu.Unlock(); return s.output.String() }

func (s *place) types(keys string) {
	s.t.Helper()
	if _, err := io.WriteString(s.Stdin(), keys); err != nil {
		s.t.Fatal(err)
	}
}

func (s *place) sees(text string) {
	s.t.Helper()
	eventually(s.t, fmt.Sprintf("%q is not on the screen", text), func() bool { return strings.Contains(s.screen(), text) })
}

// ends waits for the shell to end and checks its exit status.
func (s *place) ends(status int) {
	s.t.Helper()
	select {
	case <-s.ended:
	case <-time.After(patience):
		s.t.Fatal("the shell still runs")
	}
	if got, err := s.Wait(s.t.Context()); got != status || err != nil {
		s.t.Errorf("the shell ended with %d, %v, want %d", got, err, status)
	}
}

func eventually(t *testing.T, failure string, condition func() bool) {
	t.Helper()
	for begun := time.Now(); !condition(); time.Sleep(10 * time.Millisecond) {
		if time.Since(begun) > patience {
			t.Fatal(failure)
		}
	}
}

// alive reports whether sleep runs with this argument.
func alive(mark string) bool {
	found, _ := exec.Command("pgrep", "--full", "--exact", "sleep "+mark).Output()
	return len(found) > 0
}

func TestShellHasATerminal(t *testing.T) {
	s := sitDown(t, clientTimeout, "bash", "--norc", "--noprofile")
	s.types("tty; stty size; echo $((6 * 7))\r")
	s.sees("/dev/pts/")
	s.sees("24 80")
	s.sees("42\r\n")
	if err := s.Resize(t.Context(), 57, 13); err != nil {
		t.Fatal(err)
	}
	s.types("stty size\r")
	s.sees("13 57")
	s.types("sh -c 'echo runs; sleep 1000'; echo not reached\r")
	s.sees("\nruns") // the shell loses an interrupt that arrives while it is starting a program
	s.types("\x03echo $?\r")
	s.sees("130\r\n")
	s.types(strings.Repeat("x", 100_000) + "\x15") // more than a terminal takes at once
	s.types("head -c 3000000 /dev/zero | tr '\\0' y; exit 7\r")
	s.ends(7)
	if n := strings.Count(s.screen(), "y"); n < 3_000_000 {
		t.Errorf("the screen got %d of 3000000 bytes", n)
	}
}

func TestShellKilled(t *testing.T) {
	s := sitDown(t, clientTimeout, "bash", "-c", "kill -9 $$")
	s.ends(labs.ExitKilled)
	none := sitDown(t, clientTimeout, "/no/such/shell")
	none.ends(127)
	none.sees("start /no/such/shell: No such file")
}

// A shell ends with its client, and so do all its programs, even those that ignore the
// hangup. Programs started with nohup live on, as usual.
func TestShellEndsWithItsClient(t *testing.T) {
	for name, goes := range map[string]func(*place){
		"closed":                func(s *place) { _ = s.Close() },
		"the client is killed":  func(s *place) { _ = s.last.stdin.Close() },
		"the connection is cut": func(*place) {}, // no more frames arrive
		"seat.pl gets SIGTERM":  func(s *place) { _ = s.last.command.Process.Signal(syscall.SIGTERM) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			timeout := clientTimeout
			if strings.Contains(name, "cut") {
				timeout = 2 * time.Second
			}
			mark := fmt.Sprint(1000 + time.Now().UnixNano()%1_000_000_000)
			s := sitDown(t, timeout, "bash", "--norc", "--noprofile")
			s.types(fmt.Sprintf("nohup sleep %[1]s.1 >/dev/null & sleep %[1]s.2 & (trap '' HUP; sleep %[1]s.3)\r", mark))
			eventually(t, "the programs did not start", func() bool { return alive(mark+".1") && alive(mark+".2") && alive(mark+".3") })
			goes(s)
			eventually(t, "a program is left in the lab: "+s.screen(), func() bool { return !alive(mark+".2") && !alive(mark+".3") })
			if !alive(mark + ".1") {
				t.Error("nohup did not keep its program alive")
			}
			_ = exec.Command("pkill", "--full", "--exact", "sleep "+mark+".1").Run()
			<-s.ended
		})
	}
}

// Heartbeats keep a shell alive when no keys are pressed.
func TestShellOfAQuietClient(t *testing.T) {
	s := sitDown(t, 3*time.Second, "bash", "--norc", "--noprofile")
	s.sees("$ ")
	for range 10 {
		time.Sleep(500 * time.Millisecond)
		if err := s.send(frameBeat, nil); err != nil {
			t.Fatal(err)
		}
	}
	s.types("exit 3\r")
	s.ends(3)
}

// A shell ends with its client even if its program reads no keys and nobody reads its
// output.
func TestShellStuck(t *testing.T) {
	h := &fakeHost{t: t}
	p, err := open(t.Context(), h.execute, labs.Command{Args: []string{"bash", "-c", "stty raw -echo; yes"}, Columns: 80, Rows: 24}, clientTimeout, 0)
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
		t.Fatal("the shell still runs")
	}
}
