package seat

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
)

// Screen is the terminal while a request is answered on it. The terminal is in raw
// mode, so Screen ends lines with a carriage return and echoes what is typed.
type Screen struct {
	out         io.Writer
	keys        <-chan []byte
	unread      []byte // keys that the answer did not ask for: they are the shell's
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

// Confirm asks a question and reads a line. It returns true only for "y" or "yes", and
// [ErrInterrupted] if the learner pressed Ctrl-C.
func (s *Screen) Confirm(ctx context.Context, question string) (bool, error) {
	if _, err := io.WriteString(s, question+" [y/N] "); err != nil {
		return false, err
	}
	line, err := s.readLine(ctx)
	if _, writeErr := io.WriteString(s, "\n"); err == nil {
		err = writeErr
	}
	return IsYes(line), err
}

// IsYes reports whether a line is "y" or "yes".
func IsYes(line string) bool {
	line = strings.ToLower(strings.TrimSpace(line))
	return line == "y" || line == "yes"
}

// readLine reads a line and echoes it.
func (s *Screen) readLine(ctx context.Context) (string, error) {
	var line []byte
	for {
		key, err := s.readKey(ctx)
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

func (s *Screen) readKey(ctx context.Context) (byte, error) {
	for len(s.unread) == 0 {
		select {
		case s.unread = <-s.keys:
		case <-ctx.Done():
			return 0, context.Cause(ctx)
		}
	}
	key := s.unread[0]
	s.unread = s.unread[1:]
	if key == ctrlC {
		s.interrupted = true
		return 0, ErrInterrupted
	}
	return key, nil
}

// Interruptible runs work with a context that Ctrl-C ends. Other keys are kept.
func (s *Screen) Interruptible(ctx context.Context, work func(context.Context) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	done := make(chan error, 1)
	go func() { done <- work(ctx) }()
	for {
		select {
		case err := <-done:
			return err
		case keys := <-s.keys:
			if bytes.IndexByte(keys, ctrlC) >= 0 {
				s.interrupted, s.unread = true, nil
				cancel(ErrInterrupted)
				return <-done
			}
			s.unread = append(s.unread, keys...)
		}
	}
}
