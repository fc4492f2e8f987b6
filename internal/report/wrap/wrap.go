// Package wrap breaks lines between words.
package wrap

import (
	"bytes"
	"io"
	"os"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// Writer returns a writer that breaks lines between words where they don't fit into the columns
// that width returns at the time; 0 or less means that no line is broken. Lines that fit are written
// as they are, escape sequences have no width, and commands stay in one piece so that they can be
// copied. The text must be written in whole lines, except that the last one may end later.
func Writer(w io.Writer, width func() int) io.Writer { return &wrapper{out: w, width: width} }

type wrapper struct {
	out    io.Writer
	width  func() int
	inLine bool // the last line has not ended
}

func (w *wrapper) Write(b []byte) (int, error) {
	var out bytes.Buffer
	width := w.width()
	for line := range strings.SplitAfterSeq(string(b), "\n") {
		text, isWhole := strings.CutSuffix(line, "\n")
		if width > 0 && !w.inLine && !strings.Contains(text, "\r") {
			text = strings.Join(Line(text, width), "\n")
		}
		out.WriteString(text)
		if isWhole {
			out.WriteByte('\n')
		}
		if line != "" {
			w.inLine = !isWhole && (w.inLine || ansi.StringWidth(text) > 0) // what only moves the cursor begins no line
		}
	}
	_, err := w.out.Write(out.Bytes())
	return len(b), err
}

// LineEnded tells a [Wrapped] writer that its last line has ended without it, as a question's does when
// the user presses Enter.
func LineEnded(w io.Writer) {
	if wrapped, is := w.(*wrapper); is {
		wrapped.inLine = false
	}
}

// File returns the file that is written to, or nil.
func (w *wrapper) File() *os.File {
	file, _ := w.out.(*os.File)
	return file
}

// Behind returns the writer behind one of [Writer], for programs, code and other text whose lines
// must not be broken.
func Behind(w io.Writer) io.Writer {
	if wrapped, is := w.(*wrapper); is {
		return wrapped.out
	}
	return w
}

// Columns returns the columns of one of [Writer]; 0 for other writers.
func Columns(w io.Writer) int {
	if wrapped, is := w.(*wrapper); is {
		return wrapped.width()
	}
	return 0
}

// word is a word, or a whole command, with the space before it.
type word struct {
	space, text string
	isCommand   bool
}

// Line breaks a line between words. Further lines are indented like the text of the first one:
// behind its bullet, or to its second column.
func Line(line string, width int) []string {
	if ansi.StringWidth(line) <= width {
		return []string{line}
	}
	indent, column := margins(ansi.Strip(line), width)
	lines, current := []string{}, ""
	for i, word := range wordsOf(line) {
		at := ansi.StringWidth(current + word.space)
		breaks := i > 0 && word.text != "" && (at+ansi.StringWidth(word.text) > width || at == column && column > indent)
		if breaks {
			lines = append(lines, strings.TrimRight(current, " "))
			current, word.space = strings.Repeat(" ", indent), ""
		}
		current += word.space
		for word.text != "" && !word.isCommand && !isPath(word.text) && ansi.StringWidth(current+word.text) > width {
			room := width - ansi.StringWidth(current)
			lines = append(lines, current+ansi.Truncate(word.text, room, ""))
			current, word.text = strings.Repeat(" ", indent), ansi.TruncateLeft(word.text, room, "")
		}
		current += word.text
	}
	return append(lines, current)
}

var (
	bullet    = regexp.MustCompile(`^ *(?:[^\pL\pN\s]|\d+\.) `)
	twoColumn = regexp.MustCompile(`^ *\S(?:.*?\S)? {2,}\S`)
)

// margins returns by how much further lines are indented, and the column of a line at which its
// second column begins. If that is too far to the right, it begins in a line of its own.
func margins(line string, width int) (indent, column int) {
	indent = len(line) - len(strings.TrimLeft(line, " "))
	if first := twoColumn.FindString(line); first != "" {
		_, size := utf8.DecodeLastRuneInString(first)
		column = ansi.StringWidth(first[:len(first)-size])
		if column <= width/2 {
			return column, column
		}
		return min(indent+4, width/2), column
	}
	if first := bullet.FindString(line); first != "" {
		indent = ansi.StringWidth(first)
	}
	return min(indent, width/2), 0
}

// isPath reports whether a word is a path or an address, which people copy.
func isPath(text string) bool { return strings.Contains(text, "/") }

// wordsOf splits a line at spaces, but not within commands.
func wordsOf(line string) []word {
	var words []word
	inCommand := false
	for line != "" {
		rest := strings.TrimLeft(line, " ")
		space := line[:len(line)-len(rest)]
		end := strings.IndexByte(rest, ' ')
		if end < 0 {
			end = len(rest)
		}
		text := rest[:end]
		line = rest[end:]
		if inCommand && len(space) == 1 && text != "·" && text != "" {
			last := &words[len(words)-1]
			last.text, last.isCommand = last.text+space+text, true
		} else {
			inCommand = beginsCommand(words, text)
			words = append(words, word{space: space, text: text})
		}
		inCommand = inCommand && !endsClause(text)
	}
	return words
}

// beginsCommand reports whether a word begins a command that is offered to the reader: at the
// beginning of a line, or after a colon, a dot or a bracket. In a sentence it is a word like others.
func beginsCommand(before []word, text string) bool {
	plain := ansi.Strip(text)
	if plain == "(endstate" {
		return true
	}
	if plain != "endstate" || len(before) == 0 {
		return plain == "endstate"
	}
	last := ansi.Strip(before[len(before)-1].text)
	return last == "" || strings.HasSuffix(last, ":") || strings.HasSuffix(last, "·") || strings.HasSuffix(last, ".")
}

func endsClause(text string) bool {
	last, _ := utf8.DecodeLastRuneInString(ansi.Strip(text))
	return unicode.IsPunct(last) && strings.ContainsRune(".,;:)?!", last)
}

// nbsp is a space at which no line is broken.
const nbsp = "\u00a0"

// Lines breaks the lines of a text as [Line] does, and ends what [KeepCode] did.
func Lines(text string, width int) []string {
	var lines []string
	for line := range strings.SplitSeq(text, "\n") {
		for _, part := range Line(line, width) {
			lines = append(lines, strings.ReplaceAll(part, nbsp, " "))
		}
	}
	return lines
}

// codeMargin is the room that text needs beside code, for its indentation and a punctuation mark.
const codeMargin = 8

var codeSpan = regexp.MustCompile("`[^`\n]+`")

// KeepCode keeps each part between backticks in one piece when [Lines] breaks the text, if there is room
// for it on a line: people copy commands.
func KeepCode(text string, width int) string {
	return codeSpan.ReplaceAllStringFunc(text, func(code string) string {
		if ansi.StringWidth(code) > width-codeMargin {
			return code
		}
		return strings.ReplaceAll(code, " ", nbsp)
	})
}
