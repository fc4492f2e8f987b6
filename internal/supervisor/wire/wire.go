// Package wire is the protocol between an engine and the supervisor of a host: frames over the
// input and output of a process that the engine executes in the host.
//
// An engine whose exec knows no user, environment or folder, and tells a process nothing when the
// connection breaks, gets all of that from the supervisor.
package wire

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"sync"
	"time"

	"endstate/labs"
)

// Kind says what a frame holds.
type Kind byte

// The kinds of frames that an engine sends. The first frame is a Begin.
const (
	Begin    Kind = 'b' // a [Request], as JSON
	Input    Kind = 'i' // bytes for the command's input
	InputEnd Kind = 'e' // no more input
	Resize   Kind = 'r' // a [Size], as JSON
	Kill     Kind = 'k' // kill the command and what it started
	Leave    Kind = 'l' // nobody reads any more; the command may go on
	Beat     Kind = 't' // nothing: the engine is still there
)

// The kinds of frames that the supervisor sends. The last frame is an End or a Failed.
const (
	Output Kind = 'o' // bytes of the command's output, or of an archive
	Errors Kind = 'x' // bytes of the command's standard error
	Taken  Kind = 'n' // how many bytes of input the command has taken since the last Taken
	Begun  Kind = 'a' // the command has begun, or what was asked for is done until the engine leaves
	End    Kind = 'z' // a [Result], as JSON
	Failed Kind = 'f' // a [Failure], as JSON
)

const (
	// BeatInterval is how often an engine sends a frame at least.
	BeatInterval = 2 * time.Second
	// LostAfter is how long the supervisor waits for a frame until it ends what the engine asked
	// for.
	LostAfter = 15 * time.Second
	// Window is how many bytes of input an engine sends before it waits for a Taken.
	Window = 1 << 18
	// MaxData is how many bytes of data a frame holds at most.
	MaxData = 1 << 15
	// maxFrame bounds what a frame may hold; a request has the files of no lab in it.
	maxFrame = 1 << 22
)

// Request says what an engine asks for. Exactly one field is set.
type Request struct {
	Execute *labs.Command `json:"execute,omitempty"`
	CopyOut string        `json:"copyOut,omitempty"` // a path; the result is an archive
	Save    []string      `json:"save,omitempty"`    // folders; the result is an archive
	Present []string      `json:"present,omitempty"` // which of these folders are there?
	Freeze  *Freeze       `json:"freeze,omitempty"`  // until the engine leaves, or beyond
	Thaw    bool          `json:"thaw,omitempty"`    // ends a lasting freeze
	Stop    bool          `json:"stop,omitempty"`    // end all processes, until a Restart
	Restart bool          `json:"restart,omitempty"` // end all processes, and start the main program
	Vitals  bool          `json:"vitals,omitempty"`
	Written bool          `json:"written,omitempty"` // measure how much was written to the disk
	Account *string       `json:"account,omitempty"` // look a user up; empty: the learner
}

// Freeze asks that everything in the host stands still.
type Freeze struct {
	Lasting bool `json:"lasting"` // until a Thaw, whether the engine is there or not
}

// Size is the size of a terminal.
type Size struct{ Columns, Rows int }

// Result is the result of a request.
type Result struct {
	Status  int          `json:"status,omitempty"` // exit status of a command
	Vitals  *labs.Vitals `json:"vitals,omitempty"`
	Usage   labs.Usage   `json:"usage"`
	Memory  int64        `json:"memory,omitempty"`  // bytes in use
	Written int64        `json:"written,omitempty"` // bytes
	Present []string     `json:"present,omitempty"`
	UID     int64        `json:"uid,omitempty"` // of an account
	GID     int64        `json:"gid,omitempty"`
}

// Failure says why a request failed.
type Failure struct {
	Code string `json:"code"`
	Text string `json:"text"`
}

// The codes of failures.
const (
	Down     = "down"      // the host's main program does not run
	Frozen   = "frozen"    // the host stays frozen
	NotFound = "not-found" // no such file
	NoUser   = "no-user"   // the supervisor can't run anything as that user
	Other    = "other"
)

// Conn sends and receives frames. Sending is safe for concurrent use.
type Conn struct {
	r  io.Reader
	mu sync.Mutex
	w  io.Writer
}

// NewConn returns a connection over two streams.
func NewConn(r io.Reader, w io.Writer) *Conn { return &Conn{r: r, w: w} }

// Send sends a frame.
func (c *Conn) Send(kind Kind, data []byte) error {
	frame := make([]byte, 5, 5+len(data))
	frame[0] = byte(kind)
	binary.BigEndian.PutUint32(frame[1:], uint32(len(data)))
	c.mu.Lock()
	defer c.mu.Unlock()
	_, err := c.w.Write(append(frame, data...))
	return err
}

// SendJSON sends a frame that holds a value as JSON.
func (c *Conn) SendJSON(kind Kind, value any) error {
	data, err := json.Marshal(value)
	if err != nil {
		return err
	}
	return c.Send(kind, data)
}

// SendTaken tells the engine that so many bytes of input were taken.
func (c *Conn) SendTaken(n int) error {
	return c.Send(Taken, binary.BigEndian.AppendUint32(nil, uint32(n)))
}

// Count returns the number in a Taken frame.
func Count(data []byte) int {
	if len(data) != 4 {
		return 0
	}
	return int(binary.BigEndian.Uint32(data))
}

// Receive returns the next frame. It must not be called concurrently.
func (c *Conn) Receive() (Kind, []byte, error) {
	var head [5]byte
	if _, err := io.ReadFull(c.r, head[:]); err != nil {
		return 0, nil, err
	}
	n := binary.BigEndian.Uint32(head[1:])
	if n > maxFrame {
		return 0, nil, fmt.Errorf("a frame of %d bytes", n)
	}
	data := make([]byte, n)
	_, err := io.ReadFull(c.r, data)
	return Kind(head[0]), data, err
}

// Stream writes data as frames of one kind.
type Stream struct {
	Conn *Conn
	Kind Kind
}

// Write sends the data.
func (s Stream) Write(data []byte) (int, error) {
	for sent := 0; sent < len(data); {
		n := min(MaxData, len(data)-sent)
		if err := s.Conn.Send(s.Kind, data[sent:sent+n]); err != nil {
			return sent, err
		}
		sent += n
	}
	return len(data), nil
}
