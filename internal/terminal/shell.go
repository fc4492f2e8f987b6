package terminal

import (
	"context"
	_ "embed"
	"encoding/binary"
	"errors"
	"io"
	"strconv"
	"strings"
	"sync"
	"time"

	"endstate/labs"
)

// seatProgram gives a command a terminal inside its host, for as long as its client is there.
//
//go:embed seat.pl
var seatProgram string

const (
	// beat is how often the client says that it is there.
	beat = 10 * time.Second
	// silence is after how much of that a client counts as gone whose connection is not
	// closed: its machine sleeps, or the way to it is cut.
	silence = time.Minute
	// farewell is how long a shell that was told to end is waited for.
	farewell = 4 * time.Second
)

// Execute runs a command in a host, without a terminal.
type Execute func(ctx context.Context, command labs.Command) (labs.Process, error)

// Shell runs a command at a terminal of its own in a host. It ends with its client: when
// the process is closed, the client is killed or does not answer for a minute, the
// terminal is hung up, and who stays at it is killed.
func Shell(ctx context.Context, execute Execute, command labs.Command) (labs.Process, error) {
	return shell(ctx, execute, command, silence)
}

func shell(ctx context.Context, execute Execute, command labs.Command, silence time.Duration) (labs.Process, error) {
	seat := []string{"perl", "-e", seatProgram, strconv.Itoa(command.Columns), strconv.Itoa(command.Rows), strconv.FormatFloat(silence.Seconds(), 'f', -1, 64)}
	command.Args = append(seat, command.Args...)
	command.Terminal, command.Attended = false, true
	process, err := execute(ctx, command)
	if err != nil {
		return nil, err
	}
	s := &shellProcess{Process: process, gone: make(chan struct{})}
	go s.beat()
	return s, nil
}

// shellProcess is a process whose terminal is in its host.
type shellProcess struct {
	labs.Process
	writing sync.Mutex
	closing sync.Once
	gone    chan struct{}
}

// The kinds of frames: see seat.pl.
const (
	frameKeys = 'k'
	frameSize = 's'
	frameBeat = 'b'
)

func (s *shellProcess) send(kind byte, data []byte) error {
	frame := append(binary.BigEndian.AppendUint32([]byte{kind}, uint32(len(data))), data...)
	s.writing.Lock()
	defer s.writing.Unlock()
	_, err := s.Process.Stdin().Write(frame)
	return err
}

func (s *shellProcess) beat() {
	tick := time.NewTicker(beat)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			_ = s.send(frameBeat, nil)
		case <-s.gone:
			return
		}
	}
}

// Stdin takes keys.
func (s *shellProcess) Stdin() io.WriteCloser { return keyboard{s} }

type keyboard struct{ *shellProcess }

func (k keyboard) Write(b []byte) (int, error) {
	if err := k.send(frameKeys, b); err != nil {
		return 0, err
	}
	return len(b), nil
}

func (k keyboard) Close() error { return k.Process.Stdin().Close() }

// Resize tells the terminal its size.
func (s *shellProcess) Resize(_ context.Context, columns, rows int) error {
	size := binary.BigEndian.AppendUint16(nil, uint16(columns))
	return s.send(frameSize, binary.BigEndian.AppendUint16(size, uint16(rows)))
}

// Wait waits for the shell's end. An error: it never had a terminal.
func (s *shellProcess) Wait(ctx context.Context) (int, error) {
	status, err := s.Process.Wait(ctx)
	if said := strings.TrimSpace(s.Stderr()); err == nil && said != "" {
		err = errors.New(said)
	}
	return status, err
}

// Close hangs the terminal up and waits until the shell has ended, so that none of its
// programs is at work any more, or holds a lock.
func (s *shellProcess) Close() error {
	s.closing.Do(func() {
		close(s.gone)
		_ = s.Process.Stdin().Close()
		ended := make(chan struct{})
		go func() { defer close(ended); _, _ = io.Copy(io.Discard, s.Stdout()) }()
		select {
		case <-ended:
		case <-time.After(farewell):
		}
	})
	return s.Process.Close()
}
