package wrap

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

func wrapTo(width int, text string) string {
	var out bytes.Buffer
	_, _ = io.WriteString(Writer(&out, func() int { return width }), text)
	return out.String()
}

func TestWriter(t *testing.T) {
	for name, test := range map[string]struct{ text, want string }{
		"what fits":               {"one two three four\n", "one two three four\n"},
		"words":                   {"one two three four five six seven\n", "one two three four\nfive six seven\n"},
		"an indentation":          {"  one two three four five six\n", "  one two three four\n  five six\n"},
		"a bullet":                {"• one two three four five six\n", "• one two three four\n  five six\n"},
		"a number":                {"12. one two three four five\n", "12. one two three\n    four five\n"},
		"two columns":             {"  list   one two three four five\n", "  list   one two\n         three four\n         five\n"},
		"a wide first column":     {"  a-very-long-name   one two three\n", "  a-very-long-name\n      one two three\n"},
		"a command":               {"Do it: endstate start git-a --seed 3 · or not\n", "Do it:\nendstate start git-a --seed 3\n· or not\n"},
		"a short command":         {"Do this here: endstate list. Then go on.\n", "Do this here:\nendstate list. Then\ngo on.\n"},
		"a command in a sentence": {"As endstate history shows it here\n", "As endstate history\nshows it here\n"},
		"a long word":             {"x 1234567890123456789012345 y\n", "x\n12345678901234567890\n12345 y\n"},
		"a path":                  {"in /a/very/long/path/that/one/copies now\n", "in\n/a/very/long/path/that/one/copies\nnow\n"},
		"hyphens":                 {"one two three mongodb-validate\n", "one two three\nmongodb-validate\n"},
		"colours":                 {"\x1b[31mone two three four\x1b[0m five six\n", "\x1b[31mone two three four\x1b[0m\nfive six\n"},
		"wide characters":         {"漢字漢字 漢字漢字 漢字漢字\n", "漢字漢字 漢字漢字\n漢字漢字\n"},
		"a question":              {"Shall I remove all your labs now? [y/N] ", "Shall I remove all\nyour labs now? [y/N] "},
		"what moves the cursor":   {"\r\x1b[Kone two three four five six seven", "\r\x1b[Kone two three four five six seven"},
		"several lines":           {"one two three four five\n\nsix\n", "one two three four\nfive\n\nsix\n"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := wrapTo(20, test.text); got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
			if got := wrapTo(0, test.text); got != test.text {
				t.Errorf("without a width: %q", got)
			}
		})
	}
}

// Nothing gets lost, and what is not a command or a path fits.
func TestWrappedKeepsAllWords(t *testing.T) {
	text := "• The lab of mysql-restore-dropped-database was removed: \x1b[1mits time\x1b[0m was up, and 3 hints – “at most” – were open.\n" +
		"      --seed number   the seed: the same seed gives the same exercise (default: random)\n"
	for width := 34; width < 130; width++ {
		got := wrapTo(width, text)
		if fmt.Sprint(strings.Fields(got)) != fmt.Sprint(strings.Fields(text)) {
			t.Errorf("at %d: %q", width, got)
		}
		for line := range strings.SplitSeq(got, "\n") {
			if ansi.StringWidth(line) > width {
				t.Errorf("at %d: a line of %d: %q", width, ansi.StringWidth(line), line)
			}
		}
	}
}

// A line that ends in a later write is not broken in the middle of it.
func TestWrappedContinues(t *testing.T) {
	var out bytes.Buffer
	w := Writer(&out, func() int { return 20 })
	fmt.Fprint(w, "one two three four ")
	fmt.Fprint(w, "five six\nseven eight nine ten eleven\n")
	if got, want := out.String(), "one two three four five six\nseven eight nine ten\neleven\n"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if Behind(w) != &out || Behind(&out) != &out {
		t.Error("the writer behind it does not come back")
	}
}

// A line begins where the cursor is at its first column: after what only moves the cursor, and after a
// question that was answered.
func TestWrappedKnowsWhereALineBegins(t *testing.T) {
	var out bytes.Buffer
	w := Writer(&out, func() int { return 20 })
	write := func(text string) {
		if _, err := fmt.Fprint(w, text); err != nil {
			t.Fatal(err)
		}
	}
	write("one\n\r\x1b[1A\x1b[J")
	write("one two three four five six\n")
	write("A question? ")
	write("to be continued on this line\n")
	write("A question? ")
	LineEnded(w)
	write("one two three four five six\n")
	want := "one\n\r\x1b[1A\x1b[Jone two three four\nfive six\nA question? to be continued on this line\nA question? one two three four\nfive six\n"
	if out.String() != want {
		t.Errorf("got\n%q\nwant\n%q", out.String(), want)
	}
}
