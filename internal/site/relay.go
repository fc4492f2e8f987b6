package site

import (
	"bufio"
	"context"
	_ "embed"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"

	"endstate/labs"
)

// relayScript is the relay's program inside the host.
//
//go:embed relay.pl
var relayScript string

// The header of a frame holds channel, kind and length; see relay.pl.
const (
	frameHeader = 9       // bytes
	maxFrame    = 1 << 15 // bytes
	// frameQueue is how many unread frames a connection may have before it blocks the others.
	frameQueue = 64

	frameOpen, frameData, frameClose = 'o', 'd', 'c'
)

// startingTries is how often a relay tries to connect to a server that is starting, which
// takes a few seconds. Retrying inside the host is far cheaper than retrying from outside.
const startingTries = 150

// errRefused means that nothing listens on the port.
var errRefused = errors.New("connection refused")

// Relays holds one relay per host of a lab. The zero value is empty and ready to use.
type Relays struct {
	mu    sync.Mutex
	slots map[string]*relaySlot // by the host's ID
}

// relaySlot holds a host's relay. Whoever starts the relay holds the lock, and others wait.
type relaySlot struct {
	sync.Mutex
	relay *relay
}

// to returns the slot of the relay into a host.
func (r *Relays) to(host labs.Host) *relaySlot {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.slots == nil {
		r.slots = map[string]*relaySlot{}
	}
	if r.slots[host.ID] == nil {
		r.slots[host.ID] = &relaySlot{}
	}
	return r.slots[host.ID]
}

// PrepareRelays starts the relays into the lab's servers, for this round and later ones.
func (s *Site) PrepareRelays(ctx context.Context) error {
	var failed []error
	for _, host := range s.subject.Lab.Hosts {
		if host.Server != "" {
			_, err := s.relays.to(host).get(ctx, s.engine, host)
			failed = append(failed, err)
		}
	}
	return errors.Join(failed...)
}

// Close ends the relays.
func (r *Relays) Close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, slot := range r.slots {
		slot.close()
	}
	r.slots = nil
}

// get returns the relay, and starts a new one if it has ended.
func (s *relaySlot) get(ctx context.Context, engine labs.Engine, host labs.Host) (r *relay, err error) {
	s.Lock()
	defer s.Unlock()
	if s.relay == nil || s.relay.dead() {
		s.relay, err = newRelay(ctx, engine, host)
	}
	return s.relay, err
}

func (s *relaySlot) close() {
	s.Lock()
	defer s.Unlock()
	if s.relay != nil {
		s.relay.close()
	}
}

// relay multiplexes connections to ports of a host over one command in that host.
type relay struct {
	process labs.Process

	writing sync.Mutex
	mu      sync.Mutex
	last    uint32
	conns   map[uint32]*relayConn
	err     error // why it ended
}

func newRelay(ctx context.Context, engine labs.Engine, host labs.Host) (*relay, error) {
	process, err := engine.Execute(ctx, host, labs.Command{Args: []string{"perl", "-e", relayScript}})
	if err != nil {
		return nil, err
	}
	r := &relay{process: process, conns: map[uint32]*relayConn{}}
	go r.read()
	return r, nil
}

// placeNetwork tells a relay to connect to the host's address in the lab's network.
const placeNetwork = "network"

// dial connects to a port and retries as often as tries says.
func (r *relay) dial(ctx context.Context, port, tries int, place string) (net.Conn, error) {
	near, far := net.Pipe()
	c := &relayConn{
		Conn: near, relay: r, far: far, dialed: make(chan error, 1), incoming: make(chan []byte, frameQueue), done: make(chan struct{}),
	}
	if err := r.add(c); err != nil {
		return nil, err
	}
	if err := r.write(c.id, frameOpen, fmt.Appendf(nil, "%d %d %s", port, tries, place)); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	select {
	case err := <-c.dialed:
		if err != nil {
			return nil, errors.Join(err, c.Close())
		}
	case <-ctx.Done():
		return nil, errors.Join(context.Cause(ctx), c.Close())
	}
	go c.send()
	go c.deliver()
	return c, nil
}

