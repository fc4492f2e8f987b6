package seat

import (
	"bufio"
	"context"
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

// terminalProgram gives a command a terminal inside its host that lasts as long as its
// client.
//
//go:embed seat.pl
var terminalProgram string

const (
	// heartbeat is how often the client sends a sign of life.
	heartbeat = 10 * time.Second
	// clientTimeout is how long the terminal waits for a sign of life before it hangs up. A
	// connection can stay open even though the client's machine is asleep.
	clientTimeout = time.Minute
	// closeTimeout is how long Close waits for the shell to end.
	closeTimeout = 4 * time.Second
)

// Execute runs a command in a host, without a terminal.
type Execute func(ctx context.Context, command labs.Command) (labs.Process, error)

// Open runs a command in a host, at a terminal of its own there. The terminal lasts as long
// as its client: when the shell is closed, or the client is killed or silent for a minute,
// the terminal hangs up, and programs that ignore this are killed.
func Open(ctx context.Context, execute Execute, command labs.Command) (*Shell, error) {
	return open(ctx, execute, command, clientTimeout)
}

func open(ctx context.Context, execute Execute, command labs.Command, timeout time.Duration) (*Shell, error) {
	terminal := []string{
		"perl", "-e", terminalProgram,
		strconv.Itoa(command.Columns), strconv.Itoa(command.Rows), strconv.FormatFloat(timeout.Seconds(), 'f', -1, 64),
	}
	command.Args = append(terminal, command.Args...)
	command.Terminal, command.Attended = false, true
	process, err := execute(ctx, command)
	if err != nil {
		return nil, err
	}
	s := &Shell{process: process, done: make(chan struct{})}
	go s.beat()
	return s, nil
}

// Shell is a command at a terminal of its own in a host.
type Shell struct {
	process labs.Process
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
	if text := strings.TrimSpace(s.process.Stderr()); err == nil && text != "" {
		err = errors.New(text)
	}
	return status, err
}

// Close hangs up the terminal and waits until its programs have ended, so that none of them
// still holds a lock.
func (s *Shell) Close() error {
	s.closing.Do(func() {
		close(s.done)
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
