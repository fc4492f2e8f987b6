package seat

import (
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"
)

// History is the end of what a terminal has shown.
type History struct {
	Columns, Rows int
	output        []byte
}

// maxSize limits the columns and the rows of a terminal whose history is drawn. A host may
// claim any size.
const maxSize = 400

// drawTimeout limits the time for drawing a history.
const drawTimeout = 10 * time.Second

// Draw returns what shows the terminal's screen on a terminal of another size: its text and
// colours, the cursor, and the modes that programs have changed. It also reports whether that
// is the alternate screen. What the terminal has shown comes from the lab, which can send
// anything: if it can't be drawn, the screen is empty.
func (h *History) Draw(columns, rows int) (drawn []byte, alternate bool) {
	done := make(chan struct{})
	var shown []byte
	var whole bool
	go func() {
		defer close(done)
		defer func() { _ = recover() }()
		shown, whole = h.draw(columns, rows)
	}()
	select {
	case <-done:
		if shown != nil {
			return shown, whole
		}
	case <-time.After(drawTimeout):
	}
	return []byte(clearScreen), true
}

func (h *History) draw(columns, rows int) (drawn []byte, alternate bool) {
	d := newDrawing(min(max(1, h.Columns), maxSize), min(max(1, h.Rows), maxSize))
	defer d.close()
	d.feed(h.output)
	return []byte(d.draw(columns, rows)), d.model.IsAltScreen()
}

const clearScreen = "\x1b[0m\x1b[r\x1b[H\x1b[2J"

// drawing is a model of a terminal, and what the model does not keep.
type drawing struct {
	model   *vt.Emulator
	main    *page      // the main screen while the alternate one is shown
	enter   string     // the sequence that switched to it
	modes   []sequence // those that change other modes: for each mode the last, in order
	pen     string     // the sequences that set the current colours and attributes
	scanner scanner
}

// page is a screen with its cursor.
type page struct {
	lines []string
	x, y  int // of the cursor
}

func newDrawing(columns, rows int) *drawing {
	d := &drawing{model: vt.NewEmulator(columns, rows)}
	go func() { _, _ = io.Copy(io.Discard, d.model) }() // its answers to questions of programs
	return d
}

// close ends what reads the model's answers. The model's own Close races with that.
func (d *drawing) close() {
	if answers, ok := d.model.InputPipe().(io.Closer); ok {
		_ = answers.Close()
	}
}

// feed takes bytes that the terminal has shown.
func (d *drawing) feed(output []byte) {
	start, begun := 0, 0 // of what the model has not got, and of the current sequence
	for i := range output {
		if output[i] == escape && !d.scanner.inString() {
			begun = i
		}
		d.scanner.scan(output[i:i+1], func(s sequence) {
			if s.kind == '[' && hugeNumber.MatchString(s.body) {
				_, _ = d.model.Write(output[start:begun])
				start = i + 1
				return
			}
			if isAlternate(s) && s.final == 'h' && d.main == nil {
				_, _ = d.model.Write(output[start:begun])
				start = begun
				d.main, d.enter = d.page(), s.text()
			}
			d.note(s)
		})
	}
	_, _ = d.model.Write(output[start:])
}

// hugeNumber matches the arguments of a sequence that would keep the model busy.
var hugeNumber = regexp.MustCompile(`[0-9]{5}`)

// note keeps what a sequence changes beyond the model.
func (d *drawing) note(s sequence) {
	switch {
	case isAlternate(s):
		if s.final == 'l' {
			d.main = nil
		}
	case s.kind == '[' && s.final == 'm' && !strings.HasPrefix(s.body, ">") && !strings.HasPrefix(s.body, "?"):
		if first, _, _ := strings.Cut(s.body, ";"); strings.Trim(first, "0") == "" {
			d.pen = ""
		}
		if len(d.pen) < maxBody {
			d.pen += s.text()
		}
	case s.changesMode():
		d.modes = append(slices.DeleteFunc(d.modes, func(m sequence) bool { return m.mode() == s.mode() }), s)
	}
}

