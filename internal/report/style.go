// Package report writes reports of checks, attempts and exams: as text and HTML for
// people, as JSON, JUnit and CSV for programs.
package report

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"endstate/internal/report/wrap"
)

// Style controls how text is shown.
type Style struct {
	Color bool
	Width int // in columns; 0 means 80
	// InLab has the commands of a lab's shell, such as "exam status", if the text is for somebody in
	// one: there, others do not exist. Nil: the text is for somebody outside.
	InLab []string
}

func (s Style) paint(text, code string) string {
	if !s.Color || text == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

// Good marks success. Like the methods below, it returns the text unchanged without colour.
func (s Style) Good(text string) string { return s.paint(text, "32") }

// Bad marks a failure.
func (s Style) Bad(text string) string { return s.paint(text, "31") }

// Warn marks a warning.
func (s Style) Warn(text string) string { return s.paint(text, "33") }

// Dim makes text less prominent.
func (s Style) Dim(text string) string { return s.paint(text, "2") }

// Bold makes text more prominent.
func (s Style) Bold(text string) string { return s.paint(text, "1") }

// Visible escapes what a terminal would act on: control characters and characters that
// change the direction of writing. It also escapes bytes that are not valid UTF-8. It keeps
// newlines and tabs.
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

// Code makes a text [Visible] and colours the parts between backticks. Without colour it
// keeps the backticks.
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

// Paragraph wraps a text to the width and indents every line by indent columns.
func (s Style) Paragraph(text string, indent int) string {
	margin := strings.Repeat(" ", indent)
	return margin + strings.Join(wrap.Lines(s.Code(wrap.KeepCode(text, s.room())), s.room()), "\n"+margin) + "\n"
}

// Faint is a dim paragraph; its further lines are indented by hang columns.
func (s Style) Faint(text string, hang int) string {
	lines := wrap.Lines(s.Code(wrap.KeepCode(text, s.room())), s.room())
	for i := range lines {
		lines[i] = s.Dim(lines[i])
	}
	return strings.Join(lines, "\n"+strings.Repeat(" ", hang)) + "\n"
}

// Labelled is a paragraph that begins with a painted label.
func (s Style) Labelled(label string, paint func(string) string, text string, indent int) string {
	return strings.Replace(s.Paragraph(label+" "+text, indent), label, paint(label), 1)
}

// room returns the width for text, which leaves space for points and indentation.
func (s Style) room() int { return max(10, s.columns()-10) }
