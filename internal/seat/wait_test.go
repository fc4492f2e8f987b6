//go:build linux

package seat

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/charmbracelet/x/vt"

	"endstate/labs"
)

// plain is a learner's shell without settings of its own.
var plain = []string{"bash", "--norc", "--noprofile"}

// sit opens a shell that waits for its owner.
func (h *fakeHost) sit(args ...string) *place {
	h.t.Helper()
	return sitDownAt(h.t, &fakeHost{t: h.t, home: h.home}, clientTimeout, time.Minute, args...)
}

func newHost(t *testing.T) *fakeHost { t.Helper(); return &fakeHost{t: t, home: t.TempDir()} }

// loses ends the connection of a client, as its death does.
func (s *place) loses() {
	s.t.Helper()
	if err := s.last.stdin.Close(); err != nil {
		s.t.Fatal(err)
	}
	select {
	case <-s.ended:
	case <-time.After(patience):
		s.t.Fatal("the terminal holds on to its client")
	}
}

// drawn returns what a terminal shows after a history was drawn on it, and the emulator.
func drawn(t *testing.T, h *History, columns, rows int) (string, *vt.Emulator) {
	t.Helper()
	if h == nil {
		t.Fatal("the shell has no history: it is a new one")
	}
	e := vt.NewEmulator(columns, rows)
	out, _ := h.Draw(columns, rows)
	if _, err := e.Write(out); err != nil {
		t.Fatal(err)
	}
	return e.String(), e
}

// A shell whose client is gone waits, goes on meanwhile, and is handed over with its screen, size
// and exit status. Once it has ended, there is a new one.
func TestShellWaitsForItsOwner(t *testing.T) {
	h := newHost(t)
	first := h.sit(plain...)
	first.types("echo bef''ore; sleep 1; echo meanw''hile\r")
	first.sees("before")
	first.loses()
	time.Sleep(1500 * time.Millisecond)
	again := h.sit("not this command")
	if again.ID != first.ID {
		t.Errorf("it is %q, not the shell %q that waited", again.ID, first.ID)
	}
	shown, _ := drawn(t, again.History, 80, 24)
	if !strings.Contains(shown, "before") || !strings.Contains(shown, "meanwhile") {
		t.Errorf("its screen is %q", shown)
	}
	if err := again.Resize(t.Context(), 57, 13); err != nil {
		t.Fatal(err)
	}
	again.types("stty size; exit 7\r")
	again.sees("13 57")
	again.ends(7)
	if third := h.sit(plain...); third.History != nil {
		t.Error("a shell that has ended is handed over")
	}
}

// A client that is there keeps its shell, and of several that come, one gets a shell that waits.
func TestShellHasOneClient(t *testing.T) {
	h := newHost(t)
	first := h.sit(plain...)
	first.types("echo fir''st\r")
	first.sees("first")
	if second := h.sit(plain...); second.History != nil || second.ID == first.ID {
		t.Fatal("a client that is there was robbed of its shell")
	}
	first.types("echo st''ill\r")
	first.sees("still")
	first.loses()
	var got atomic.Int32
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			if h.sit(plain...).History != nil {
				got.Add(1)
			}
		})
	}
	all.Wait()
	if n := got.Load(); n != 1 {
		t.Errorf("%d clients got the shell", n)
	}
}

// A shell can be lost again and again. The one that was left last comes first.
func TestShellsWait(t *testing.T) {
	h := newHost(t)
	one, other := h.sit(plain...), h.sit(plain...)
	one.loses()
	time.Sleep(50 * time.Millisecond) // the clock has ticks
	other.loses()
	for range 2 {
		again := h.sit(plain...)
		if again.ID != other.ID {
			t.Errorf("got %q, want %q, which was left last", again.ID, other.ID)
		}
		again.types("echo $((6 * 7))\r")
		again.sees("42")
		again.loses()
	}
	second, first := h.sit(plain...), h.sit(plain...)
	if second.ID != other.ID || first.ID != one.ID {
		t.Error("a shell is lost")
	}
}

// A silent client counts as gone; its connection ends, and it does not get its shell back by
// waking up.
func TestShellOfASilentClient(t *testing.T) {
	h := newHost(t)
	s := sitDownAt(t, &fakeHost{t: t, home: h.home}, 2*time.Second, time.Minute, plain...)
	select {
	case <-s.ended:
	case <-time.After(patience):
		t.Fatal("a silent client keeps its shell")
	}
	if h.sit(plain...).ID != s.ID {
		t.Error("its shell does not wait")
	}
}

// What closes a shell, or is sent to seat.pl, ends it: nothing waits.
func TestClosedShellDoesNotWait(t *testing.T) {
	for name, end := range map[string]func(*place){
		"closed":  func(s *place) { _ = s.Close() },
		"SIGTERM": func(s *place) { _ = s.last.command.Process.Signal(syscall.SIGTERM) },
	} {
		h := newHost(t)
		s := h.sit(plain...)
		end(s)
		<-s.ended
		if h.sit(plain...).History != nil {
			t.Errorf("%s, a shell waits", name)
		}
	}
}

