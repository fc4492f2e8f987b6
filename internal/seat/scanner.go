package seat

// sequence is a control sequence, or one of the control characters SI and SO.
type sequence struct {
	kind  byte   // the byte after ESC, or the control character
	body  string // the bytes in between
	final byte
}

const (
	escape     = 0x1b
	bell       = '\a'
	shiftOut   = 0x0e // SO
	shiftIn    = 0x0f // SI
	cancel     = 0x18 // CAN, which cancels a sequence
	substitute = 0x1a // SUB, which does so, too
)

// maxBody limits the bytes of a body that are stored. Bodies that change a mode are short.
const maxBody = 128

// scanner finds control sequences in a stream that may be split anywhere.
type scanner struct {
	kind byte // the kind of the current sequence; 0 if there is none, escape if not known yet
	body []byte
	last byte // the last byte of a control string was ESC, which may begin its terminator
}

func (s *scanner) scan(b []byte, found func(sequence)) {
	for _, c := range b {
		s.next(c, found)
	}
}

func (s *scanner) next(c byte, found func(sequence)) {
	switch {
	case s.kind == 0:
		s.text(c, found)
	case c == cancel || c == substitute:
		s.kind = 0
	case s.inString():
		s.stringByte(c, found)
	case c == escape:
		s.begin(escape)
	case s.kind == escape:
		s.afterEscape(c, found)
	case s.kind != '[':
		s.end(c, found)
	case c >= 0x40 && c <= 0x7e:
		s.end(c, found)
	case c >= ' ':
		s.keep(c)
	}
}

func (s *scanner) text(c byte, found func(sequence)) {
	switch c {
	case escape:
		s.begin(escape)
	case shiftIn, shiftOut:
		found(sequence{kind: c})
	}
}

func (s *scanner) begin(kind byte) { s.kind, s.body, s.last = kind, s.body[:0], 0 }

// afterEscape handles the byte that determines the kind of sequence.
func (s *scanner) afterEscape(c byte, found func(sequence)) {
	switch c {
	case '[', '(', ')', ']', 'P', 'X', '^', '_':
		s.begin(c)
	case '*', '+', '#', '%', ' ', '-', '.', '/':
		s.begin(c) // one more byte, and not a mode that is tracked
	default:
		s.kind = 0
		found(sequence{kind: c})
	}
}

// inString reports whether the sequence is a control string, which ST or BEL ends.
func (s *scanner) inString() bool {
	switch s.kind {
	case ']', 'P', 'X', '^', '_':
		return true
	}
	return false
}

func (s *scanner) stringByte(c byte, found func(sequence)) {
	switch {
	case c == bell && s.kind == ']' || c == '\\' && s.last == escape:
		s.end(c, found)
	case s.last == escape: // another sequence cancels the string
		s.begin(escape)
		s.afterEscape(c, found)
	default:
		s.last = c
		if c != escape {
			s.keep(c)
		}
	}
}

func (s *scanner) keep(c byte) {
	if len(s.body) < maxBody {
		s.body = append(s.body, c)
	}
}

func (s *scanner) end(final byte, found func(sequence)) {
	one := sequence{kind: s.kind, body: string(s.body), final: final}
	s.kind = 0
	found(one)
}
