//go:build unix

package tty

import (
	"io"
	"os"
	"os/signal"
	"reflect"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"golang.org/x/term"
)

// Keys that are typed while a terminal is muted are not echoed, but whoever reads next gets them.
func TestMute(t *testing.T) {
	terminal, keyboard := open(t)
	before, err := term.GetState(int(terminal.in.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	unmute := terminal.Mute()
	if _, err := keyboard.WriteString("typed ahead\n"); err != nil {
		t.Fatal(err)
	}
	line := make([]byte, 100)
	n, err := terminal.in.Read(line)
	if err != nil || string(line[:n]) != "typed ahead\n" {
		t.Errorf("%q, %v", line[:n], err)
	}
	unmute()
	unmute()
	if after, err := term.GetState(int(terminal.in.Fd())); err != nil || !reflect.DeepEqual(after, before) {
		t.Errorf("the terminal was %+v and is %+v, %v", before, after, err)
	}
	if _, err := io.WriteString(terminal, "shown"); err != nil {
		t.Fatal(err)
	}
	if n, err := keyboard.Read(line); err != nil || string(line[:n]) != "shown" {
		t.Errorf("the screen has %q, %v", line[:n], err)
	}
}

// A signal that asks the process to end turns the echo on again, so that a second one may end it.
func TestSignalUnmutes(t *testing.T) {
	terminal, _ := open(t)
	fd := int(terminal.in.Fd())
	before, err := term.GetState(fd)
	if err != nil {
		t.Fatal(err)
	}
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt) // or it would end the test
	defer signal.Stop(signals)
	defer terminal.Mute()()
	if err := syscall.Kill(os.Getpid(), syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	receive(t, signals)
	for deadline := time.Now().Add(patience); ; time.Sleep(time.Millisecond) {
		after, err := term.GetState(fd)
		if err == nil && reflect.DeepEqual(after, before) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("the terminal was %+v and is %+v, %v", before, after, err)
		}
	}
}

// A pipe and a terminal are told apart from a file.
func TestStreams(t *testing.T) {
	keyboard, file, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer keyboard.Close()
	defer file.Close()
	if err := pty.Setsize(file, &pty.Winsize{Cols: 61, Rows: 20}); err != nil {
		t.Fatal(err)
	}
	out, in, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	defer in.Close()
	plain, err := os.Create(t.TempDir() + "/file")
	if err != nil {
		t.Fatal(err)
	}
	defer plain.Close()
	for name, test := range map[string]struct {
		stream  any
		columns int
		pipe    bool
	}{
		"a terminal": {file, 61, false}, "a pipe": {in, 0, true}, "a file": {plain, 0, false}, "none": {io.Discard, 0, false},
	} {
		columns, onTerminal := Columns(test.stream)
		if columns != test.columns || onTerminal != (columns > 0) || IsPipe(test.stream) != test.pipe {
			t.Errorf("%s: %d columns, %v, a pipe: %v", name, columns, onTerminal, IsPipe(test.stream))
		}
	}
}