func (r *relay) add(c *relayConn) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.err != nil {
		return r.err
	}
	r.last++
	c.id = r.last
	r.conns[c.id] = c
	return nil
}

// dead reports whether the relay has ended.
func (r *relay) dead() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.err != nil
}

func (r *relay) write(id uint32, kind byte, data []byte) error {
	frame := binary.BigEndian.AppendUint32(make([]byte, 0, frameHeader+len(data)), id)
	frame = binary.BigEndian.AppendUint32(append(frame, kind), uint32(len(data)))
	r.writing.Lock()
	defer r.writing.Unlock()
	_, err := r.process.Stdin().Write(append(frame, data...))
	return err
}

// read passes frames to their connections until the relay ends.
func (r *relay) read() {
	stream := bufio.NewReaderSize(r.process.Stdout(), 2*maxFrame)
	err := r.readFrames(stream)
	if said := strings.TrimSpace(r.process.Stderr()); said != "" {
		err = fmt.Errorf("%w: %s", err, said)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.err = fmt.Errorf("the relay ended: %w", err)
	for _, c := range r.conns {
		c.end(r.err)
	}
	clear(r.conns)
}

func (r *relay) readFrames(stream io.Reader) error {
	var header [frameHeader]byte
	for {
		if _, err := io.ReadFull(stream, header[:]); err != nil {
			return err
		}
		length := binary.BigEndian.Uint32(header[5:])
		if length > maxFrame {
			return fmt.Errorf("a frame of %d bytes", length)
		}
		data := make([]byte, length)
		if _, err := io.ReadFull(stream, data); err != nil {
			return err
		}
		r.mu.Lock()
		c := r.conns[binary.BigEndian.Uint32(header[:])]
		r.mu.Unlock()
		if c != nil { // nil if this side closed the connection
			c.handle(header[4], data)
		}
	}
}

// forget removes a connection and reports whether the relay still had it.
func (r *relay) forget(id uint32) (open bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	_, open = r.conns[id]
	delete(r.conns, id)
	return open
}

// close ends the relay, in the host too.
func (r *relay) close() { _ = r.process.Close() }

// relayConn is a connection over a relay. It goes through a pipe because the streams of a
// process do not support deadlines.
type relayConn struct {
	net.Conn
	relay    *relay
	id       uint32
	far      net.Conn
	dialed   chan error
	incoming chan []byte
	once     sync.Once
	done     chan struct{}
}

// handle handles a frame from the host. It must not be called concurrently.
func (c *relayConn) handle(kind byte, data []byte) {
	switch kind {
	case frameOpen:
		c.dialed <- nil
	case frameData:
		select {
		case c.incoming <- data:
		case <-c.done:
		}
	case frameClose:
		c.relay.forget(c.id)
		err := errors.New(string(data))
		if strings.Contains(string(data), "refused") {
			err = errRefused
		}
		c.end(err)
	}
}

// end marks the end of the incoming data. If dial is still waiting, it gets the error.
func (c *relayConn) end(err error) {
	select {
	case c.dialed <- err:
	default: // dial has returned
	}
	close(c.incoming)
}

// deliver passes on the incoming data, at the reader's pace.
func (c *relayConn) deliver() {
	defer c.far.Close()
	for {
		select {
		case data, ok := <-c.incoming:
			if !ok {
				return
			}
			if _, err := c.far.Write(data); err != nil {
				return
			}
		case <-c.done:
			return
		}
	}
}

// send sends the data written to the connection until it is closed.
func (c *relayConn) send() {
	buffer := make([]byte, maxFrame)
	for {
		n, err := c.far.Read(buffer)
		if n > 0 {
			if writeErr := c.relay.write(c.id, frameData, buffer[:n]); writeErr != nil {
				err = writeErr
			}
		}
		if err != nil {
			_ = c.far.Close()
			return
		}
	}
}

// Close closes the connection, in the host too.
func (c *relayConn) Close() error {
	err := c.Conn.Close()
	c.once.Do(func() {
		close(c.done)
		if c.relay.forget(c.id) {
			_ = c.relay.write(c.id, frameClose, nil) // a relay that has ended has closed it anyway
		}
	})
	return err
}
