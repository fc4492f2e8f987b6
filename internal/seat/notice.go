package seat

import (
	"io"
	"strconv"
	"strings"
	"sync"
)

// Notices shows notices on a client's screen while a program draws there. As a [Watcher] of the
// shell, it knows whether the cursor is at the top of the screen, where a notice would hide what is
// being typed. The zero value is ready to use.
type Notices struct {
	mu        sync.Mutex
	scanner   scanner
	atTop     bool // the cursor was put on the first row, and no line has ended since
	alternate bool // a program has the whole screen, and draws it again itself
}

// Show shows a text on the first row and rings the bell. The cursor stays at the same text. If that is
// on the first row, everything moves down by a row.
func (n *Notices) Show(on Display, text string) error {
	n.mu.Lock()
	insert, down := "", ""
	if n.atTop && !n.alternate {
		insert, down = "\x1b[L", "\x1b[B"
	}
	n.mu.Unlock()
	columns, _ := on.Size()
	runes := []rune(" " + strings.Map(printable, text) + " ")
	_, err := io.WriteString(on, "\a\x1b7\x1b[1;1H"+insert+"\x1b[0;7m"+string(runes[:min(len(runes), columns)])+"\x1b[0m\x1b[K\x1b8"+down)
	return err
}

func printable(r rune) rune {
	if r < ' ' {
		return ' '
	}
	return r
}

// Output follows the cursor.
func (n *Notices) Output(b []byte) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, c := range b {
		if c == '\n' && n.scanner.kind == 0 {
			n.atTop = false
		}
		n.scanner.next(c, n.apply)
	}
}

// Resize forgets where the cursor is: the terminal has moved it with the text.
func (n *Notices) Resize(int, int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.atTop = false
}

// Input does nothing.
func (n *Notices) Input() {}

func (n *Notices) apply(s sequence) {
	switch {
	case s.kind == 'c':
		n.atTop, n.alternate = true, false
	case s.kind != '[':
	case s.final == 'H' || s.final == 'f' || s.final == 'd':
		row, _, _ := strings.Cut(s.body, ";")
		number, _ := strconv.Atoi(row) // without a number it is the first row
		n.atTop = number <= 1
	case s.final == 'B' || s.final == 'E':
		n.atTop = false
	case (s.final == 'h' || s.final == 'l') && (s.body == "?1049" || s.body == "?47" || s.body == "?1047"):
		n.alternate, n.atTop = s.final == 'h', false
	}
}
