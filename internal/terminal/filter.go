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
// shell that did not ask they are a move of the cursor.
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
	f.held = append(f.held, b...)
	for {
		i := bytes.IndexByte(f.held, requestStart[0])
		if i < 0 {
			i = len(f.held)
		}
		if err := f.release(i); err != nil {
			return err
		}
		verb, length, state := parseRequest(f.held)
		switch state {
		case incomplete:
			return nil
		case request:
			f.held = f.held[length:]
			f.ask(verb)
		case other:
			if err := f.release(1); err != nil {
				return err
			}
		}
	}
}

// release lets the first n held bytes through.
func (f *filter) release(n int) error {
	if n == 0 {
		return nil
	}
	err := f.out(f.held[:n])
	f.held = append(f.held[:0], f.held[n:]...)
	return err
}

// flush lets through what was held back, at the end of the stream.
func (f *filter) flush() error { return f.release(len(f.held)) }

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
