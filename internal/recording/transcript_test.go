package recording

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// shown returns the transcript of what a terminal 20 columns wide showed. Rows that were typed
// begin with a mark.
func shown(limit int, output ...string) []string {
	r := &Recording{Header: Header{Width: 20}}
	for i, text := range output {
		r.Events = append(r.Events, Event{At: time.Duration(i) * time.Second, Kind: Output, Data: text})
	}
	rows := []string{}
	for _, row := range r.Transcript(limit) {
		switch {
		case row.Omitted > 0:
			rows = append(rows, fmt.Sprintf("(%d)", row.Omitted))
		case row.Typed:
			rows = append(rows, "» "+row.Text)
		default:
			rows = append(rows, row.Text)
		}
	}
	return rows
}

func TestTranscript(t *testing.T) {
	for name, test := range map[string]struct {
		output string
		want   []string
	}{
		"a command and its output": {on + "$ ls\r\n" + off + "\ra  b\r\nc\r\n" + on + "$ ", []string{"» $ ls", "a  b", "c", "$"}},
		"entered before its end":   {on + "$ ls" + off + "\r\nfile\r\n", []string{"» $ ls", "file"}},
		"twice the same":           {on + "$ ls\r\n" + off + on + "$ ls\r\n" + off, []string{"» $ ls", "» $ ls"}},
		"an empty row":             {"a\r\n\r\nb\r\n", []string{"a", "", "b"}},
		"colours and a title":      {"\x1b]0;title\a\x1b[31mred\x1b[0m\r\n", []string{"red"}},
		"a progress bar":           {"10 %\r20 %\r100 %\r\n", []string{"100 %"}},
		"progress on two rows":     {on + "$ check\r\n" + off + "a 1\r\nb 1\r\n\x1b[2A\x1b[Ja 2\r\nb 2\r\n\x1b[2A\x1b[Jdone\r\n", []string{"» $ check", "done"}},
		"up beyond what was typed": {on + "$ ls\r\n" + off + "\x1b[9Ax\r\n", []string{"» $ ls", "x"}},
		"longer than a row":        {"0123456789abcdefghijklm\r\n", []string{"0123456789abcdefghijklm"}},
		"an editor":                {on + "$ vi\r\n" + off + "\x1b[?1049hsecret\r\nrows\x1b[?1049l" + on + "$ ls\r\n" + off, []string{"» $ vi", FullScreen, "» $ ls"}},
		"the last row, unfinished": {"mysql> SELECT 1", []string{"mysql> SELECT 1"}},
		"nothing":                  {"", []string{}},
	} {
		if diff := cmp.Diff(test.want, shown(100, test.output)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// A transcript keeps the beginning and the end, and says how much is missing in between.
func TestTranscriptIsBounded(t *testing.T) {
	var output []string
	for n := range 1000 {
		output = append(output, fmt.Sprintf("row %d\r\n", n))
	}
	want := []string{"row 0", "row 1", "row 2", "(994)", "row 997", "row 998", "row 999"}
	if diff := cmp.Diff(want, shown(6, output...)); diff != "" {
		t.Error(diff)
	}
	if got := shown(10, output[:10]...); len(got) != 10 || got[9] != "row 9" {
		t.Errorf("%q", got)
	}
	if got := shown(10, strings.Repeat("x", 3*maxRow)+"\r\n"); len(got) != 1 || len([]rune(got[0])) > maxRow+1 {
		t.Errorf("%d characters", len([]rune(got[0])))
	}
}

// Whatever a terminal showed, its transcript has no control characters and stays in its bounds.
func TestTranscriptOfAnything(t *testing.T) {
	pieces := []string{on, off, "\x1b[", "\x1b]", "\x1b[999999999A", "\x1b[999999999B", "\x1b[99999C", "\x1b[K", "\x1b[J", "\x1bP", "\x1b", "\a", "\b", "\r", "\n", "\x00", "\x7f", "\xff", "text ", "\x1b[?1049h", "\x1b[?1049l"}
	rapid.Check(t, func(t *rapid.T) {
		output := rapid.SliceOf(rapid.SampledFrom(pieces)).Draw(t, "output")
		limit := rapid.IntRange(0, 9).Draw(t, "limit")
		rows := shown(limit, output...)
		if len(rows) > max(2, limit)+1 {
			t.Fatalf("%d rows of %d", len(rows), limit)
		}
		for _, row := range rows {
			if strings.ContainsAny(row, "\x1b\x00\a\b\r\n\x7f") {
				t.Fatalf("%q", row)
			}
		}
	})
}
