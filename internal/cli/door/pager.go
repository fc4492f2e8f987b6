package door

import (
	"context"
	"errors"
	"io"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"endstate/internal/report"
	"endstate/internal/seat"
	"endstate/internal/tty"
)

// moreKeys is shown below a page while others follow.
const moreKeys = "-- more: space, Enter or q --"

// tabWidth is the distance between a terminal's tab stops, in columns.
const tabWidth = 8

// Text writes a text for people in a style.
type Text func(w io.Writer, style report.Style) error

// Page writes text for people. At a terminal that has too few rows for it, it shows the text a page
// at a time, and the gist even if the user skips the rest; gist may be nil. It returns
// [seat.ErrInterrupted] if the user pressed Ctrl-C.
func (d *Door) Page(ctx context.Context, write, gist Text) error {
	style := d.Style(d.Out)
	terminal, ok := tty.Open(d.In, d.Out)
	if !ok || d.Env("TERM") == "dumb" {
		return write(d.Out, style)
	}
	p := &pager{out: terminal, size: terminal.Size}
	if err := p.read(write, gist, style); err != nil {
		return err
	}
	if p.fits() {
		return p.showRest()
	}
	raw, err := terminal.MakeRaw()
	if err != nil {
		return err
	}
	defer raw.Restore()
	p.out = seat.RawLines(raw)
	return p.run(ctx, seat.ReadKeys(raw.Keys()))
}

// Page writes text for people as [Door.Page] does, on the client's screen with its keys. A command
// in the background reads no keys, so its text is written at once.
func (c *InLab) Page(ctx context.Context, write, gist Text) error {
	if !c.Live() || !c.Foreground() {
		return write(onScreen(c, c.Style), c.Style)
	}
	p := &pager{out: c, size: c.Size}
	if err := p.read(write, gist, c.Style); err != nil {
		return err
	}
	if p.fits() {
		return p.showRest()
	}
	return c.WithKeys(ctx, p.run)
}

// Page writes a result as [Output.Write] does, and text as [Door.Page] does.
func (o *Output) Page(ctx context.Context, forms Forms) error {
	if !o.ToScreen() {
		return o.Write(forms)
	}
	return o.door.Page(ctx, forms.Text, forms.Gist)
}

// pager shows a text a page at a time.
type pager struct {
	out  io.Writer
	size func() (columns, rows int) // of the terminal
	rest string                     // what was not shown yet
	gist string                     // what is shown even if the user skips it; a part of the text
}

// read sets the text and its gist.
func (p *pager) read(write, gist Text, style report.Style) error {
	var text, inShort strings.Builder
	err := write(onScreen(&text, style), style)
	if err == nil && gist != nil {
		err = gist(onScreen(&inShort, style), style)
	}
	p.rest, p.gist = text.String(), inShort.String()
	return err
}

// room is the room for text on a terminal.
type room struct{ columns, rows int }

// room returns the size of a page. The last row is for the question, and then for the shell's prompt.
func (p *pager) room() room {
	columns, rows := p.size()
	return room{max(1, columns), max(1, rows-1)}
}

func (p *pager) fits() bool {
	_, rest := cutRows(p.rest, p.room())
	return rest == ""
}

func (p *pager) showRest() error {
	_, err := io.WriteString(p.out, p.rest)
	return err
}

// run shows the pages for which the user asks. If the terminal has gone, it shows no more.
func (p *pager) run(ctx context.Context, keys *seat.KeyReader) error {
	for key := byte(' '); ; {
		room := p.room()
		if key != ' ' {
			room.rows = 1
		}
		page, rest := cutRows(p.rest, room)
		if _, err := io.WriteString(p.out, page); err != nil || rest == "" {
			return err
		}
		p.rest = rest
		var err error
		key, err = p.ask(ctx, keys)
		switch {
		case errors.Is(err, seat.ErrClientGone):
			return nil
		case key == 'q' && strings.Contains(p.rest, p.gist):
			_, err := io.WriteString(p.out, p.gist)
			return err
		case key == 'q': // the gist was shown
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// ask waits for a key that the pager knows. The question is gone afterwards.
func (p *pager) ask(ctx context.Context, keys *seat.KeyReader) (key byte, err error) {
	if _, err := io.WriteString(p.out, ansi.Truncate(moreKeys, p.room().columns-1, "")); err != nil {
		return 0, err
	}
	for err == nil && !strings.ContainsRune(" \r\nq", rune(key)) {
		key, err = keys.Next(ctx)
	}
	if _, eraseErr := io.WriteString(p.out, "\r"+ansi.EraseLineRight); err == nil {
		err = eraseErr
	}
	return key, err
}

// cutRows cuts a text behind the rows of a terminal that it fills. A line that is wider than the
// terminal fills several.
func cutRows(text string, room room) (page, rest string) {
	left := room.rows
	var out strings.Builder
	for text != "" && left > 0 {
		line, after, _ := strings.Cut(text, "\n")
		rows := strings.Split(ansi.Hardwrap(expandTabs(line), room.columns, true), "\n")
		shown := min(left, len(rows))
		out.WriteString(strings.Join(rows[:shown], "") + "\n")
		left, text = left-shown, after
		if shown < len(rows) {
			text = strings.Join(rows[shown:], "") + "\n" + after
		}
	}
	return out.String(), text
}

// expandTabs replaces the tabs of a line with spaces, so that it has a width.
func expandTabs(line string) string {
	parts := strings.Split(line, "\t")
	for i, column := 0, 0; i < len(parts)-1; i++ {
		column += ansi.StringWidth(parts[i])
		spaces := tabWidth - column%tabWidth
		parts[i] += strings.Repeat(" ", spaces)
		column += spaces
	}
	return strings.Join(parts, "")
}
