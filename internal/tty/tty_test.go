//go:build unix

package tty

import (
	"context"
	"io"
	"os"
	"reflect"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"golang.org/x/term"

	"endstate/internal/seat"
)

var _ seat.Client = (*Raw)(nil)

// patience is how long a test waits before it fails.
const patience = 20 * time.Second

// open returns a terminal, and the file at which a test presses its keys and reads its
// screen.
func open(t *testing.T) (terminal Terminal, keyboard *os.File) {
	t.Helper()
	keyboard, file, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { keyboard.Close(); file.Close() })
	terminal, ok := Open(file, file)
	if !ok {
		t.Fatal("a terminal is not recognised")
	}
	return terminal, keyboard
}

func makeRaw(t *testing.T, terminal Terminal) *Raw {
	t.Helper()
	raw, err := terminal.MakeRaw()
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// receive returns the next value of a channel, and whether it is not closed.
func receive[T any](t *testing.T, from <-chan T) (T, bool) {
	t.Helper()
	select {
	case value, ok := <-from:
		return value, ok
	case <-time.After(patience):
		t.Fatal("nothing is received")
		panic("unreachable")
	}
}

func press(t *testing.T, keyboard *os.File, keys string) {
	t.Helper()
	if _, err := keyboard.WriteString(keys); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, from io.Reader, want string) {
	t.Helper()
	got := make([]byte, len(want))
	if _, err := io.ReadFull(from, got); err != nil || string(got) != want {
		t.Fatalf("read %q, %v, want %q", got, err, want)
	}
}

func TestOpen(t *testing.T) {
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	defer writer.Close()
	terminal, _ := open(t)
	for name, ok := range map[string]bool{
		"pipes":            isTerminal(reader, writer),
		"a buffer":         isTerminal(terminal.in, io.Discard),
		"a piped output":   isTerminal(terminal.in, writer),
		"a piped input":    isTerminal(reader, terminal.out),
		"an absent reader": isTerminal(nil, terminal.out),
	} {
		if ok {
			t.Errorf("%s counts as a terminal", name)
		}
	}
}

func isTerminal(in io.Reader, out io.Writer) bool { _, ok := Open(in, out); return ok }

// Keys come as they are, without echo, and the screen gets bytes as they are. Afterwards
// the terminal is as it was, and reads lines again.
func TestRaw(t *testing.T) {
	terminal, keyboard := open(t)
	before, err := term.GetState(int(terminal.in.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	raw := makeRaw(t, terminal)
	press(t, keyboard, "a\x03\r")
	for got := ""; got != "a\x03\r"; {
		keys, ok := receive(t, raw.Keys())
		if got += string(keys); !ok || len(got) > 3 {
			t.Fatalf("got the keys %q", got)
		}
	}
	if _, err := raw.Write([]byte("1\n2")); err != nil {
		t.Fatal(err)
	}
	read(t, keyboard, "1\n2")
	if err := raw.Restore(); err != nil {
		t.Error(err)
	}
	after, err := term.GetState(int(terminal.in.Fd()))
	if err != nil || !reflect.DeepEqual(before, after) {
		t.Errorf("the terminal is left as %+v, %v; it was %+v", after, err, before)
	}
	press(t, keyboard, "line\r")
	read(t, terminal.in, "line\n")
}

func TestResizes(t *testing.T) {
	terminal, keyboard := open(t)
	if columns, rows := terminal.Size(); columns != 80 || rows != 24 {
		t.Errorf("a terminal of unknown size has %d columns and %d rows", columns, rows)
	}
	raw := makeRaw(t, terminal)
	defer raw.Restore()
	if err := pty.Setsize(keyboard, &pty.Winsize{Cols: 57, Rows: 13}); err != nil {
		t.Fatal(err)
	}
	// The kernel signals only the terminal's own session, which is not this process's.
	if err := syscall.Kill(os.Getpid(), syscall.SIGWINCH); err != nil {
		t.Fatal(err)
	}
	receive(t, raw.Resizes())
	if columns, rows := raw.Size(); columns != 57 || rows != 13 {
		t.Errorf("the terminal has %d columns and %d rows", columns, rows)
	}
}

// When the terminal's window is closed, there are no more keys.
func TestWindowClosed(t *testing.T) {
	terminal, keyboard := open(t)
	raw := makeRaw(t, terminal)
	defer raw.Restore()
	keyboard.Close()
	if keys, ok := receive(t, raw.Keys()); ok {
		t.Errorf("got the keys %q", keys)
	}
}

// A seat leaves a terminal as it was, with unread keys for the next reader.
func TestSeatAtTerminal(t *testing.T) {
	terminal, keyboard := open(t)
	for range 2 {
		raw := makeRaw(t, terminal)
		press(t, keyboard, "q")
		err := seat.Show(t.Context(), raw, func(_ context.Context, screen io.Writer, keys <-chan byte) error {
			_, err := screen.Write(append([]byte("\x1b[?25l"), <-keys))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		read(t, keyboard, "\x1b[22;0t\x1b[?25lq\x1b[?25h\x1b[23;0t\r\n")
		if err := raw.Restore(); err != nil {
			t.Error(err)
		}
	}
	press(t, keyboard, "line\r")
	read(t, terminal.in, "line\n")
}