// page returns the screen that the model shows.
func (d *drawing) page() *page {
	at := d.model.CursorPosition()
	return &page{lines: strings.Split(d.model.Render(), "\n"), x: at.X, y: at.Y}
}

// draw returns what shows the screen. What the terminal shows already is scrolled away first: its
// main screen, although a client that was killed there may have left it on the alternate one.
func (d *drawing) draw(columns, rows int) string {
	var out strings.Builder
	out.WriteString("\x1b[?1049l")
	out.WriteString(strings.Repeat("\r\n", rows))
	top := 0
	if d.model.IsAltScreen() {
		if d.main != nil {
			d.main.draw(&out, columns, rows)
		}
		if d.enter == "" {
			d.enter = "\x1b[?1049h"
		}
		out.WriteString(d.enter)
	}
	shown := d.page()
	top = shown.draw(&out, columns, rows)
	for _, mode := range d.modes {
		out.WriteString(mode.text())
	}
	out.WriteString(shown.cursor(top, columns) + d.pen)
	return out.String()
}

// draw draws the part of a screen that fits, with the cursor in it, and returns its first line.
func (p *page) draw(out *strings.Builder, columns, rows int) (top int) {
	top = max(0, p.y-rows+1)
	out.WriteString(clearScreen)
	for i, line := range p.lines[min(top, len(p.lines)):min(len(p.lines), top+rows)] {
		fmt.Fprintf(out, "\x1b[%d;1H%s\x1b[0m", i+1, ansi.Truncate(strings.TrimRight(line, "\r"), columns, ""))
	}
	out.WriteString(p.cursor(top, columns))
	return top
}

func (p *page) cursor(top, columns int) string {
	return fmt.Sprintf("\x1b[%d;%dH", p.y-top+1, min(p.x+1, columns))
}

// isAlternate reports whether a sequence switches to the alternate screen, or back.
func isAlternate(s sequence) bool {
	if s.kind != '[' || s.final != 'h' && s.final != 'l' {
		return false
	}
	return s.body == "?47" || s.body == "?1047" || s.body == "?1049"
}

// text returns the bytes of a sequence.
func (s sequence) text() string {
	switch s.kind {
	case shiftIn, shiftOut:
		return string(rune(s.kind))
	case '[', '(', ')':
		return "\x1b" + string(rune(s.kind)) + s.body + string(rune(s.final))
	case ']':
		return "\x1b]" + s.body + "\a"
	}
	return "\x1b" + string(rune(s.kind))
}

// mode identifies what a sequence changes.
func (s sequence) mode() string {
	switch {
	case s.kind == '[' && (s.final == 'h' || s.final == 'l'):
		return s.body
	case s.kind == '[':
		return string(rune(s.final))
	case s.kind == ']':
		number, _, _ := strings.Cut(s.body, ";")
		return "]" + number
	case s.kind == '=' || s.kind == '>':
		return "keypad"
	case s.kind == shiftIn || s.kind == shiftOut:
		return "shift"
	}
	return string(rune(s.kind))
}

// changesMode reports whether a sequence changes a mode that can be set again on another
// terminal, without an effect on what is drawn there: neither the columns, nor where the
// cursor's lines begin, nor output that is held back.
func (s sequence) changesMode() bool {
	switch s.kind {
	case '[':
		switch s.final {
		case 'h', 'l':
			return s.body != "?3" && s.body != "?6" && s.body != "?69" && s.body != "?2026"
		case 'r':
			return !strings.HasPrefix(s.body, "?")
		case 'm':
			return strings.HasPrefix(s.body, ">4")
		case 'q':
			return strings.HasSuffix(s.body, " ")
		}
	case ']':
		number, _, _ := strings.Cut(s.body, ";")
		switch number {
		case "0", "2", "4", "10", "11", "12", "104", "110", "111", "112":
			return len(s.body) < maxBody && !strings.HasSuffix(s.body, "?")
		}
	case '(', ')', '=', '>', shiftIn, shiftOut:
		return true
	}
	return false
}
