package cli

import (
	"context"
	"io"
	"strings"
	"sync"

	"endstate/labs"
)

// typist types a test's text into the shells of the fake engine: in-lab commands, each
// after the answer to the one before. When there is nothing left to type, the shell ends.
type typist struct {
	mu       sync.Mutex        // guards commands
	commands []string          // "examsubmit:y" answers y to the question of examsubmit
	other    map[string]func() // what commands do that are not in-lab commands
	keyboard io.StringWriter   // the terminal's
}

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

// Execute opens a shell.
func (e *engine) Execute(context.Context, labs.Host, labs.Command) (labs.Process, error) {
	s := &shell{typist: &e.typist, understood: make(chan struct{}), closed: make(chan struct{})}
	s.screen, s.output = io.Pipe()
	return s, nil
}

// shell is a process that makes the requests of in-lab commands, once somebody reads its
// output.
type shell struct {
	typist     *typist
	starting   sync.Once
	screen     *io.PipeReader
	output     *io.PipeWriter
	understood chan struct{} // the client has read a request, or answered it
	closing    sync.Once
	closed     chan struct{}
}

func (s *shell) run() {
	t := s.typist
	defer s.output.Close()
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
		verb, keys, answers := strings.Cut(command, ":")
		_, _ = io.WriteString(s.output, "\x1b]1701;endstate;"+verb+"\a")
		if !s.await() {
			return
		}
		if answers {
			_, _ = t.keyboard.WriteString(keys + "\r")
		}
		if !s.await() {
			return
		}
	}
}

// await waits until the client has understood. It returns false if the client has closed
// the shell.
func (s *shell) await() bool {
	select {
	case <-s.understood:
		return true
	case <-s.closed:
		return false
	}
}

// Stdin receives frames of keys, and only uses the acknowledgements.
func (s *shell) Stdin() io.WriteCloser { return s }

const acknowledgement = "\x06"

func (s *shell) Write(frame []byte) (int, error) {
	if strings.HasSuffix(string(frame), acknowledgement) {
		select {
		case s.understood <- struct{}{}:
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
