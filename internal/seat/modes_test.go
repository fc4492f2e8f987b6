package seat

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// What programs leave behind, and what undoes it.
var leftBehind = []struct{ name, left, undone string }{
	{"nothing", "", ""},
	{"alternate screen", "\x1b[?1049h", "\x1b[?1049l"},
	{"alternate screen by its older numbers", "\x1b[?47h\x1b[?1047h", "\x1b[?1047l"},
	{"alternate screen that was left", "\x1b[?1049h\x1b[?1049l", ""},
	{"cursor", "\x1b[?25l", "\x1b[?25h"},
	{"cursor shown again", "\x1b[?25l\x1b[?25h", ""},
	{"mouse", "\x1b[?1000;1002;1003;1006h", "\x1b[?1000l\x1b[?1002l\x1b[?1006l\x1b[?1003l"},
	{"mouse in other encodings", "\x1b[?9h\x1b[?1001h\x1b[?1005h\x1b[?1015h\x1b[?1016h", "\x1b[?9l\x1b[?1001l\x1b[?1005l\x1b[?1016l\x1b[?1015l"},
	{"keypad", "\x1b=", "\x1b>"},
	{"keypad put back", "\x1b=\x1b>", ""},
	{"application keypad", "\x1b[?66h", "\x1b[?66l"},
	{"cursor keys", "\x1b[?1h", "\x1b[?1l"},
	{"insert", "\x1b[4h", "\x1b[4l"},
	{"keyboard lock and new line", "\x1b[2;20h", "\x1b[2l\x1b[20l"},
	{"local echo", "\x1b[12l", "\x1b[12h"},
	{"origin", "\x1b[?6h", "\x1b[?6l\x1b[999;1H"},
	{"wrap", "\x1b[?7l", "\x1b[?7h"},
	{"reverse wrap, screen and repeated keys", "\x1b[?45h\x1b[?5h\x1b[?8l", "\x1b[?8h\x1b[?5l\x1b[?45l"},
	{"scroll region", "\x1b[3;10r", "\x1b7\x1b[r\x1b8"},
	{"scroll region put back", "\x1b[3;10r\x1b[r", ""},
	{"side margins and columns", "\x1b[?69h\x1b[?3h", "\x1b[?3l\x1b[?69l"},
	{"character set", "\x1b(0", "\x1b(B"},
	{"character set put back", "\x1b(0\x1b(B", ""},
	{"second character set", "\x1b)0\x0e", "\x1b)B\x0f"},
	{"shift put back", "\x0e\x0f", ""},
	{"locking shift", "\x1bn", "\x0f"},
	{"colours", "\x1b[1;31;44m", "\x1b[0m"},
	{"colours put back", "\x1b[1;31m\x1b[0m\x1b[31m\x1b[m", ""},
	{"bracketed paste", "\x1b[?2004h", "\x1b[?2004l"},
	{"focus", "\x1b[?1004h", "\x1b[?1004l"},
	{"cursor style", "\x1b[5 q", "\x1b[0 q"},
	{"cursor style put back", "\x1b[5 q\x1b[0 q\x1b[6 q\x1b[ q", ""},
	{"synchronized output", "\x1b[?2026h\x1b[?1049h", "\x1b[?2026l\x1b[?1049l"},
	{"reports", "\x1b[?2031h\x1b[?2048h", "\x1b[?2031l\x1b[?2048l"},
	{"title", "\x1b]0;mine\a", ""}, // Attach pushes a title and pops the previous one
	{"pushed titles", "\x1b[22;0t\x1b[22t\x1b[23t", popTitle},
	{"palette and colours of the screen", "\x1b]4;1;#fff\a\x1b]10;red\x1b\\\x1b]11;blue\a\x1b]12;#0f0\a", "\x1b]111\a\x1b]112\a\x1b]104\a\x1b]110\a"},
	{"queries of colours", "\x1b]10;?\a\x1b]11;?\x1b\\", ""},
	{"colours of the screen put back", "\x1b]11;blue\a\x1b]111\a", ""},
	{"link", "\x1b]8;id=1;https://example.org/" + strings.Repeat("x", 300) + "\x1b\\text", "\x1b]8;;\a"},
	{"link that was closed", "\x1b]8;;https://example.org\atext\x1b]8;;\a", ""},
	{"modified keys", "\x1b[>4;2m", "\x1b[>4m"},
	{"modified keys put back", "\x1b[>4;2m\x1b[>4;0m", ""},
	{"kitty keys", "\x1b[>1u\x1b[>5u\x1b[<u\x1b[=3;1u", "\x1b[=0u\x1b[<1u"},
	{"a mode restored from what was saved", "\x1b[?1003s\x1b[?1003r", "\x1b[?1003l"},
	{"several, then a reset of the terminal", "\x1b[?1003h\x1b[?25l\x1b=\x1b[4h\x1bc", ""},
	{"text without the escape character", "[?25l (0 ]4;1;#fff\a", ""},
	{"a string that another sequence broke off", "\x1b]0;mine\x1b[?25l", "\x1b[?25h"},
	{"a sequence that was cancelled", "\x1b[?25\x18l", ""},
	{"a sequence in a sequence's string", "\x1bP\x1b\\\x1b[?25l", "\x1b[?25h"},
}

func TestRestore(t *testing.T) {
	for _, test := range leftBehind {
		for _, cut := range []int{0, 1, len(test.left) / 2} {
			cut = min(cut, len(test.left))
			tr := &tracker{}
			tr.track([]byte("text" + test.left[:cut]))
			tr.track([]byte(test.left[cut:] + "text"))
			if got := tr.restore(); got != test.undone {
				t.Errorf("%s, cut at %d: got %q, want %q", test.name, cut, got, test.undone)
			}
			if got := tr.restore(); got != "" {
				t.Errorf("%s: the second restore returns %q", test.name, got)
			}
		}
	}
}

// After what restore returns, nothing is left to undo.
func TestRestoreIsComplete(t *testing.T) {
	for _, test := range leftBehind {
		first, second := &tracker{}, &tracker{}
		first.track([]byte(test.left))
		undo := first.restore()
		second.track([]byte(test.left + undo))
		if got := second.restore(); got != "" {
			t.Errorf("%s: after %q, %q is left to undo", test.name, undo, got)
		}
	}
}

// Random input never makes the tracker store much.
func TestTrackerIsBounded(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	letters := "\x1b\x1b\x1b[]()?;0123456789hlrmqtu=><P\\\a\x0e\x0f\x18 "
	for range 2000 {
		tr := &tracker{}
		b := make([]byte, random.IntN(200))
		for i := range b {
			b[i] = letters[random.IntN(len(letters))]
		}
		tr.track(b)
		tr.track([]byte("\x1b]0;" + strings.Repeat("x", 10_000)))
		if len(tr.scanner.body) > maxBody || len(tr.restore()) > 2000 {
			t.Errorf("the tracker keeps too much of %q", b)
		}
	}
}
