package recording

import "time"

// Row is a row of a transcript.
type Row struct {
	At      time.Duration // since the start of the recording
	Text    string
	Typed   bool // it was entered at a shell's prompt
	Omitted int  // in place of a text: how many rows were left out
}

// FullScreen stands for what a program showed on the alternate screen, such as an editor.
const FullScreen = "[a program that uses the whole screen]"

// maxRow limits a row of a transcript, in characters.
const maxRow = 500

// Transcript returns what the terminal showed, as text: at most limit rows, from the beginning
// and from the end.
func (r *Recording) Transcript(limit int) []Row {
	t := &transcript{limit: max(2, limit)}
	p := &page{width: max(r.Width, 1), emit: t.entered, feed: t.row, leave: t.fullScreen, up: t.drop}
	for _, event := range r.Events {
		t.at = event.At
		r.show(p, event)
	}
	if text := p.text(); text != "" {
		t.row(text)
	}
	return t.all()
}

// transcript collects rows.
type transcript struct {
	limit      int
	at         time.Duration
	head, tail []Row
	omitted    int
	awaits     string // a line that was entered, whose row ends later
}

// row adds a row that ended with a newline.
func (t *transcript) row(text string) {
	if text != "" && text == t.awaits {
		t.awaits = ""
		return
	}
	t.add(Row{At: t.at, Text: text})
}

// entered marks a row as one that was entered. Some shells say so before its newline, others
// after it.
func (t *transcript) entered(line string) {
	last := &t.head
	if len(t.tail) > 0 {
		last = &t.tail
	}
	if n := len(*last); n > 0 && (*last)[n-1].Text == cut(line) && !(*last)[n-1].Typed {
		(*last)[n-1].Typed = true
		return
	}
	t.awaits = line
	t.add(Row{At: t.at, Text: line, Typed: true})
}

func (t *transcript) fullScreen() { t.add(Row{At: t.at, Text: FullScreen}) }

// drop takes rows back that are written again, as those of a progress bar.
func (t *transcript) drop(rows int) {
	for ; rows > 0; rows-- {
		last := &t.head
		if len(t.tail) > 0 {
			last = &t.tail
		}
		n := len(*last)
		if n == 0 || (*last)[n-1].Typed {
			return
		}
		*last = (*last)[:n-1]
	}
}

func (t *transcript) add(row Row) {
	row.Text = cut(row.Text)
	if len(t.head) < t.limit/2 {
		t.head = append(t.head, row)
		return
	}
	t.tail = append(t.tail, row)
	if most := t.limit - t.limit/2; len(t.tail) >= 2*most {
		t.omitted += len(t.tail) - most
		t.tail = append([]Row(nil), t.tail[len(t.tail)-most:]...)
	}
}

func (t *transcript) all() []Row {
	if most := t.limit - t.limit/2; len(t.tail) > most {
		t.omitted += len(t.tail) - most
		t.tail = t.tail[len(t.tail)-most:]
	}
	rows := t.head
	if t.omitted > 0 {
		rows = append(rows, Row{At: t.tail[0].At, Omitted: t.omitted})
	}
	return append(rows, t.tail...)
}

// cut limits the length of a row.
func cut(text string) string {
	if runes := []rune(text); len(runes) > maxRow {
		return string(runes[:maxRow]) + "…"
	}
	return text
}
