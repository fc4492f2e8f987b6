package recording

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Line is a line that was entered at a shell's prompt, as the screen showed it.
type Line struct {
	At   time.Duration // since the start of the recording
	Text string        // the prompt and what was typed
}

// Lines returns the lines that were entered at a shell's prompt. A shell turns bracketed
// paste off when a line is entered, which shows where lines end.
func (r *Recording) Lines() []Line {
	var found []Line
	page := &page{width: max(r.Width, 1)}
	for _, event := range r.Events {
		page.emit = func(text string) { found = append(found, Line{At: event.At, Text: text}) }
		r.show(page, event)
	}
	return found
}

// show shows an event on a page.
func (r *Recording) show(page *page, event Event) {
	switch event.Kind {
	case Output:
		page.write(event.Data)
	case Resize:
		columns, _, _ := strings.Cut(event.Data, "x")
		if n, err := strconv.Atoi(columns); err == nil && n > 0 {
			page.width = n
		}
	}
}

// page emulates as much of a terminal as it takes to read a line that is being edited: the
// rows since the last newline, and the cursor.
type page struct {
	width     int
	rows      [][]rune
	row, col  int
	previous  string // the previous line
	prompt    bool   // a shell is waiting for a line
	alternate bool   // the alternate screen is shown
	partial   string // an incomplete control sequence
	emit      func(line string)
	// What a transcript needs; may be nil.
	feed  func(text string) // a row has ended with a newline
	leave func()            // a program has left the alternate screen
	up    func(rows int)    // the cursor moves to rows that have ended, to write them again
}

// maxSequence limits the length of a control sequence, in bytes.
const maxSequence = 4096

func (p *page) write(text string) {
	text = p.partial + text
	p.partial = ""
	for len(text) > 0 {
		if text[0] == '\x1b' {
			n := p.escape(text)
			if n == 0 {
				if len(text) < maxSequence {
					p.partial = text
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
	case p.alternate:
	case char == '\n':
		p.previous = p.text()
		if p.feed != nil {
			p.feed(p.previous)
		}
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

// maxRows limits the rows of one line: nobody types a longer one.
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

// escape executes the control sequence at the start of a text and returns its length, or 0
// if it is incomplete.
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
		p.alternate = true
	case arguments == "?1049" && final == 'l':
		if p.leave != nil && p.alternate {
			p.leave()
		}
		p.alternate, p.rows, p.row, p.col = false, nil, 0, 0
	case arguments == "?2004" && !p.alternate:
		if final == 'l' && p.prompt {
			p.enter()
		}
		p.prompt = final == 'h'
	case p.alternate:
	default:
		p.edit(final, arguments)
	}
}

// edit executes the control sequences that shells use to edit a line.
func (p *page) edit(final byte, arguments string) {
	n, err := strconv.Atoi(arguments)
	if err != nil || n < 1 {
		n = 1
	}
	n = min(n, p.width)
	line := p.line()
	switch final {
	case 'A':
		if p.up != nil && n > p.row {
			p.up(n - p.row)
		}
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

// enter emits the current line, or the previous one if the newline came first.
func (p *page) enter() {
	line := p.text()
	if line == "" {
		line = p.previous
	}
	if line != "" {
		p.emit(line)
	}
}
