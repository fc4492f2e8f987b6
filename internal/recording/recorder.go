// Package recording keeps what a terminal showed, as asciicast version 2: a file of
// lines, so that one that was cut off is whole up to its last line.
//
// What is typed is not recorded, only what came to the screen: a password that does
// not show is not kept.
package recording

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"
	"unicode/utf8"
)

// Limit is how many bytes a recording takes at most. One that gets there ends, and
// says so in its last line; the terminal goes on.
const Limit = 16 << 20

// Header is the first line of a recording.
type Header struct {
	Version   int               `json:"version"`
	Width     int               `json:"width"`
	Height    int               `json:"height"`
	Timestamp int64             `json:"timestamp"` // seconds since 1970
	Title     string            `json:"title,omitempty"`
	Env       map[string]string `json:"env,omitempty"`
}

// Kinds of events.
const (
	Output = "o"
	Resize = "r" // to COLUMNSxROWS
	Marker = "m" // a check
)

// Recorder writes what a terminal shows to a file. Its methods may be called from
// several goroutines; none of them fails: what went wrong is told by Close.
type Recorder struct {
	mu    sync.Mutex
	file  *os.File
	now   func() time.Time
	began time.Time
	last  time.Duration
	size  int64
	limit int64
	held  []byte // the beginning of a character
	err   error  // why nothing is recorded any more
}

var errFull = errors.New("the recording has reached its limit")

// Create begins a recording in a new file, which only its owner can read.
func Create(path string, width, height int, title, term string, now func() time.Time) (*Recorder, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	r := &Recorder{file: file, now: now, began: now(), limit: Limit}
	head := Header{Version: 2, Width: width, Height: height, Timestamp: r.began.Unix(), Title: title, Env: map[string]string{"TERM": term}}
	r.line(head)
	if r.err != nil {
		return nil, errors.Join(r.err, file.Close(), os.Remove(path))
	}
	return r, nil
}

// Output records bytes that were written to the screen. A character that is not
// complete yet waits for its rest.
func (r *Recorder) Output(b []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	b = append(r.held, b...)
	whole := len(b) - incomplete(b)
	r.held = append([]byte(nil), b[whole:]...)
	if whole > 0 {
		r.event(Output, string(b[:whole]))
	}
}

// incomplete returns how many bytes at the end are the beginning of a character.
func incomplete(b []byte) int {
	for n := 1; n < utf8.UTFMax && n <= len(b); n++ {
		tail := b[len(b)-n:]
		if utf8.RuneStart(tail[0]) {
			if utf8.FullRune(tail) {
				return 0
			}
			return n
		}
	}
	return 0
}

// Resize records the new size of the screen.
func (r *Recorder) Resize(columns, rows int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.event(Resize, fmt.Sprintf("%dx%d", columns, rows))
}

// Input records nothing: keys are not kept.
func (r *Recorder) Input() {}

// Mark records a place to come back to.
func (r *Recorder) Mark(text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.event(Marker, text)
}

// Close ends the recording, and tells why it ended before, if it did.
func (r *Recorder) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.held) > 0 {
		r.event(Output, string(r.held))
	}
	err := errors.Join(r.err, r.file.Close())
	r.err = os.ErrClosed
	return err
}

// Full reports whether an error of Close says that the limit was reached.
func Full(err error) bool { return errors.Is(err, errFull) }

func (r *Recorder) event(kind, data string) {
	// A clock that is put back does not turn time back.
	r.last = max(r.last, r.now().Sub(r.began))
	r.line([]any{json.Number(fmt.Sprintf("%.6f", r.last.Seconds())), kind, data})
}

// room is kept for the last line.
const room = 256

func (r *Recorder) line(value any) {
	if r.err != nil {
		return
	}
	text, err := json.Marshal(value)
	if err != nil {
		r.err = err
		return
	}
	if r.size+int64(len(text))+1 > r.limit-room {
		text, _ = json.Marshal([]any{
			json.Number(fmt.Sprintf("%.6f", r.last.Seconds())), Output,
			fmt.Sprintf("\r\n[The recording ends here: it has reached %d MiB.]\r\n", r.limit>>20),
		})
		r.err = errFull
	}
	n, err := r.file.Write(append(text, '\n'))
	if err != nil {
		// On a full disk a part of the line may be there: it ends with the line before.
		r.err = errors.Join(err, r.file.Truncate(r.size), r.err)
		return
	}
	r.size += int64(n)
}
