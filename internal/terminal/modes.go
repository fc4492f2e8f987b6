package terminal

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// modes follows what programs do to a terminal, to undo what they leave. What they did not
// touch is not touched: it may be as its owner wants it.
type modes struct {
	scanner scanner
	changed map[string]string // aspect → what undoes it
	titles  int               // pushed by programs, and not popped
	keys    int               // levels of the kitty keyboard protocol, likewise
}

// aspect is something of a terminal that a mode changes.
type aspect struct {
	name  string
	mode  string // its number, with ? if it is private
	usual bool   // how terminals have it when they begin
}

// aspects are the modes that are undone: ECMA-48's, DEC's and xterm's.
var aspects = []aspect{
	{"keyboard lock", "2", false},
	{"insert", "4", false},
	{"local echo", "12", true},
	{"new line", "20", false},
	{"cursor keys", "?1", false},
	{"columns", "?3", false},
	{"reverse screen", "?5", false},
	{"origin", "?6", false},
	{"wrap", "?7", true},
	{"repeated keys", "?8", true},
	{"mouse", "?9", false},
	{"mouse clicks", "?1000", false},
	{"mouse highlight", "?1001", false},
	{"mouse drags", "?1002", false},
	{"mouse moves", "?1003", false},
	{"focus events", "?1004", false},
	{"mouse in UTF-8", "?1005", false},
	{"mouse in SGR", "?1006", false},
	{"mouse in urxvt's way", "?1015", false},
	{"mouse in pixels", "?1016", false},
	{"cursor", "?25", true},
	{"reverse wrap", "?45", false},
	{"keypad by its mode", "?66", false},
	{"side margins", "?69", false},
	{"bracketed paste", "?2004", false},
	{"held screen", "?2026", false},
	{"colour scheme reports", "?2031", false},
	{"size reports", "?2048", false},
}

// What is no mode.
const (
	otherScreen   = "other screen"
	origin        = "origin"
	heldScreen    = "held screen"
	scrollRegion  = "scroll region"
	keypad        = "keypad"
	firstSet      = "character set"
	secondSet     = "second character set"
	shift         = "shift to another character set"
	cursorStyle   = "cursor style"
	colours       = "colours"
	link          = "link"
	palette       = "palette"
	textColour    = "text colour"
	backColour    = "background colour"
	cursorColour  = "cursor colour"
	modifiedKeys  = "modified keys"
	kittyKeys     = "kitty keys"
	pushTitle     = "\x1b[22;0t"
	popTitle      = "\x1b[23;0t"
	resetTerminal = "\x1bc"
)

// first is what is undone before all else, in this order: what comes after it is for the
// screen that was there before.
var first = []string{heldScreen, otherScreen, origin, scrollRegion}

// Write follows bytes that come to the screen.
func (m *modes) Write(b []byte) (int, error) {
	if m.changed == nil {
		m.changed = map[string]string{}
	}
	m.scanner.scan(b, m.obey)
	return len(b), nil
}

// note keeps what undoes a change, or that it is undone.
func (m *modes) note(name, undo string, changed bool) {
	if changed {
		m.changed[name] = undo
	} else {
		delete(m.changed, name)
	}
}

// restore returns what undoes all that programs changed, and forgets it. It is empty if
// all is as it was.
func (m *modes) restore() string {
	var out strings.Builder
	for _, name := range first {
		out.WriteString(m.changed[name])
		delete(m.changed, name)
	}
	for _, name := range slices.Sorted(maps.Keys(m.changed)) {
		out.WriteString(m.changed[name])
	}
	if m.keys > 0 {
		fmt.Fprintf(&out, "\x1b[<%du", m.keys)
	}
	out.WriteString(strings.Repeat(popTitle, m.titles))
	*m = modes{}
	return out.String()
}

// obey notes what a control sequence changes.
func (m *modes) obey(s sequence) {
	switch s.kind {
	case '[':
		m.control(s)
	case ']':
		m.system(s.body)
	default:
		m.escape(s)
	}
}

