package seat

import (
	"bufio"
	"context"
	"crypto/rand"
	_ "embed"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
	"time"

	"endstate/labs"
)

// terminalProgram gives a command a terminal inside its host.
//
//go:embed seat.pl
var terminalProgram string

const (
	// heartbeat is how often the client sends a sign of life.
	heartbeat = 10 * time.Second
	// clientTimeout is how long the client may be silent before it counts as gone. A
	// connection can stay open even though the client's machine is asleep.
	clientTimeout = time.Minute
	// Wait is how long a shell whose client is gone waits for its owner.
	Wait = 10 * time.Minute
	// closeTimeout is how long Close waits for the shell to end.
	closeTimeout = 4 * time.Second
)

// Execute runs a command in a host, without a terminal.
type Execute func(ctx context.Context, command labs.Command) (labs.Process, error)

// Open runs a command in a host, at a terminal of its own there. If the client is killed, is
// silent for a minute or leaves ([Shell.Leave]), the terminal waits for its owner for [Wait]:
// the next Open in the host, as the same user, gets it instead of a new one. When the shell is
// closed, or nobody comes, the terminal hangs up, and programs that ignore this are killed.
func Open(ctx context.Context, execute Execute, command labs.Command) (*Shell, error) {
	return open(ctx, execute, command, clientTimeout, Wait)
}

func open(ctx context.Context, execute Execute, command labs.Command, timeout, wait time.Duration) (*Shell, error) {
	s := &Shell{ID: rand.Text(), done: make(chan struct{})}
	seconds := func(d time.Duration) string { return strconv.FormatFloat(d.Seconds(), 'f', -1, 64) }
	terminal := []string{
		"perl", "-e", terminalProgram, strconv.Itoa(command.Columns), strconv.Itoa(command.Rows), seconds(timeout), seconds(wait), s.ID,
	}
	command.Args = append(terminal, command.Args...)
	command.Terminal, command.Attended = false, true
	var err error
	if s.process, err = execute(ctx, command); err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { _ = s.process.Close() })
	defer stop()
	if err := s.greet(); err != nil {
		_ = s.process.Close()
		return nil, errors.Join(err, context.Cause(ctx))
	}
	go s.beat()
	return s, nil
}

// greet reads what comes before the terminal's output: its history if it was handed over.
func (s *Shell) greet() error {
	for {
		kind, data, err := s.next()
		switch {
		case errors.Is(err, io.EOF):
			_, err = s.Wait(context.Background())
			return errors.Join(errors.New("no terminal could be opened in the host"), err)
		case err != nil:
			return err
		case kind == frameNew:
			return nil
		case kind == frameWaited && len(data) > 4 && len(data) <= 4+maxID:
			s.ID = string(data[4:])
			s.History = &History{Columns: int(binary.BigEndian.Uint16(data)), Rows: int(binary.BigEndian.Uint16(data[2:]))}
		case kind == frameHistory && s.History != nil && len(s.History.output) < maxHistory:
			s.History.output = append(s.History.output, data...)
		}
	}
}

// Shell is a command at a terminal of its own in a host.
type Shell struct {
	ID string // identifies the shell in its host
	// History is what a shell that waited has shown; nil: it is a new one.
	History *History

	process labs.Process
	status  *int          // of the command; nil until it is known
	left    bool          // the shell waits for its owner
	output  *bufio.Reader // of its frames; nil until the first is read
	writing sync.Mutex    // frames are written in one piece
	closing sync.Once
	done    chan struct{} // closed by Close
}

// The kinds of frames; see seat.pl.
const (
	frameKeys    = 'k'
	frameSize    = 's'
	frameBeat    = 'b'
	frameAnswer  = 'a'
	frameError   = 'x'
	frameEnd     = 'e'
	frameOutput  = 'o'
	frameRequest = 'r'
	frameGone    = 'g'
	frameShown   = 'd'
	frameHangUp  = 'q'
	frameWaited  = 'w'
	frameHistory = 'h'
	frameNew     = 'n'
	frameStatus  = 'z'
)

const (
	maxID      = 64      // bytes
	maxHistory = 1 << 20 // bytes
)

// maxFrame limits the data of a frame, in bytes.
const maxFrame = 64 << 10

// next reads a frame of the shell's output. At the end, whatever the reason, it returns
// [io.EOF].
func (s *Shell) next() (kind byte, data []byte, err error) {
	if s.output == nil {
		s.output = bufio.NewReaderSize(s.process.Stdout(), maxFrame)
	}
	var head [5]byte
	if _, err := io.ReadFull(s.output, head[:]); err != nil {
		return 0, nil, io.EOF
	}
	length := binary.BigEndian.Uint32(head[1:])
	if length > maxFrame {
		return 0, nil, fmt.Errorf("the shell sent a frame of %d bytes", length)
	}
	data = make([]byte, length)
	if _, err := io.ReadFull(s.output, data); err != nil {
		return 0, nil, io.EOF
	}
	if head[0] == frameStatus && len(data) == 1 {
		status := int(data[0])
		s.status = &status
		return s.next()
	}
	return head[0], data, nil
}

func (s *Shell) send(kind byte, data []byte) error {
	frame := append(binary.BigEndian.AppendUint32([]byte{kind}, uint32(len(data))), data...)
	s.writing.Lock()
	defer s.writing.Unlock()
	_, err := s.process.Stdin().Write(frame)
	return err
}

func (s *Shell) beat() {
	tick := time.NewTicker(heartbeat)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			_ = s.send(frameBeat, nil)
		case <-s.done:
			return
		}
	}
}

// Stdin returns a writer for keys.
func (s *Shell) Stdin() io.WriteCloser { return keyboard{s} }

type keyboard struct{ *Shell }

func (k keyboard) Write(b []byte) (int, error) {
	if err := k.send(frameKeys, b); err != nil {
		return 0, err
	}
	return len(b), nil
}

func (k keyboard) Close() error { return k.process.Stdin().Close() }

// Resize tells the terminal its size.
func (s *Shell) Resize(_ context.Context, columns, rows int) error {
	size := binary.BigEndian.AppendUint16(nil, uint16(columns))
	return s.send(frameSize, binary.BigEndian.AppendUint16(size, uint16(rows)))
}

// Wait waits for the shell to end and returns its exit status. It returns an error if
// the shell could not get a terminal.
func (s *Shell) Wait(ctx context.Context) (int, error) {
	status, err := s.process.Wait(ctx)
	if s.status != nil && err == nil {
		return *s.status, nil
	}
	if text := strings.TrimSpace(s.process.Stderr()); err == nil && text != "" {
		err = errors.New(text)
	}
	return status, err
}

// Leave lets the terminal wait for its owner.
func (s *Shell) Leave() error {
	s.closing.Do(func() {
		s.left = true
		close(s.done)
		_ = s.process.Stdin().Close()
	})
	return s.process.Close()
}

// Waits reports whether the client has left the shell, which now waits for its owner.
func (s *Shell) Waits() bool { return s.left }

// Close hangs up the terminal and waits until its programs have ended, so that none of them
// still holds a lock. After [Shell.Leave], it does nothing.
func (s *Shell) Close() error {
	s.closing.Do(func() {
		close(s.done)
		_ = s.send(frameHangUp, nil)
		_ = s.process.Stdin().Close()
		ended := make(chan struct{})
		go func() { defer close(ended); _, _ = io.Copy(io.Discard, s.process.Stdout()) }()
		select {
		case <-ended:
		case <-time.After(closeTimeout):
		}
	})
	return s.process.Close()
}
