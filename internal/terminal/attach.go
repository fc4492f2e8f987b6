// Package terminal joins a learner's terminal to a shell in a lab, and answers
// there what the lab's commands ask.
package terminal

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"sync/atomic"

	"github.com/muesli/cancelreader"
	"golang.org/x/term"

	"endstate/labs"
)

// Terminal is where a learner sits.
type Terminal struct {
	In  *os.File
	Out *os.File
}

// Open returns the terminal of two files, and whether they are one.
func Open(in io.Reader, out io.Writer) (Terminal, bool) {
	inFile, ok := in.(*os.File)
	if !ok {
		return Terminal{}, false
	}
	outFile, ok := out.(*os.File)
	if !ok || !term.IsTerminal(int(inFile.Fd())) || !term.IsTerminal(int(outFile.Fd())) {
		return Terminal{}, false
	}
	return Terminal{In: inFile, Out: outFile}, true
}

// Size returns the terminal's columns and rows.
func (t Terminal) Size() (columns, rows int) {
	columns, rows, err := term.GetSize(int(t.Out.Fd()))
	if err != nil || columns < 1 || rows < 1 {
		return 80, 24
	}
	return columns, rows
}

// Answer answers one request of a lab's command on the screen. It returns false
// when the shell it was asked in is no more.
type Answer func(ctx context.Context, verb string, screen *Screen) (goOn bool)

// ErrLost is what [Attach] returns when the shell ended without having said why:
// its lab was removed, or the engine is gone.
var ErrLost = errors.New("the connection to the lab was lost")

// restore undoes what programs in the lab may have done to the terminal: colours,
// a hidden cursor, the other screen, mouse and paste reports, keypad modes.
const restore = "\x1b[0m\x1b[?25h\x1b[?1049l\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?2004l\x1b[?1l\x1b>\r\n"

// Attach joins the terminal to a process until it ends, an answer says so, or the
// context ends. It returns the process's exit status. The terminal is left as it was.
func Attach(ctx context.Context, t Terminal, process labs.Process, answer Answer) (int, error) {
	before, err := term.MakeRaw(int(t.In.Fd()))
	if err != nil {
		return 0, err
	}
	defer func() { _ = term.Restore(int(t.In.Fd()), before) }()
	keys, err := cancelreader.NewReader(t.In)
	if err != nil {
		return 0, err
	}
	defer keys.Close()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	s := &session{terminal: t, process: process}
	stopResizing := onResize(func() {
		columns, rows := t.Size()
		_ = process.Resize(ctx, columns, rows)
	})
	defer stopResizing()
	typed := make(chan struct{})
	go func() { defer close(typed); s.readKeys(keys) }()
	output := make(chan error, 1)
	go func() { output <- s.show(ctx, answer) }()
	select {
	case err = <-output:
	case <-ctx.Done():
		err = context.Cause(ctx)
	}
	keys.Cancel()
	<-typed
	if err != nil {
		_ = process.Close()
		_, _ = t.Out.WriteString(restore)
		return 0, err
	}
	return s.leave(ctx)
}

// session is one process at one terminal.
type session struct {
	terminal Terminal
	process  labs.Process
	asking   atomic.Pointer[question] // keys go to its answer, not to the process
	replaced bool                     // an answer ended the shell
}

// question is a request that is being answered.
type question struct {
	keys     chan []byte   // what is typed meanwhile
	answered chan struct{} // nobody reads keys any more
}

// readKeys carries what is typed to whoever is to have it.
func (s *session) readKeys(keys io.Reader) {
	buffer := make([]byte, 4096)
	for {
		n, err := keys.Read(buffer)
		if n > 0 && !s.diverted(buffer[:n]) {
			if _, err := s.process.Stdin().Write(buffer[:n]); err != nil {
				return
			}
		}
		if err != nil {
			if errors.Is(err, io.EOF) {
				_ = s.process.Stdin().Close()
			}
			return
		}
	}
}

// diverted hands keys to the answer that waits for them, if one does.
func (s *session) diverted(keys []byte) bool {
	asked := s.asking.Load()
	if asked == nil {
		return false
	}
	select {
	case asked.keys <- bytes.Clone(keys):
		return true
	case <-asked.answered:
		return false
	}
}

// errReplaced ends the output of a shell that an answer took away.
var errReplaced = errors.New("the shell was replaced")

// show carries the process's output to the terminal and has requests answered.
func (s *session) show(ctx context.Context, answer Answer) error {
	out := &filter{out: func(b []byte) error { _, err := s.terminal.Out.Write(b); return err }}
	out.ask = func(verb string) {
		if !s.replaced {
			s.replaced = !s.answer(ctx, verb, answer)
		}
	}
	buffer := make([]byte, 32<<10)
	for {
		n, err := s.process.Stdout().Read(buffer)
		if err := out.write(buffer[:n]); err != nil {
			return err
		}
		if s.replaced {
			return nil
		}
		if err != nil {
			return out.flush()
		}
	}
}

// answer has one request answered, keys going to the answer meanwhile.
func (s *session) answer(ctx context.Context, verb string, answer Answer) bool {
	asked := &question{keys: make(chan []byte), answered: make(chan struct{})}
	s.asking.Store(asked)
	_, _ = s.process.Stdin().Write([]byte{acknowledge})
	screen := newScreen(s.terminal.Out, asked.keys)
	goOn := answer(ctx, verb, screen)
	s.asking.Store(nil)
	close(asked.answered)
	if goOn {
		_, _ = s.process.Stdin().Write([]byte{acknowledge})
		_, _ = s.process.Stdin().Write(screen.unread())
	}
	return goOn
}

// leave tells how the shell ended.
func (s *session) leave(ctx context.Context) (int, error) {
	defer s.process.Close()
	if s.replaced {
		return 0, errReplaced
	}
	status, err := s.process.Wait(ctx)
	if err != nil || status == killed {
		_, _ = s.terminal.Out.WriteString(restore)
		return status, errors.Join(ErrLost, err)
	}
	return status, nil
}

// The exit status of a shell whose container was killed.
const killed = 137

// Replaced reports whether Attach ended because an answer took the shell away.
func Replaced(err error) bool { return errors.Is(err, errReplaced) }
