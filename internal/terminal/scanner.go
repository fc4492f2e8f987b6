package terminal

// sequence is a control sequence, or a control character that shifts.
type sequence struct {
	kind  byte   // what follows the escape character; or the control character
	body  string // between that and the final byte
	final byte
}

const (
	escape   = 0x1b
	bell     = '\a'
	shiftOut = 0x0e
	shiftIn  = 0x0f
	cancel   = 0x18
	replace  = 0x1a
)

// longest is how much of a sequence is kept: what matters of one is short.
const longest = 128

// scanner finds control sequences in a stream, wherever that is cut.
type scanner struct {
	kind byte // 0: no sequence has begun; escape: it is not known which one
	body []byte
	last byte // of a text that an escape character may end
}

func (s *scanner) scan(b []byte, found func(sequence)) {
	for _, c := range b {
		s.next(c, found)
	}
}

func (s *scanner) next(c byte, found func(sequence)) {
	switch {
	case s.kind == 0:
		s.plain(c, found)
	case c == cancel || c == replace:
		s.kind = 0
	case s.text():
		s.inText(c, found)
	case c == escape:
		s.begin(escape)
	case s.kind == escape:
		s.opened(c, found)
	case s.kind != '[':
		s.end(c, found)
	case c >= 0x40 && c <= 0x7e:
		s.end(c, found)
	case c >= ' ':
		s.keep(c)
	}
}

func (s *scanner) plain(c byte, found func(sequence)) {
	switch c {
	case escape:
		s.begin(escape)
	case shiftIn, shiftOut:
		found(sequence{kind: c})
	}
}

func (s *scanner) begin(kind byte) { s.kind, s.body, s.last = kind, s.body[:0], 0 }

// opened takes the byte that says which sequence it is.
func (s *scanner) opened(c byte, found func(sequence)) {
	switch c {
	case '[', '(', ')', ']', 'P', 'X', '^', '_':
		s.begin(c)
	case '*', '+', '#', '%', ' ', '-', '.', '/':
		s.begin(c) // one byte follows, and nothing of it matters
	default:
		s.kind = 0
		found(sequence{kind: c})
	}
}

// text reports whether the sequence is one that a bell or a string terminator ends.
func (s *scanner) text() bool {
	switch s.kind {
	case ']', 'P', 'X', '^', '_':
		return true
	}
	return false
}

func (s *scanner) inText(c byte, found func(sequence)) {
	switch {
	case c == bell && s.kind == ']' || c == '\\' && s.last == escape:
		s.end(c, found)
	case s.last == escape: // it was broken off by another one
		s.begin(escape)
		s.opened(c, found)
	default:
		s.last = c
		if c != escape {
			s.keep(c)
		}
	}
}

func (s *scanner) keep(c byte) {
	if len(s.body) < longest {
		s.body = append(s.body, c)
	}
}

func (s *scanner) end(final byte, found func(sequence)) {
	one := sequence{kind: s.kind, body: string(s.body), final: final}
	s.kind = 0
	found(one)
}
