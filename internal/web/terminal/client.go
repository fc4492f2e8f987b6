// Package terminal is a terminal in a browser, behind a WebSocket: a client of internal/seat.
//
// The browser sends binary messages whose first byte says what they are: k and keys, s and the size
// (columns and rows, two bytes each), or a and how many bytes of output it has drawn since the last a
// (four bytes). It gets output as binary messages, and everything else as text.
//
// A connection that is lost may lose keys on their way. So the page keeps what was typed last, and when it
// gets its shell back, it learns how many bytes the shell has taken, and sends the rest again; see [Typed].
package terminal

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"html/template"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"
)

const (
	// MaxMessage limits a message of the browser, in bytes. Longer input comes in several.
	MaxMessage = 64 << 10
	// window is how much output may be on its way to the browser, in bytes, until it has drawn some.
	window = 512 << 10
	// maxWaitingKeys is how many messages with keys may wait for the lab to take them.
	maxWaitingKeys = 256
	// largest is the most columns and rows that a terminal may have.
	largest = 1000
)

// A browser that does not answer a ping in time is gone.
const (
	pingPause   = 15 * time.Second
	pingTimeout = 30 * time.Second
)

// The kinds of messages of the browser.
const (
	kindKeys  = 'k'
	kindSize  = 's'
	kindDrawn = 'a'
)

var errTooManyKeys = errors.New("more was typed than the lab takes")

// Told is what a page is told about its terminal, apart from what it shows; see [Client.Tell].
type Told struct {
	Kind string        `json:"kind"` // notice, open, ended, lost or go
	HTML template.HTML `json:"html,omitempty"`
	// Again says that there is a shell to come back to.
	Again bool `json:"again,omitempty"`
	// To is the address of the page to go to.
	To string `json:"to,omitempty"`
	// Shell identifies a shell that is open, and Taken is how many bytes of keys it has taken from pages.
	Shell string `json:"shell,omitempty"`
	Taken int64  `json:"taken,omitempty"`
}

// Client is a browser's terminal. It is a seat.Client.
type Client struct {
	conn    *websocket.Conn
	gone    context.Context // ends when the browser is gone
	end     context.CancelFunc
	waiting chan []byte // keys that no shell has taken yet
	keys    chan []byte
	closed  chan struct{}
	close   sync.Once
	counter chan *atomic.Int64 // counts what the shell takes from now on; nil: nothing does
	ended   chan struct{}      // closed after the last keys were delivered
	resizes chan struct{}

	mu            sync.Mutex
	columns, rows int
	onWay         int           // bytes of output that the browser has not drawn
	drawn         chan struct{} // closed when it has drawn some; nil if nobody waits
}

// New returns the terminal behind a connection. It reads the connection until that ends or the
// context does. Close it.
func New(ctx context.Context, conn *websocket.Conn, columns, rows int) *Client {
	c := &Client{
		conn: conn, waiting: make(chan []byte, maxWaitingKeys), keys: make(chan []byte), closed: make(chan struct{}),
		counter: make(chan *atomic.Int64), ended: make(chan struct{}), resizes: make(chan struct{}, 1), columns: columns, rows: rows,
	}
	c.gone, c.end = context.WithCancel(ctx)
	conn.SetReadLimit(MaxMessage)
	go c.read()
	go c.deliver()
	go c.ping()
	return c
}

// Size returns the browser's columns and rows.
func (c *Client) Size() (columns, rows int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.columns, c.rows
}

// Keys delivers what is typed. The channel is closed when the browser is gone and all was taken, or by Close.
func (c *Client) Keys() <-chan []byte { return c.keys }

// Resizes delivers a value after the size has changed.
func (c *Client) Resizes() <-chan struct{} { return c.resizes }

// Gone returns a channel that is closed when the browser is gone.
func (c *Client) Gone() <-chan struct{} { return c.gone.Done() }

// Write shows bytes. It waits while the browser has much to draw, so that the lab waits, too.
func (c *Client) Write(b []byte) (int, error) {
	if err := c.reserve(len(b)); err != nil {
		return 0, err
	}
	if err := c.conn.Write(c.gone, websocket.MessageBinary, b); err != nil {
		return 0, err
	}
	return len(b), nil
}

