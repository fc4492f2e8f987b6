package terminal

import "bytes"

// A lab's command writes a request: an operating system command that no terminal
// knows, so that nothing shows where no client is attached.
const (
	requestStart = "\x1b]1701;endstate;"
	requestEnd   = '\a'
	maxVerb      = 16
)

// The bytes with which the client answers a request: understood, and done. To a
// shell that did not ask they are a move of the cursor. An answer that Ctrl-C ended
// is done with that.
const acknowledge = 0x06

// filter takes requests out of a stream of output. It holds back no more than the
// beginning of what may become a request.
type filter struct {
	held []byte
	ask  func(verb string)
	out  func([]byte) error
}

// write takes the next bytes of output. Requests are asked in their place.
func (f *filter) write(b []byte) error {
	b = append(f.held, b...)
	f.held = nil
	shown := 0
	for i := 0; i < len(b); {
		verb, length, state := parseRequest(b[i:])
		switch state {
		case other:
			i++
			if next := bytes.IndexByte(b[i:], requestStart[0]); next >= 0 {
				i += next
			} else {
				i = len(b)
			}
		case incomplete:
			f.held = b[i:]
			return f.show(b[shown:i])
		case request:
			if err := f.show(b[shown:i]); err != nil {
				return err
			}
			f.ask(verb)
			i += length
			shown = i
		}
	}
	return f.show(b[shown:])
}

func (f *filter) show(b []byte) error {
	if len(b) == 0 {
		return nil
	}
	return f.out(b)
}

// flush lets through what was held back, at the end of the stream.
func (f *filter) flush() error { return f.show(f.held) }

type state int

const (
	incomplete state = iota // may become a request
	request
	other
)

// parseRequest tells whether bytes begin with a request, and how long that is.
func parseRequest(b []byte) (verb string, length int, found state) {
	n := min(len(b), len(requestStart))
	if string(b[:n]) != requestStart[:n] {
		return "", 0, other
	}
	if n < len(requestStart) {
		return "", 0, incomplete
	}
	for i, c := range b[n:] {
		switch {
		case c == requestEnd && i > 0:
			return string(b[n : n+i]), n + i + 1, request
		case c < 'a' || c > 'z' || i >= maxVerb:
			return "", 0, other
		}
	}
	return "", 0, incomplete
}