// Nobody comes: the terminal hangs up, and no program is left.
func TestShellWaitsNoLongerThanItsTime(t *testing.T) {
	mark := fmt.Sprint(1000 + time.Now().UnixNano()%1_000_000_000)
	h := newHost(t)
	s := sitDownAt(t, &fakeHost{t: t, home: h.home}, clientTimeout, 3*time.Second, plain...)
	s.types("sleep " + mark + "\r")
	eventually(t, "it did not start", func() bool { return alive(mark) })
	s.loses()
	time.Sleep(time.Second)
	if !alive(mark) {
		t.Error("the shell did not wait")
	}
	eventually(t, "a program is left", func() bool { return !alive(mark) })
	if h.sit(plain...).History != nil {
		t.Error("a shell is handed over after its time")
	}
}

// A command that waits for an answer is told that the client is gone. What the client has
// displayed itself belongs to the screen.
func TestAnswersOfAShellThatWaits(t *testing.T) {
	h := newHost(t)
	shell, err := Open(t.Context(), h.execute, labs.Command{Args: plain, Columns: 80, Rows: 24})
	if err != nil {
		t.Fatal(err)
	}
	ctx, leave := context.WithCancelCause(t.Context())
	b := newBrowser(t)
	asked := make(chan bool, 1)
	end := b.attach(ctx, shell, func(ctx context.Context, request *Request, screen *Screen) (int, bool) {
		fmt.Fprintln(screen, "the answer to "+request.Args[0])
		if request.Args[0] == "check" {
			asked <- true
			<-ctx.Done()
		}
		return 0, true
	})
	b.sees("$ ")
	b.types("task; check; echo sta''tus $?\r")
	<-asked
	errLeft := errors.New("a signal came")
	leave(errLeft)
	if got := end(); !errors.Is(got.err, errLeft) || !shell.Waits() {
		t.Errorf("got %+v; it waits: %v", got, shell.Waits())
	}
	var again *place
	eventually(t, "no shell waits", func() bool { again = h.sit(plain...); return again.History != nil })
	again.types("\r")
	again.sees("$ ")
	shown, _ := drawn(t, again.History, 80, 24)
	for _, want := range []string{"the answer to task", "the answer to check"} {
		if !strings.Contains(shown, want) {
			t.Errorf("the screen lacks %q: %q", want, shown)
		}
	}
	if all := shown + again.screen(); !strings.Contains(all, "status 3") {
		t.Errorf("the command still waits: %q", all)
	}
}

// Attach draws a program on the whole screen, which is told to draw again, and leaves it when
// the program ends.
func TestAttachDrawsAShellThatWaited(t *testing.T) {
	h := newHost(t)
	program := `printf '\033[?1049h\033[?1h\033[2J\033[3;5H\033[1;31mfull\033[0m'; trap 'printf "\033[4;5Hre""drawn"' WINCH; until read -r -t 0.1; do :; done; printf '\033[?1l\033[?1049l'`
	first := h.sit("bash", "-c", "echo on the main screen; "+program)
	first.sees("full")
	first.loses()
	shell, err := Open(t.Context(), h.execute, labs.Command{Args: plain, Columns: 80, Rows: 24})
	if err != nil {
		t.Fatal(err)
	}
	b, w := newBrowser(t), &watcher{}
	end := b.attach(t.Context(), shell, never(t), w)
	before := b.sees("full")
	before += b.sees("redrawn")
	if !strings.Contains(before, "on the main screen") || !strings.Contains(before, "\x1b[?1049h") || !strings.Contains(before, "\x1b[?1h") {
		t.Errorf("it drew %q", before)
	}
	b.types("\r")
	b.sees("\x1b[?1049l")
	if got := end(); got.status != 0 || got.err != nil {
		t.Errorf("got %+v", got)
	}
	if recorded := w.output.String(); !strings.Contains(recorded, "full") {
		t.Errorf("the recording lacks the screen: %q", recorded)
	}
}

// However much a terminal has shown, its history is short, and keeps the modes.
func TestLongHistory(t *testing.T) {
	h := newHost(t)
	first := h.sit("bash", "-c", `printf '\033[?1049h\033[?2004h\033='; for i in $(seq 12); do head -c 100000 /dev/zero | tr '\0' y; done; printf '\033[2J\033[Hend'; read -r`)
	first.sees("end")
	first.loses()
	again := h.sit(plain...)
	if again.History == nil || len(again.History.output) > 600_000 {
		t.Fatalf("%+v", again.History)
	}
	out, alternate := again.History.Draw(80, 24)
	if !alternate || !strings.Contains(string(out), "\x1b[?2004h") || !strings.Contains(string(out), "\x1b=") {
		t.Errorf("on the alternate screen: %v; the end of what is drawn is %q", alternate, out[max(0, len(out)-200):])
	}
	shown, _ := drawn(t, again.History, 80, 24)
	if !strings.HasPrefix(shown, "end") {
		t.Errorf("it shows %q", shown)
	}
	again.types("\r")
	again.ends(0)
}
