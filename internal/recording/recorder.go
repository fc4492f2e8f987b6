// Package recording records what a terminal shows, in asciicast version 2. The format is a
// file of lines, so that an interrupted recording can be read up to its last complete line.
//
// It records the screen, not the keys, so a password that is not echoed is not recorded.
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

// Limit is the maximum size of a recording, in bytes. A recording that reaches it ends, and
// its last line says so; the terminal keeps working.
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
	Resize = "r" // the data is COLUMNSxROWS
	Marker = "m" // the data names a check
)

// Recorder writes what a terminal shows to a file. It is safe for concurrent use. Its
// methods report no errors; Close returns the first one.
type Recorder struct {
	mu    sync.Mutex
	file  *os.File
	now   func() time.Time
	began time.Time
	last  time.Duration
	size  int64
	limit int64
	tail  []byte // an incomplete character
	err   error  // why the recording ended
}

var errFull = errors.New("the recording has reached its limit")

// Create starts a recording in a new file that only its owner can read. It creates the
// folder if necessary, and fails if the file exists.
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

// Output records bytes that were written to the screen. It buffers an incomplete character
// until the rest arrives.
func (r *Recorder) Output(b []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	b = append(r.tail, b...)
	whole := len(b) - incomplete(b)
	r.tail = append([]byte(nil), b[whole:]...)
	if whole > 0 {
		r.event(Output, string(b[:whole]))
	}
}

// incomplete returns the number of bytes at the end that start an incomplete character.
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

// Input does nothing, because keys are not recorded.
func (r *Recorder) Input() {}

// Mark records a marker that playback can skip to.
func (r *Recorder) Mark(text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.event(Marker, text)
}

// Close ends the recording. If it ended early, Close returns the reason: see [Full].
func (r *Recorder) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.tail) > 0 {
		r.event(Output, string(r.tail))
	}
	err := errors.Join(r.err, r.file.Close())
	r.err = os.ErrClosed
	return err
}

// Full reports whether an error from Close means that the recording reached its limit.
func Full(err error) bool { return errors.Is(err, errFull) }

func (r *Recorder) event(kind, data string) {
	// Times never decrease, even if the clock is set back.
	r.last = max(r.last, r.now().Sub(r.began))
	r.line([]any{json.Number(fmt.Sprintf("%.6f", r.last.Seconds())), kind, data})
}

// room is the number of bytes reserved for the last line.
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
			fmt.Sprintf("\r\n[The recording ends here: it has reached its limit of %d MiB.]\r\n", r.limit>>20),
		})
		r.err = errFull
	}
	n, err := r.file.Write(append(text, '\n'))
	if err != nil {
		// On a full disk, part of the line may have been written: remove it.
		r.err = errors.Join(err, r.file.Truncate(r.size), r.err)
		return
	}
	r.size += int64(n)
}
