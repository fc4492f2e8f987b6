package door

import (
	"bytes"
	"strings"
	"testing"

	"endstate/internal/seat"
)

// A page has as many rows as fit, whatever takes up space: long lines, wide characters and tabs, but
// no codes of colours. What is cut comes on the next page.
func TestCutRows(t *testing.T) {
	for name, test := range map[string]struct{ text, page, rest string }{
		"short":                 {"a\nb\n", "a\nb\n", ""},
		"exact":                 {"a\nb\nc\n", "a\nb\nc\n", ""},
		"empty lines":           {"\n\n\n\nb\n", "\n\n\n", "\nb\n"},
		"a full row":            {"0123456789\nb\nc\nd\n", "0123456789\nb\nc\n", "d\n"},
		"a long line":           {"0123456789a\nb\nc\n", "0123456789a\nb\n", "c\n"},
		"a line over pages":     {"0123456789abcdefghij0123456789 the rest\nb\n", "0123456789abcdefghij0123456789\n", " the rest\nb\n"},
		"wide characters":       {"一二三四五六\nb\nc\n", "一二三四五六\nb\n", "c\n"},
		"wide at the edge":      {"0一二三四五\nb\nc\n", "0一二三四五\nb\n", "c\n"},
		"colours":               {"\x1b[1m0123456789\x1b[0m\nb\nc\nd\n", "\x1b[1m0123456789\x1b[0m\nb\nc\n", "d\n"},
		"colours over pages":    {"a\nb\n\x1b[31m0123456789red\x1b[0m\n", "a\nb\n\x1b[31m0123456789\n", "red\x1b[0m\n"},
		"tabs":                  {"一\tb\tc\nd\ne\n", "一      b       c\nd\n", "e\n"},
		"no newline at the end": {"a\nb\nc\nd", "a\nb\nc\n", "d"},
	} {
		page, rest := cutRows(test.text, room{10, 3})
		if page != test.page || rest != test.rest {
			t.Errorf("%s: %q, then %q", name, page, rest)
		}
	}
}

// The next page fills the terminal as it is by then, and the question fits into a narrow one.
func TestPagesOfResizedTerminal(t *testing.T) {
	var screen bytes.Buffer
	columns, rows := 40, 4
	keys := make(chan []byte)
	p := &pager{out: &screen, size: func() (int, int) { return columns, rows }, rest: strings.Repeat("0123456789\n", 7)}
	ended := make(chan error)
	go func() { ended <- p.run(t.Context(), seat.ReadKeys(keys)) }()
	keys <- []byte("?")
	columns, rows = 9, 5 // two rows for a line
	keys <- []byte("  ")
	close(keys)
	if err := <-ended; err != nil {
		t.Error(err)
	}
	line, erase := "0123456789\n", "\r\x1b[K"
	want := strings.Repeat(line, 3) + moreKeys + erase + strings.Repeat(line, 2) + moreKeys[:8] + erase + strings.Repeat(line, 2)
	if screen.String() != want {
		t.Errorf("%q, want %q", screen.String(), want)
	}
}

// If the terminal has gone, the pager waits for no key.
func TestPagesOfClosedTerminal(t *testing.T) {
	keys := make(chan []byte)
	close(keys)
	p := &pager{out: &bytes.Buffer{}, size: func() (int, int) { return 80, 2 }, rest: "a\nb\n"}
	if err := p.run(t.Context(), seat.ReadKeys(keys)); err != nil || p.rest != "b\n" {
		t.Errorf("%v, and %q is left", err, p.rest)
	}
}