func (m *modes) control(s sequence) {
	private := strings.HasPrefix(s.body, "?")
	arguments := strings.TrimLeft(s.body, "?<=>")
	switch final := s.final; {
	case (final == 'h' || final == 'l') && (private || s.body == arguments) || final == 'r' && private:
		for number := range strings.SplitSeq(arguments, ";") {
			m.mode(strings.Repeat("?", len(s.body)-len(arguments))+number, final)
		}
	case final == 'r':
		m.note(scrollRegion, "\x1b7\x1b[r\x1b8", s.body != "")
	case final == 'm' && s.body == arguments:
		m.note(colours, "\x1b[0m", strings.Trim(s.body, "0;") != "")
	case final == 'm' && strings.HasPrefix(s.body, ">4"):
		m.note(modifiedKeys, "\x1b[>4m", strings.Trim(s.body, ">;0") != "4")
	case final == 'q' && strings.HasSuffix(s.body, " "):
		m.note(cursorStyle, "\x1b[0 q", strings.Trim(s.body, "0 ") != "")
	case final == 't' && (s.body == "22" || strings.HasPrefix(s.body, "22;")):
		m.titles = min(m.titles+1, maxPushed)
	case final == 't' && (s.body == "23" || strings.HasPrefix(s.body, "23;")):
		m.titles = max(0, m.titles-1)
	case final == 'u':
		m.kitty(s.body)
	}
}

// maxPushed is how many titles and levels of keys terminals keep, and a bound.
const maxPushed = 10

// mode notes that a mode was set (h), reset (l), or put back to what was saved (r).
func (m *modes) mode(number string, final byte) {
	switch number {
	case "?47", "?1047", "?1049":
		m.note(otherScreen, "\x1b["+number+"l", final != 'l')
		return
	}
	for _, a := range aspects {
		if a.mode != number {
			continue
		}
		back := byte('l')
		if a.usual {
			back = 'h'
		}
		undo := fmt.Sprintf("\x1b[%s%c", number, back)
		if a.name == origin {
			undo += "\x1b[999;1H" // which is at the top after it
		}
		m.note(a.name, undo, final != back)
	}
}

// kitty follows the keyboard protocol of kitty, which keeps a stack.
func (m *modes) kitty(body string) {
	if body == "" {
		return
	}
	n, err := strconv.Atoi(body[1:])
	switch body[0] {
	case '>':
		m.keys = min(m.keys+1, maxPushed)
	case '<':
		if err != nil {
			n = 1
		}
		m.keys = max(0, m.keys-n)
	case '=':
		m.note(kittyKeys, "\x1b[=0u", !strings.HasPrefix(body, "=0"))
	}
}

// system notes what an operating system command changes.
func (m *modes) system(body string) {
	number, rest, _ := strings.Cut(body, ";")
	asks := strings.HasSuffix(rest, "?")
	switch number {
	case "4", "104":
		m.note(palette, "\x1b]104\a", number == "4" && !asks)
	case "8":
		m.note(link, "\x1b]8;;\a", !strings.HasSuffix(rest, ";"))
	case "10", "110":
		m.note(textColour, "\x1b]110\a", number == "10" && !asks)
	case "11", "111":
		m.note(backColour, "\x1b]111\a", number == "11" && !asks)
	case "12", "112":
		m.note(cursorColour, "\x1b]112\a", number == "12" && !asks)
	}
}

// escape notes what a short sequence or a control character changes.
func (m *modes) escape(s sequence) {
	switch {
	case s.kind == shiftOut || s.kind == 'n' || s.kind == 'o':
		m.note(shift, string(rune(shiftIn)), true)
	case s.kind == shiftIn:
		m.note(shift, "", false)
	case s.kind == '(':
		m.note(firstSet, "\x1b(B", s.final != 'B')
	case s.kind == ')':
		m.note(secondSet, "\x1b)B", s.final != 'B')
	case s.kind == '=' || s.kind == '>':
		m.note(keypad, "\x1b>", s.kind == '=')
	case s.kind == resetTerminal[1]:
		m.changed, m.keys = map[string]string{}, 0
	}
}

// followed is a terminal's screen whose modes are followed.
type followed struct {
	io.Writer
	modes *modes
}

func (f followed) Write(b []byte) (int, error) {
	n, err := f.Writer.Write(b)
	_, _ = f.modes.Write(b[:n])
	return n, err
}
