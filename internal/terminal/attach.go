// Package terminal joins a learner's terminal to a shell in a lab, and answers
// there what the lab's commands ask.
package terminal

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync/atomic"
	"time"

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

// Watcher is told what happens at an attached terminal. It is called while the
// learner waits, so it must be quick.
type Watcher interface {
	Shown(b []byte)            // came to the screen
	Resized(columns, rows int) // the terminal's size changed
	Typed()                    // keys were pressed
}

// Answer answers one request of a lab's command on the screen. It returns false
// when the shell it was asked in is no more.
type Answer func(ctx context.Context, verb string, screen *Screen) (goOn bool)

// ErrLost is what [Attach] returns when the shell ended without having said why:
// its lab was removed, or the engine is gone.
var ErrLost = errors.New("the connection to the lab was lost")

// Attach joins the terminal to a process until it ends, an answer says so, the
// terminal is gone or the context ends. It returns the process's exit status, and
// lets go of the process. The terminal is left as it was, whatever programs did to it: see
// [aspects]. Watchers see what the learner sees.
func Attach(ctx context.Context, t Terminal, process labs.Process, answer Answer, watchers ...Watcher) (status int, err error) {
	defer process.Close()
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
	attached, detach := context.WithCancelCause(ctx)
	defer detach(nil)
	screen := &modes{}
	_, _ = t.Out.WriteString(pushTitle)
	s := &session{screen: &watched{out: followed{t.Out, screen}, by: watchers}, process: process}
	stopResizing := onResize(func() {
		columns, rows := t.Size()
		s.screen.resized(columns, rows)
		_ = process.Resize(attached, columns, rows)
	})
	defer stopResizing()
	typed := make(chan struct{})
	go func() { defer close(typed); detach(s.readKeys(keys)) }()
	err = s.run(attached, answer)
	keys.Cancel()
	if err == nil {
		status, err = s.leave(ctx)
	}
	_ = process.Close() // which takes keys no more
	<-typed
	_, _ = t.Out.WriteString(screen.restore() + popTitle)
	if err != nil && !s.replaced {
		_, _ = t.Out.WriteString("\r\n")
	}
	return status, err
}

// session is one process at one terminal.
type session struct {
	screen    *watched
	process   labs.Process
	asking    atomic.Pointer[question] // keys go to its answer, not to the process
	replaced  bool                     // an answer ended the shell
	deafUntil time.Time                // requests are not answered
}

// A Ctrl-C ends an answer, and is for requests too that are on their way already.
const deaf = 250 * time.Millisecond

// question is a request that is being answered.
type question struct {
	keys     chan []byte   // what is typed meanwhile
	answered chan struct{} // nobody reads keys any more
}

// run shows the process's output until it ends or the context does.
func (s *session) run(ctx context.Context, answer Answer) error {
	shown := make(chan error, 1)
	go func() { shown <- s.show(ctx, answer) }()
	select {
	case err := <-shown:
		return err
	case <-ctx.Done():
		// An answer at work ends with the context, the output with the process.
		_ = s.process.Close()
		<-shown
		return context.Cause(ctx)
	}
}

// readKeys carries what is typed to whoever is to have it, for as long as keys can
// be read.
func (s *session) readKeys(keys io.Reader) error {
	buffer := make([]byte, 4096)
	for {
		n, err := keys.Read(buffer)
		if n > 0 {
			s.screen.typed()
		}
		if n > 0 && !s.diverted(buffer[:n]) {
			// That a process has ended is told by its output.
			_, _ = s.process.Stdin().Write(buffer[:n])
		}
		if err != nil {
			return fmt.Errorf("the terminal is gone: %w", err)
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
	out := &filter{out: func(b []byte) error { _, err := s.screen.Write(b); return err }}
	answered := false
	out.ask = func(verb string) {
		// A lab's command waits for its answer: what comes along with it is no command's.
		if !answered && !s.replaced && time.Now().After(s.deafUntil) {
			answered = true
			s.replaced = !s.answer(ctx, verb, answer)
		}
	}
	buffer := make([]byte, 32<<10)
	for {
		n, err := s.process.Stdout().Read(buffer)
		answered = false
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

// answer has one request answered, keys going to the answer meanwhile. The shell is
// told before it gets the keys that come after the answer.
func (s *session) answer(ctx context.Context, verb string, answer Answer) bool {
	asked := &question{keys: make(chan []byte), answered: make(chan struct{})}
	s.asking.Store(asked)
	defer close(asked.answered)
	defer s.asking.Store(nil)
	_, _ = s.process.Stdin().Write([]byte{acknowledge})
	screen := newScreen(s.screen, asked.keys)
	if !answer(ctx, verb, screen) {
		return false // and the process is closed: no shell is left behind in a lab that goes on
	}
	done := byte(acknowledge)
	if screen.interrupted {
		done = ctrlC // which is for the shell, too
		s.deafUntil = time.Now().Add(deaf)
	}
	_, _ = s.process.Stdin().Write(append([]byte{done}, screen.unread()...))
	return true
}

// leave tells how the shell ended.
func (s *session) leave(ctx context.Context) (int, error) {
	if s.replaced {
		return 0, errReplaced
	}
	status, err := s.process.Wait(ctx)
	if err != nil || status == killed {
		return status, errors.Join(ErrLost, err)
	}
	return status, nil
}

// The exit status of a shell whose container was killed.
const killed = 137

// Replaced reports whether Attach ended because an answer took the shell away.
func Replaced(err error) bool { return errors.Is(err, errReplaced) }
