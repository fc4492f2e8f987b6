package seat

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"strings"
	"sync/atomic"

	"endstate/labs"
)

// Screen is where a request is answered. Results are written to it, and arrive at the
// command's standard output.
type Screen struct {
	session   *session
	request   *Request
	out, err  io.Writer
	interrupt context.Context // ends when the answer is interrupted
	cancel    func()
	outlives  atomic.Bool
}

// ErrInterrupted says that the learner pressed Ctrl-C, or that the command has ended.
var ErrInterrupted = errors.New("interrupted")

const (
	ctrlC     = 0x03
	ctrlD     = 0x04
	backspace = 0x08
	del       = 0x7f
)

func newScreen(ctx context.Context, s *session, caller uint32, request *Request) *Screen {
	screen := &Screen{session: s, request: request}
	interrupt, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	screen.interrupt, screen.cancel = interrupt, func() { cancel(ErrInterrupted) }
	if request != nil && request.Output == OutputSeat {
		direct := RawLines(displayed{s})
		screen.out, screen.err = direct, direct
	} else {
		screen.out, screen.err = callerOutput{s.shell, frameAnswer, caller}, callerOutput{s.shell, frameError, caller}
	}
	return screen
}

// Write writes text whose lines end in "\n".
func (s *Screen) Write(b []byte) (int, error) { return s.out.Write(b) }

// Errors returns the writer for problems: the command's standard error.
func (s *Screen) Errors() io.Writer { return s.err }

// Live reports whether the answer is shown on the client's screen, and programs in the lab may
// move the cursor there.
func (s *Screen) Live() bool { return s.request.Output == OutputSeat && s.request.Term != "dumb" }

// Terminal reports whether the results go to a terminal.
func (s *Screen) Terminal() bool { return s.request.Output != OutputFile }

// Foreground reports whether the command is in the foreground of its terminal, so that keys can be
// meant for it.
func (s *Screen) Foreground() bool { return s.request.Foreground }

// Size returns the size of the client's screen.
func (s *Screen) Size() (columns, rows int) { return s.session.size() }

// RawLines returns a writer of text whose lines end in "\n" for a terminal in raw mode, which needs
// a carriage return, too.
func RawLines(terminal io.Writer) io.Writer { return rawLines{terminal} }

type rawLines struct{ out io.Writer }

func (r rawLines) Write(b []byte) (int, error) {
	_, err := r.out.Write(bytes.ReplaceAll(b, []byte("\n"), []byte("\r\n")))
	return len(b), err
}

// Confirm asks a question on the client's screen and reads a line there: nothing in the lab
// can hide the question or answer it. It returns true only for "y" or "yes", asks again if the
// answer is unclear, and returns [ErrInterrupted] if the learner pressed Ctrl-C. A command in the
// background can't ask.
func (s *Screen) Confirm(ctx context.Context, text string) (sure bool, err error) {
	if !s.Foreground() {
		return false, labs.Misuse("This needs your consent, but the command runs in the background", "Type it at the shell's prompt.")
	}
	screen := RawLines(displayed{s.session})
	err = s.WithKeys(ctx, func(ctx context.Context, keys *KeyReader) error {
		for clear := false; !clear; {
			line, err := askLine(ctx, screen, text+" [y/N] ", keys)
			if err != nil {
				return err
			}
			if sure, clear = YesOrNo(line, false); !clear {
				if _, err := io.WriteString(screen, Unclear(false)+"\n"); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return err == nil && sure, err
}

// askLine asks a question and reads a line. The shell may echo the keys behind the line, so the line
// ends before it returns.
func askLine(ctx context.Context, screen io.Writer, question string, keys *KeyReader) (string, error) {
	if _, err := io.WriteString(screen, question); err != nil {
		return "", err
	}
	line := &lineReader{screen: screen}
	err := line.read(ctx, keys)
	_, writeErr := io.WriteString(screen, "\n")
	return string(line.text), cmp.Or(err, writeErr)
}

// YesOrNo reads the answer to a question; an empty line means usual. It returns false for clear if
// the line is neither yes nor no.
func YesOrNo(line string, usual bool) (yes, clear bool) {
	switch strings.ToLower(strings.TrimSpace(line)) {
	case "":
		return usual, true
	case "y", "yes":
		return true, true
	case "n", "no":
		return false, true
	}
	return false, false
}

// Unclear says what can be answered to a question that was neither answered yes nor no.
func Unclear(usual bool) string {
	if usual {
		return "Please answer y or n; Enter alone means yes."
	}
	return "Please answer y or n; Enter alone means no."
}

// lineReader reads a line and echoes it.
type lineReader struct {
	screen io.Writer
	text   []byte
}

func (l *lineReader) read(ctx context.Context, keys *KeyReader) error {
	for {
		key, err := keys.Next(ctx)
		if err != nil {
			return err
		}
		if ends, err := l.key(key); ends || err != nil {
			return err
		}
	}
}

// key takes a key, and returns whether it ends the line.
func (l *lineReader) key(key byte) (ends bool, err error) {
	switch {
	case key == '\r' || key == '\n' || key == ctrlD:
		return true, nil
	case (key == backspace || key == del) && len(l.text) > 0:
		l.text = l.text[:len(l.text)-1]
		_, err = io.WriteString(l.screen, "\b \b")
	case key >= ' ' && key < del:
		l.text = append(l.text, key)
		_, err = l.screen.Write([]byte{key})
	}
	return false, err
}

// Interruptible runs work with a context that Ctrl-C ends, and the end of the command.
func (s *Screen) Interruptible(ctx context.Context, work func(context.Context) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer context.AfterFunc(s.interrupt, func() { cancel(ErrInterrupted) })()
	return work(ctx)
}

// OutliveCommand lets the answer go on when the command in the lab has ended, as a reset
// must: it removes the lab with everything that runs in it.
func (s *Screen) OutliveCommand() { s.outlives.Store(true) }
