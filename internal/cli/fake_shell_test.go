package cli

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"strings"
	"sync"
	"time"

	"endstate/labs"
)

// typist types a test's text into the shells of the fake engine: in-lab commands, each
// after the answer to the one before. When there is nothing left to type, the shell ends.
type typist struct {
	mu       sync.Mutex        // guards commands
	commands []string          // "exam submit:y" answers y to the question of exam submit; "check>" pipes, "check&" is in the background
	other    map[string]func() // what commands do that are not in-lab commands
	keyboard io.StringWriter   // the terminal's
	screen   *screen           // likewise
	piped    bytes.Buffer      // what commands wrote to a pipe
	statuses []int             // the commands' exit statuses
}

// screen collects what a terminal shows, and presses the next key at each end of a page.
type screen struct {
	mu       sync.Mutex
	shown    bytes.Buffer
	keyboard io.StringWriter
	keys     []string // for the ends of pages
	pressed  int
}

func (s *screen) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.shown.Write(b)
	if s.pressed < min(len(s.keys), strings.Count(s.shown.String(), more)) {
		s.pressed++
		_, _ = s.keyboard.WriteString(s.keys[s.pressed-1])
	}
	return len(b), nil
}

// more is the end of a page that is not the last.
const more = "-- more: space, Enter or q --"

func (s *screen) String() string { s.mu.Lock(); defer s.mu.Unlock(); return s.shown.String() }

func (s *screen) questions() int { return strings.Count(s.String(), " [y/N] ") }

func (t *typist) next() (command string, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.commands) == 0 {
		return "", false
	}
	command, t.commands = t.commands[0], t.commands[1:]
	return command, true
}

// left returns the text not typed yet.
func (t *typist) left() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.commands
}

// Execute opens a shell, or runs a script in the host's folder.
func (e *engine) Execute(_ context.Context, _ labs.Host, command labs.Command) (labs.Process, error) {
	if e.down {
		return nil, labs.ErrDown
	}
	if e.home != "" && command.Args[0] == "sh" {
		return start(command, e.home)
	}
	e.environment = command.Environment
	s := &shell{typist: &e.typist, ended: make(chan struct{}), closed: make(chan struct{})}
	s.screen, s.output = io.Pipe()
	return s, nil
}

// shell is a process that makes the requests of in-lab commands, once somebody reads its
// output.
type shell struct {
	typist   *typist
	starting sync.Once
	screen   *io.PipeReader
	output   *io.PipeWriter
	ended    chan struct{} // gets a value when an answer ends
	closing  sync.Once
	closed   chan struct{}
}

func (s *shell) run() {
	t := s.typist
	defer s.output.Close()
	_, _ = io.WriteString(s.output, "n\x00\x00\x00\x00") // a new terminal
	_, _ = io.WriteString(s.output, "o\x00\x00\x00\x00") // which is read once a client is attached
	for {
		command, ok := t.next()
		if !ok {
			return
		}
		if do := t.other[command]; do != nil {
			do()
			continue
		}
		if command == "wait" { // until the client closes the shell
			<-s.closed
			return
		}
		if !s.call(command) {
			return
		}
	}
}

// call calls an in-lab command. It returns false if the client has closed the shell.
func (s *shell) call(command string) bool {
	command, keys, answers := strings.Cut(command, ":")
	command, piped := strings.CutSuffix(command, ">")
	output, before := "seat", s.typist.screen.questions()
	if piped {
		output = "file"
	}
	command, background := strings.CutSuffix(command, "&")
	terminal, noColor, foreground := "xterm", "", "1"
	if background {
		foreground = ""
	}
	if rest, is := strings.CutPrefix(command, "NO_COLOR=1 "); is {
		command, noColor = rest, "1"
	}
	if rest, is := strings.CutPrefix(command, "TERM=dumb "); is {
		command, terminal = rest, "dumb"
	}
	request := "\x00\x00\x00\x07" + strings.Join(append([]string{output, "60", terminal, noColor, foreground}, strings.Fields(command)...), "\x00")
	_, _ = s.output.Write(append(binary.BigEndian.AppendUint32([]byte("r"), uint32(len(request))), request...))
	for {
		select {
		case <-s.ended:
			return true
		case <-s.closed:
			return false
		case <-time.After(time.Millisecond):
			if answers && s.typist.screen.questions() > before {
				_, _ = s.typist.keyboard.WriteString(keys + "\r")
				answers = false
			}
		}
	}
}

// Stdin receives frames: of answers, and of keys, which it ignores.
func (s *shell) Stdin() io.WriteCloser { return s }

func (s *shell) Write(frame []byte) (int, error) {
	switch frame[0] {
	case 'a', 'x':
		s.typist.piped.Write(frame[9:])
	case 'e':
		s.typist.statuses = append(s.typist.statuses, int(frame[9]))
		select {
		case s.ended <- struct{}{}:
		case <-s.closed:
		}
	}
	return len(frame), nil
}

func (s *shell) Kill(context.Context) error { return s.Close() }

func (s *shell) Close() error {
	s.closing.Do(func() { close(s.closed) })
	return s.output.Close()
}

func (s *shell) Stdout() io.Reader {
	s.starting.Do(func() { go s.run() })
	return s.screen
}

func (s *shell) Stderr() string                         { return "" }
func (s *shell) Resize(context.Context, int, int) error { return nil }
func (s *shell) Wait(context.Context) (int, error)      { return 0, nil }
