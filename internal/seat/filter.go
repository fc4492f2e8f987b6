package seat

import "bytes"

// An in-lab command makes a request with an operating system command (OSC) that no
// terminal knows, so nothing shows where no seat is attached. See internal/workspace.
const (
	requestStart = "\x1b]1701;endstate;"
	requestEnd   = '\a'
	maxVerb      = 16
)

// acknowledge is sent to the command twice: when its request is understood, and when
// the answer has ended. Ctrl-C takes the place of the second if that ended the answer.
// A shell that did not ask takes it for a cursor movement (Ctrl-F).
const acknowledge = 0x06

// filter removes requests from a stream of output. It holds back only bytes that may
// be the beginning of a request.
type filter struct {
	pending []byte
	request func(verb string) error
	out     func([]byte) error
}

// write takes the next bytes of output. It returns the first error of out or request.
func (f *filter) write(b []byte) error {
	b = append(f.pending, b...)
	f.pending = nil
	start := 0 // what out has not received yet
	for i := 0; i < len(b); {
		verb, length, match := parseRequest(b[i:])
		switch match {
		case noMatch:
			i++
			if next := bytes.IndexByte(b[i:], requestStart[0]); next >= 0 {
				i += next
			} else {
				i = len(b)
			}
		case partialMatch:
			f.pending = b[i:]
			return f.show(b[start:i])
		case fullMatch:
			if err := f.show(b[start:i]); err != nil {
				return err
			}
			if err := f.request(verb); err != nil {
				return err
			}
			i += length
			start = i
		}
	}
	return f.show(b[start:])
}

func (f *filter) show(b []byte) error {
	if len(b) == 0 {
		return nil
	}
	return f.out(b)
}

// flush passes on what is pending, at the end of the stream.
func (f *filter) flush() error { return f.show(f.pending) }

type match int

const (
	noMatch match = iota
	partialMatch
	fullMatch
)

// parseRequest reports whether b begins with a request, and returns its verb and its
// length in bytes.
func parseRequest(b []byte) (verb string, length int, found match) {
	n := min(len(b), len(requestStart))
	if string(b[:n]) != requestStart[:n] {
		return "", 0, noMatch
	}
	if n < len(requestStart) {
		return "", 0, partialMatch
	}
	for i, c := range b[n:] {
		switch {
		case c == requestEnd && i > 0:
			return string(b[n : n+i]), n + i + 1, fullMatch
		case c < 'a' || c > 'z' || i >= maxVerb:
			return "", 0, noMatch
		}
	}
	return "", 0, partialMatch
}
