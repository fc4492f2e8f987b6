package seat

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// tracker follows what programs change on a terminal, so that it can be undone. It undoes
// nothing that no program has touched: the learner may want that as it is.
type tracker struct {
	scanner scanner
	undo    map[string]string // what was changed → the sequence that undoes it
	titles  int               // titles that programs have pushed and not popped
	keys    int               // levels of the kitty keyboard protocol, likewise
}

// mode is a mode of a terminal that is either set or reset.
type mode struct {
	name    string
	number  string // starts with ? if it is a private mode
	initial bool   // whether terminals start with it on
}

// modes are the modes that are undone, from ECMA-48, DEC and xterm.
var modes = []mode{
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
	{"mouse in urxvt", "?1015", false},
	{"mouse in pixels", "?1016", false},
	{"cursor", "?25", true},
	{"reverse wrap", "?45", false},
	{"application keypad", "?66", false},
	{"side margins", "?69", false},
	{"bracketed paste", "?2004", false},
	{"synchronized output", "?2026", false},
	{"colour scheme reports", "?2031", false},
	{"size reports", "?2048", false},
}

// Other things that are undone, and the names of modes that need care.
const (
	altScreen     = "alternate screen"
	origin        = "origin"
	syncOutput    = "synchronized output"
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

// first lists what is undone first, in this order, because the rest applies to the main
// screen.
var first = []string{syncOutput, altScreen, origin, scrollRegion}

// track follows bytes that are written to the screen.
func (t *tracker) track(b []byte) {
	if t.undo == nil {
		t.undo = map[string]string{}
	}
	t.scanner.scan(b, t.apply)
}

// note stores the sequence that undoes a change, or drops it if the change is undone.
func (t *tracker) note(name, undo string, differs bool) {
	if differs {
		t.undo[name] = undo
	} else {
		delete(t.undo, name)
	}
}

// restore returns the sequences that undo all changes, and forgets the changes.
func (t *tracker) restore() string {
	var out strings.Builder
	for _, name := range first {
		out.WriteString(t.undo[name])
		delete(t.undo, name)
	}
	for _, name := range slices.Sorted(maps.Keys(t.undo)) {
		out.WriteString(t.undo[name])
	}
	if t.keys > 0 {
		fmt.Fprintf(&out, "\x1b[<%du", t.keys)
	}
	out.WriteString(strings.Repeat(popTitle, t.titles))
	*t = tracker{}
	return out.String()
}

// apply records what a control sequence changes.
func (t *tracker) apply(s sequence) {
	switch s.kind {
	case '[':
		t.control(s)
	case ']':
		t.system(s.body)
	default:
		t.escape(s)
	}
}

func (t *tracker) control(s sequence) {
	private := strings.HasPrefix(s.body, "?")
	arguments := strings.TrimLeft(s.body, "?<=>")
	switch final := s.final; {
	case (final == 'h' || final == 'l') && (private || s.body == arguments) || final == 'r' && private:
		for number := range strings.SplitSeq(arguments, ";") {
			t.setMode(strings.Repeat("?", len(s.body)-len(arguments))+number, final)
		}
	case final == 'r':
		t.note(scrollRegion, "\x1b7\x1b[r\x1b8", s.body != "")
	case final == 'm' && s.body == arguments:
		t.note(colours, "\x1b[0m", strings.Trim(s.body, "0;") != "")
	case final == 'm' && strings.HasPrefix(s.body, ">4"):
		t.note(modifiedKeys, "\x1b[>4m", strings.Trim(s.body, ">;0") != "4")
	case final == 'q' && strings.HasSuffix(s.body, " "):
		t.note(cursorStyle, "\x1b[0 q", strings.Trim(s.body, "0 ") != "")
	case final == 't' && (s.body == "22" || strings.HasPrefix(s.body, "22;")):
		t.titles = min(t.titles+1, maxPushed)
	case final == 't' && (s.body == "23" || strings.HasPrefix(s.body, "23;")):
		t.titles = max(0, t.titles-1)
	case final == 'u':
		t.kitty(s.body)
	}
}

// maxPushed limits how many titles and key levels are tracked. Terminals don't keep more.
const maxPushed = 10

// setMode records that a mode was set (h), reset (l), or restored from its saved value (r).
func (t *tracker) setMode(number string, final byte) {
	switch number {
	case "?47", "?1047", "?1049":
		t.note(altScreen, "\x1b["+number+"l", final != 'l')
		return
	}
	for _, mode := range modes {
		if mode.number != number {
			continue
		}
		initial := byte('l')
		if mode.initial {
			initial = 'h'
		}
		undo := fmt.Sprintf("\x1b[%s%c", number, initial)
		if mode.name == origin {
			undo += "\x1b[999;1H" // because undoing it moves the cursor to the top
		}
		t.note(mode.name, undo, final != initial)
	}
}

// kitty follows the kitty keyboard protocol, which keeps a stack of levels.
func (t *tracker) kitty(body string) {
	if body == "" {
		return
	}
	n, err := strconv.Atoi(body[1:])
	switch body[0] {
	case '>':
		t.keys = min(t.keys+1, maxPushed)
	case '<':
		if err != nil {
			n = 1
		}
		t.keys = max(0, t.keys-n)
	case '=':
		t.note(kittyKeys, "\x1b[=0u", !strings.HasPrefix(body, "=0"))
	}
}

// system records what an operating system command changes.
func (t *tracker) system(body string) {
	number, rest, _ := strings.Cut(body, ";")
	query := strings.HasSuffix(rest, "?")
	switch number {
	case "4", "104":
		t.note(palette, "\x1b]104\a", number == "4" && !query)
	case "8":
		t.note(link, "\x1b]8;;\a", !strings.HasSuffix(rest, ";"))
	case "10", "110":
		t.note(textColour, "\x1b]110\a", number == "10" && !query)
	case "11", "111":
		t.note(backColour, "\x1b]111\a", number == "11" && !query)
	case "12", "112":
		t.note(cursorColour, "\x1b]112\a", number == "12" && !query)
	}
}

// escape records what a short sequence or a control character changes.
func (t *tracker) escape(s sequence) {
	switch {
	case s.kind == shiftOut || s.kind == 'n' || s.kind == 'o':
		t.note(shift, string(rune(shiftIn)), true)
	case s.kind == shiftIn:
		t.note(shift, "", false)
	case s.kind == '(':
		t.note(firstSet, "\x1b(B", s.final != 'B')
	case s.kind == ')':
		t.note(secondSet, "\x1b)B", s.final != 'B')
	case s.kind == '=' || s.kind == '>':
		t.note(keypad, "\x1b>", s.kind == '=')
	case s.kind == resetTerminal[1]:
		t.undo, t.keys = map[string]string{}, 0
	}
}

// trackedScreen is a screen whose changes a tracker follows.
type trackedScreen struct {
	screen  io.Writer
	tracker *tracker
}

func (s trackedScreen) Write(b []byte) (int, error) {
	n, err := s.screen.Write(b)
	s.tracker.track(b[:n])
	return n, err
}
