package terminal

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
)

// Screen is the terminal while a request is answered on it: it is in raw mode, so
// lines are ended for it, and what is typed is shown by it.
type Screen struct {
	out         io.Writer
	keys        <-chan []byte
	held        []byte // typed, and not asked for yet
	interrupted bool   // Ctrl-C was pressed
}

// ErrInterrupted says that the learner pressed Ctrl-C.
var ErrInterrupted = errors.New("interrupted")

const (
	ctrlC     = 0x03
	ctrlD     = 0x04
	backspace = 0x08
	del       = 0x7f
)

func newScreen(out io.Writer, keys <-chan []byte) *Screen { return &Screen{out: out, keys: keys} }

// Write writes text whose lines end in "\n".
func (s *Screen) Write(b []byte) (int, error) {
	_, err := s.out.Write(bytes.ReplaceAll(b, []byte("\n"), []byte("\r\n")))
	return len(b), err
}

// Confirm asks a question that only a line of "y" or "yes" answers with yes.
// ErrInterrupted: Ctrl-C was pressed.
func (s *Screen) Confirm(ctx context.Context, question string) (bool, error) {
	if _, err := io.WriteString(s, question+" [y/N] "); err != nil {
		return false, err
	}
	line, err := s.line(ctx)
	if _, failed := io.WriteString(s, "\n"); err == nil {
		err = failed
	}
	return Yes(line), err
}

// Yes reports whether a line says yes.
func Yes(line string) bool {
	line = strings.ToLower(strings.TrimSpace(line))
	return line == "y" || line == "yes"
}

// line reads a line and shows it while it is typed, as a terminal in raw mode does not.
func (s *Screen) line(ctx context.Context) (string, error) {
	var line []byte
	for {
		key, err := s.key(ctx)
		switch {
		case err != nil:
			return "", err
		case key == '\r' || key == '\n' || key == ctrlD:
			return string(line), nil
		case (key == backspace || key == del) && len(line) > 0:
			line = line[:len(line)-1]
			_, err = io.WriteString(s, "\b \b")
		case key >= ' ' && key < del:
			line = append(line, key)
			_, err = s.Write([]byte{key})
		}
		if err != nil {
			return "", err
		}
	}
}

func (s *Screen) key(ctx context.Context) (byte, error) {
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