// reserve waits until n bytes may be on their way.
func (c *Client) reserve(n int) error {
	for {
		c.mu.Lock()
		if c.onWay == 0 || c.onWay+n <= window {
			c.onWay += n
			c.mu.Unlock()
			return nil
		}
		if c.drawn == nil {
			c.drawn = make(chan struct{})
		}
		drawn := c.drawn
		c.mu.Unlock()
		select {
		case <-drawn:
		case <-c.gone.Done():
			return context.Cause(c.gone)
		}
	}
}

// Tell sends a value to the page, as JSON.
func (c *Client) Tell(value any) error {
	text, err := json.Marshal(value)
	if err != nil {
		return err
	}
	return c.conn.Write(c.gone, websocket.MessageText, text)
}

// Close ends the connection for a reason that the page can tell from a lost connection.
func (c *Client) Close(reason string) {
	_ = c.conn.Close(websocket.StatusNormalClosure, reason)
	c.end()
	c.close.Do(func() { close(c.closed) })
}

func (c *Client) read() {
	defer c.end()
	defer close(c.waiting)
	for {
		kind, data, err := c.conn.Read(c.gone)
		if err != nil {
			return
		}
		if kind != websocket.MessageBinary || len(data) == 0 {
			_ = c.conn.Close(websocket.StatusUnsupportedData, "not a message of a terminal")
			return
		}
		if err := c.take(data[0], data[1:]); err != nil {
			_ = c.conn.Close(websocket.StatusPolicyViolation, err.Error())
			return
		}
	}
}

// countIn changes the counter of what the shell takes. What was taken before has been counted when it returns.
func (c *Client) countIn(taken *atomic.Int64) {
	select {
	case c.counter <- taken:
	case <-c.ended:
	}
}

// deliver passes keys on, and counts what the shell takes.
func (c *Client) deliver() {
	defer close(c.keys)
	defer close(c.ended)
	var taken *atomic.Int64
	var next []byte
	waiting, keys := c.waiting, chan []byte(nil)
	for {
		size := int64(len(next)) // who takes it owns it
		select {
		case typed, more := <-waiting:
			if !more {
				return
			}
			next, waiting, keys = typed, nil, c.keys
		case keys <- next:
			if taken != nil {
				taken.Add(size)
			}
			next, waiting, keys = nil, c.waiting, nil
		case taken = <-c.counter:
		case <-c.closed:
			return
		}
	}
}

// take handles a message. It never waits, so that what the browser has drawn is always counted.
func (c *Client) take(kind byte, data []byte) error {
	switch {
	case kind == kindKeys:
		select {
		case c.waiting <- data:
			return nil
		default:
			return errTooManyKeys
		}
	case kind == kindSize && len(data) == 4:
		c.resize(int(binary.BigEndian.Uint16(data)), int(binary.BigEndian.Uint16(data[2:])))
	case kind == kindDrawn && len(data) == 4:
		c.release(int(binary.BigEndian.Uint32(data)))
	default:
		return errors.New("not a message of a terminal")
	}
	return nil
}

func (c *Client) resize(columns, rows int) {
	c.mu.Lock()
	c.columns, c.rows = Clamp(columns), Clamp(rows)
	c.mu.Unlock()
	select {
	case c.resizes <- struct{}{}:
	default: // a value is waiting already
	}
}

// Clamp returns a number of columns or rows within the limits.
func Clamp(n int) int { return max(1, min(n, largest)) }

func (c *Client) release(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.onWay = max(0, c.onWay-n)
	if c.drawn != nil {
		close(c.drawn)
		c.drawn = nil
	}
}

// ping finds out when the browser is gone although the connection seems open.
func (c *Client) ping() {
	tick := time.NewTicker(pingPause)
	defer tick.Stop()
	for {
		select {
		case <-c.gone.Done():
			return
		case <-tick.C:
			ctx, cancel := context.WithTimeout(c.gone, pingTimeout)
			err := c.conn.Ping(ctx)
			cancel()
			if err != nil {
				_ = c.conn.CloseNow()
				c.end()
				return
			}
		}
	}
}
