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

// relayScript is what a relay runs inside the host.
//
//go:embed relay.pl
var relayScript string

// A frame's header: a channel, a kind, a length. See relay.pl.
const (
	frameHeader = 9
	maxFrame    = 1 << 15 // bytes
	// How many frames of a connection may wait to be read before the others wait too.
	frameQueue = 64

	frameOpen, frameData, frameClose = 'o', 'd', 'c'
)

// How often a relay tries to connect to a server that is starting: for some seconds.
// To wait inside the host costs far less than to come again.
const startingTries = 150

// errRefused says that nothing listens on the port.
var errRefused = errors.New("connection refused")

// Relays are those into the hosts of a lab, one a host. The zero value has none yet.
type Relays struct {
	mu    sync.Mutex
	slots map[string]*relaySlot // by the host's ID
}

// relaySlot is a place for a relay: while one is made, others wait for it.
type relaySlot struct {
	sync.Mutex
	relay *relay
}

// to returns the place of the relay into a host.
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

// Close ends the relays.
func (r *Relays) Close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, slot := range r.slots {
		slot.close()
	}
	r.slots = nil
}

// get returns the relay, which is made anew if it has ended.
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

// relay joins connections to ports of a host over one command in it.
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

// dial connects to a port, which it tries that often more than once.
func (r *relay) dial(ctx context.Context, port, tries int, place string) (net.Conn, error) {
	near, far := net.Pipe()
	c := &relayConn{
		Conn: near, relay: r, far: far, opened: make(chan error, 1), arrived: make(chan []byte, frameQueue), closed: make(chan struct{}),
	}
	if err := r.add(c); err != nil {
		return nil, err
	}
	if err := r.write(c.id, frameOpen, fmt.Appendf(nil, "%d %d %s", port, tries, place)); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	select {
	case err := <-c.opened:
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

// dead reports whether it has ended.
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

// read hands what arrives to the connections, until the relay ends.
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
		if c != nil { // else it was closed on this side
			c.obey(header[4], data)
		}
	}
}

func (r *relay) forget(id uint32) (known bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	_, known = r.conns[id]
	delete(r.conns, id)
	return known
}

// close ends the relay in the host too.
func (r *relay) close() { _ = r.process.Close() }

// relayConn is a connection over a relay. The pipe gives it deadlines, which the
// streams of a process do not have.
type relayConn struct {
	net.Conn
	relay   *relay
	id      uint32
	far     net.Conn
	opened  chan error
	arrived chan []byte
	once    sync.Once
	closed  chan struct{}
}

// obey does what a frame from the host says. One caller at a time.
func (c *relayConn) obey(kind byte, data []byte) {
	switch kind {
	case frameOpen:
		c.opened <- nil
	case frameData:
		select {
		case c.arrived <- data:
		case <-c.closed:
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

// end says that no more comes; to who still waits for the connection, why.
func (c *relayConn) end(err error) {
	select {
	case c.opened <- err:
	default: // it was open
	}
	close(c.arrived)
}

// deliver hands on what arrived, at its reader's pace.
func (c *relayConn) deliver() {
	defer c.far.Close()
	for {
		select {
		case data, ok := <-c.arrived:
			if !ok {
				return
			}
			if _, err := c.far.Write(data); err != nil {
				return
			}
		case <-c.closed:
			return
		}
	}
}

// send sends what is written to it, until it is closed.
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

// Close closes the connection in the host too.
func (c *relayConn) Close() error {
	err := c.Conn.Close()
	c.once.Do(func() {
		close(c.closed)
		if c.relay.forget(c.id) {
			_ = c.relay.write(c.id, frameClose, nil) // a relay that has ended has closed it
		}
	})
	return err
}
