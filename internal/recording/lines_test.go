package recording

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// on and off are what a shell writes before and after reading a line.
const (
	on  = "\x1b[?2004h"
	off = "\x1b[?2004l"
)

func linesOf(width int, output ...string) []string {
	r := &Recording{Header: Header{Width: width}}
	for i, text := range output {
		r.Events = append(r.Events, Event{At: time.Duration(i) * time.Second, Kind: Output, Data: text})
	}
	var texts []string
	for _, line := range r.Lines() {
		texts = append(texts, line.Text)
	}
	return texts
}

func TestLines(t *testing.T) {
	for name, test := range map[string]struct {
		output string
		want   []string
	}{
		"a line":            {on + "$ ls\r\n" + off + "\rfile\r\n", []string{"$ ls"}},
		"ended before":      {on + "$ ls" + off + "\r\nfile\r\n", []string{"$ ls"}},
		"two":               {on + "$ a\r\n" + off + "out\r\n" + on + "$ b\r\n" + off, []string{"$ a", "$ b"}},
		"in colours":        {on + "\x1b[36mlab\x1b[0m \x1b[1;32m~\x1b[m$ ls\r\n" + off, []string{"lab ~$ ls"}},
		"with a title":      {on + "\x1b]0;ignored\a$ ls\r\n" + off, []string{"$ ls"}},
		"rubbed out":        {on + "$ lz\b\x1b[Ks\r\n" + off, []string{"$ ls"}},
		"rubbed out, older": {on + "$ lz\b \bs\r\n" + off, []string{"$ ls"}},
		"put in":            {on + "$ ac\b\x1b[1@b\r\n" + off, []string{"$ abc"}},
		"taken out":         {on + "$ abxc\b\b\x1b[1P\r\n" + off, []string{"$ abc"}},
		"written over":      {on + "$ older\r\x1b[C\x1b[Cnew\x1b[K\r\n" + off, []string{"$ new"}},
		"from a history":    {on + "$ first one\x1b[9D\x1b[Kx\r\n" + off, []string{"$ x"}},
		"longer than a row": {on + "$ 0123456789abcdef01 \r23456789\r\n" + off, []string{"$ 0123456789abcdef0123456789"}},
		"nothing":           {on + off + "\r\n", nil},
		"not a shell's":     {off + "output\r\n" + off, nil},
		"in an editor":      {on + "$ vim\r\n" + off + "\x1b[?1049h" + on + "text in it\r\n" + off + "\x1b[?1049l" + on + "$ ls\r\n" + off, []string{"$ vim", "$ ls"}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := linesOf(20, test.output); !slices.Equal(got, test.want) {
				t.Errorf("%q", got)
			}
			// However the output is split into events.
			for size := 1; size < 6; size++ {
				var pieces []string
				for rest := test.output; rest != ""; {
					n := min(size, len(rest))
					pieces = append(pieces, rest[:n])
					rest = rest[n:]
				}
				if got := linesOf(20, pieces...); !slices.Equal(got, test.want) {
					t.Errorf("in pieces of %d: %q", size, got)
				}
			}
		})
	}
}

// A line has the time at which it was entered.
func TestLinesInTime(t *testing.T) {
	r := &Recording{Header: Header{Width: 80}, Events: []Event{
		{time.Second, Output, on + "$ "}, {5 * time.Second, Output, "ls"}, {9 * time.Second, Output, "\r\n" + off + "out"},
	}}
	if got := r.Lines(); len(got) != 1 || got[0].At != 9*time.Second {
		t.Errorf("%+v", got)
	}
}

// Whatever a terminal showed, reading it terminates.
func TestLinesOfAnything(t *testing.T) {
	pieces := []string{on, off, "\x1b[", "\x1b]", "\x1b[999999999A", "\x1b[999999999B", "\x1b[99999C", "\x1b[99999@", "\x1b[99999P", "\x1b[K", "\x1b[J", "\x1b[0G", "\x1b[-5D", "\x1bP", "\x1b", "\a", "\b", "\r", "\n", "ż", "\xff", "text ", "\x1b[?1049h", "\x1b[?1049l"}
	rapid.Check(t, func(t *rapid.T) {
		var events []Event
		for _, text := range rapid.SliceOf(rapid.SampledFrom(pieces)).Draw(t, "output") {
			events = append(events, Event{Kind: Output, Data: text})
		}
		events = append(events, Event{Kind: Resize, Data: rapid.SampledFrom([]string{"", "0x0", "-1x5", "3x3", "x"}).Draw(t, "size")}, Event{Kind: Output, Data: strings.Repeat("y", 500)})
		r := &Recording{Header: Header{Width: rapid.IntRange(-1, 5).Draw(t, "width")}, Events: events}
		_ = r.Lines()
	})
}
