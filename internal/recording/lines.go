package recording

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Entered is a line that was entered at a shell's prompt, as the screen showed it.
type Entered struct {
	At   time.Duration
	Text string // the prompt and what was typed
}

// Lines returns the lines that were entered at a shell's prompt. A shell tells the
// terminal that a line is entered: until then, what is pasted is put in brackets.
func (r *Recording) Lines() []Entered {
	var found []Entered
	page := &page{width: max(r.Width, 1)}
	for _, event := range r.Events {
		switch event.Kind {
		case Output:
			page.entered = func(text string) { found = append(found, Entered{At: event.At, Text: text}) }
			page.write(event.Data)
		case Resize:
			columns, _, _ := strings.Cut(event.Data, "x")
			if n, err := strconv.Atoi(columns); err == nil && n > 0 {
				page.width = n
			}
		}
	}
	return found
}

// page is as much of a terminal as it takes to read a line that is being edited: rows
// since the last line end, and a cursor in them.
type page struct {
	width    int
	rows     [][]rune
	row, col int
	before   string // the line before
	prompted bool   // a shell waits for a line
	away     bool   // the other screen is shown
	held     string // a control sequence that is not whole yet
	entered  func(text string)
}

// maxHeld bounds what may be a control sequence.
const maxHeld = 4096

func (p *page) write(text string) {
	text = p.held + text
	p.held = ""
	for len(text) > 0 {
		if text[0] == '\x1b' {
			n := p.escape(text)
			if n == 0 {
				if len(text) < maxHeld {
					p.held = text
					return
				}
				n = 1
			}
			text = text[n:]
			continue
		}
		char, size := utf8.DecodeRuneInString(text)
		p.put(char)
		text = text[size:]
	}
}

func (p *page) put(char rune) {
	switch {
	case p.away:
	case char == '\n':
		p.before = p.text()
		p.rows, p.row, p.col = nil, 0, 0
	case char == '\r':
		p.col = 0
	case char == '\b':
		p.col = max(0, p.col-1)
	case char >= ' ' && char != 0x7f:
		if p.col >= p.width {
			p.row, p.col = p.row+1, 0
		}
		line := p.line()
		*line = pad(*line, p.col+1)
		(*line)[p.col] = char
		p.col++
	}
}

// maxRows bounds the rows of one line: what is longer is no line that was typed.
const maxRows = 200

func (p *page) line() *[]rune {
	p.row = min(p.row, maxRows)
	for len(p.rows) <= p.row {
		p.rows = append(p.rows, nil)
	}
	return &p.rows[p.row]
}

func pad(line []rune, n int) []rune {
	for len(line) < n {
		line = append(line, ' ')
	}
	return line
}

// escape obeys a control sequence at the beginning of a text and returns its length;
// 0 if it is not whole.
func (p *page) escape(text string) int {
	if len(text) < 2 {
		return 0
	}
	switch text[1] {
	case '[':
		for i := 2; i < len(text); i++ {
			if c := text[i]; c >= 0x40 && c <= 0x7e {
				p.control(c, text[2:i])
				return i + 1
			}
		}
		return 0
	case ']', 'P', '_', '^':
		for i := 2; i < len(text); i++ {
			if text[i] == '\a' {
				return i + 1
			}
			if text[i] == '\\' && text[i-1] == '\x1b' {
				return i + 1
			}
		}
		return 0
	case '(', ')':
		return min(3, len(text))
	}
	return 2
}

func (p *page) control(final byte, arguments string) {
	switch {
	case arguments == "?1049" && final == 'h':
		p.away = true
	case arguments == "?1049" && final == 'l':
		p.away, p.rows, p.row, p.col = false, nil, 0, 0
	case arguments == "?2004" && !p.away:
		if final == 'l' && p.prompted {
			p.enter()
		}
		p.prompted = final == 'h'
	case p.away:
	default:
		p.edit(final, arguments)
	}
}

// edit obeys what shells use to edit a line.
func (p *page) edit(final byte, arguments string) {
	n, err := strconv.Atoi(arguments)
	if err != nil || n < 1 {
		n = 1
	}
	n = min(n, p.width)
	line := p.line()
	switch final {
	case 'A':
		p.row = max(0, p.row-n)
	case 'B':
		p.row = min(p.row+n, maxRows)
	case 'C':
		p.col = min(p.col+n, p.width)
	case 'D':
		p.col = max(0, p.col-n)
	case 'G':
		p.col = n - 1
	case 'K':
		if arguments == "" || arguments == "0" {
			*line = (*line)[:min(p.col, len(*line))]
			p.rows = p.rows[:p.row+1]
		}
	case 'J':
		*line = (*line)[:min(p.col, len(*line))]
		p.rows = p.rows[:p.row+1]
	case 'P':
		if p.col < len(*line) {
			*line = append((*line)[:p.col], (*line)[min(p.col+n, len(*line)):]...)
		}
	case '@':
		if p.col < len(*line) {
			*line = append((*line)[:p.col:p.col], append([]rune(strings.Repeat(" ", n)), (*line)[p.col:]...)...)
		}
	}
}

func (p *page) text() string {
	var text strings.Builder
	for _, row := range p.rows {
		text.WriteString(string(row))
	}
	return strings.TrimRight(text.String(), " ")
}

// enter has a line entered: this one, or that before if the line end came already.
func (p *page) enter() {
	line := p.text()
	if line == "" {
		line = p.before
	}
	if line != "" {
		p.entered(line)
	}
}
