package recording

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"time"
)

// Recording is a recording that was read.
type Recording struct {
	Header
	Events []Event
}

// Event is something that happened at the terminal.
type Event struct {
	At   time.Duration // since the start
	Kind string
	Data string
}

// maxLine limits the length of a line, in bytes.
const maxLine = 4 << 20

// Open reads a recording from a file.
func Open(path string) (*Recording, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return Read(file)
}

// Read reads a recording. It ignores an incomplete last line.
func Read(in io.Reader) (*Recording, error) {
	lines := bufio.NewScanner(io.LimitReader(in, 2*Limit))
	lines.Buffer(nil, maxLine)
	if !lines.Scan() {
		return nil, errors.Join(errors.New("the recording is empty"), lines.Err())
	}
	r := &Recording{}
	if err := json.Unmarshal(lines.Bytes(), &r.Header); err != nil {
		return nil, fmt.Errorf("not a recording: %w", err)
	}
	if r.Version != 2 {
		return nil, fmt.Errorf("the recording has version %d; only version 2 can be read", r.Version)
	}
	for lines.Scan() {
		event, err := parse(lines.Bytes())
		if err != nil {
			if lines.Scan() {
				return nil, fmt.Errorf("line %d is not an event: %w", len(r.Events)+2, err)
			}
			break
		}
		r.Events = append(r.Events, event)
	}
	return r, lines.Err()
}

func parse(line []byte) (Event, error) {
	var fields []json.RawMessage
	if err := json.Unmarshal(line, &fields); err != nil {
		return Event{}, err
	}
	if len(fields) != 3 {
		return Event{}, fmt.Errorf("it has %d fields", len(fields))
	}
	var seconds float64
	var event Event
	err := errors.Join(json.Unmarshal(fields[0], &seconds), json.Unmarshal(fields[1], &event.Kind), json.Unmarshal(fields[2], &event.Data))
	if err == nil && (seconds < 0 || seconds > math.MaxInt32) {
		err = fmt.Errorf("it is at %g seconds", seconds)
	}
	event.At = time.Duration(seconds * float64(time.Second))
	return event, err
}
