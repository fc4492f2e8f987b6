package terminal

import (
	"bytes"
	"context"
	"errors"
	"io"
)

// Screen is the terminal while a request is answered on it: it is in raw mode, so
// lines are ended for it, and keys are read one at a time.
type Screen struct {
	out         io.Writer
	keys        <-chan []byte
	held        []byte // typed, and not asked for yet
	interrupted bool   // Ctrl-C was pressed
}

// ErrInterrupted says that the learner pressed Ctrl-C.
var ErrInterrupted = errors.New("interrupted")

const (
	ctrlC = 0x03
	ctrlD = 0x04
)

func newScreen(out io.Writer, keys <-chan []byte) *Screen { return &Screen{out: out, keys: keys} }

// Write writes text whose lines end in "\n".
func (s *Screen) Write(b []byte) (int, error) {
	_, err := s.out.Write(bytes.ReplaceAll(b, []byte("\n"), []byte("\r\n")))
	return len(b), err
}

// Key waits for a key. ErrInterrupted: it was Ctrl-C.
func (s *Screen) Key(ctx context.Context) (byte, error) {
	for len(s.held) == 0 {
		select {
		case s.held = <-s.keys:
		case <-ctx.Done():
			return 0, context.Cause(ctx)
		}
	}
	key := s.held[0]
	s.held = s.held[1:]
	if key == ctrlC {
		s.interrupted = true
		return 0, ErrInterrupted
	}
	return key, nil
}

// Interruptible runs work with a context that Ctrl-C ends; other keys wait.
func (s *Screen) Interruptible(ctx context.Context, work func(context.Context) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	done := make(chan error, 1)
	go func() { done <- work(ctx) }()
	for {
		select {
		case err := <-done:
			return err
		case typed := <-s.keys:
			if bytes.IndexByte(typed, ctrlC) >= 0 {
				s.interrupted, s.held = true, nil
				cancel(ErrInterrupted)
				return <-done
			}
			s.held = append(s.held, typed...)
		}
	}
}

// unread returns what was typed and not read: it was meant for the shell.
func (s *Screen) unread() []byte { return s.held }
