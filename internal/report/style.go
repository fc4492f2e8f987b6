// Package report shows what a round of checks found: as text for people, as JSON
// and as JUnit for programs.
package report

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// Style says how text is shown.
type Style struct {
	Color bool
	Width int // columns; 0 is 80
}

func (s Style) paint(text, code string) string {
	if !s.Color || text == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

// Good paints what is right, if there is colour, as all these are painted.
func (s Style) Good(text string) string { return s.paint(text, "32") }

// Bad paints what is wrong.
func (s Style) Bad(text string) string { return s.paint(text, "31") }

// Warn paints what wants attention.
func (s Style) Warn(text string) string { return s.paint(text, "33") }

// Dim paints what matters less.
func (s Style) Dim(text string) string { return s.paint(text, "2") }

// Bold paints what matters most.
func (s Style) Bold(text string) string { return s.paint(text, "1") }

// Visible shows what a terminal would act on: control characters, and those that
// turn the direction of writing, are spelt out, as are bytes that are no text.
// Line ends and tabs stay.
func Visible(text string) string {
	var out strings.Builder
	for rest := strings.ReplaceAll(text, "\r\n", "\n"); len(rest) > 0; {
		r, size := utf8.DecodeRuneInString(rest)
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&out, `\x%02x`, rest[0])
		case r == '\n' || r == '\t' || !unicode.IsControl(r) && !unicode.Is(unicode.Bidi_Control, r):
			out.WriteRune(r)
		default:
			quoted := strconv.QuoteRuneToASCII(r)
			out.WriteString(quoted[1 : len(quoted)-1])
		}
		rest = rest[size:]
	}
	return out.String()
}

// Code makes a text [Visible] and paints the parts between backticks; without colour
// the backticks stay.
func (s Style) Code(text string) string {
	text = Visible(text)
	if !s.Color {
		return text
	}
	parts := strings.Split(text, "`")
	if len(parts)%2 == 0 {
		return text
	}
	for i := 1; i < len(parts); i += 2 {
		parts[i] = s.paint(parts[i], "36")
	}
	return strings.Join(parts, "")
}

func (s Style) columns() int {
	if s.Width <= 0 {
		return 80
	}
	return min(s.Width, 100)
}

// Paragraph shows a text wrapped to the width, every line indented by so many columns.
func (s Style) Paragraph(text string, indent int) string {
	margin := strings.Repeat(" ", indent)
	return margin + strings.Join(wrap(s.Code(text), s.room()), "\n"+margin) + "\n"
}

// room is how wide text may be: points are beside it, and it may be indented.
func (s Style) room() int { return max(10, s.columns()-10) }

// wrap breaks a text into lines. Names keep their hyphens on one line, so that they
// can be copied.
func wrap(text string, width int) []string {
	const hyphen, unbroken = "-", "\u2011"
	wrapped := ansi.Wrap(strings.ReplaceAll(text, hyphen, unbroken), width, "")
	return strings.Split(strings.ReplaceAll(wrapped, unbroken, hyphen), "\n")
}
