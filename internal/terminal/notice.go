package terminal

import "strings"

// Notice draws a text on the terminal's first line and rings its bell, whatever
// program is at work in the lab; the cursor stays where it was.
func (t Terminal) Notice(text string) error {
	columns, _ := t.Size()
	runes := []rune(" " + strings.Map(printable, text) + " ")
	_, err := t.Out.WriteString("\a\x1b7\x1b[1;1H\x1b[0;7m" + string(runes[:min(len(runes), columns)]) + "\x1b[0m\x1b[K\x1b8")
	return err
}

func printable(r rune) rune {
	if r < ' ' {
		return ' '
	}
	return r
}
