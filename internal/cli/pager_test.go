//go:build unix

package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// lines is how many numbered lines the tests add to a task or to what a check finds: more than two
// pages.
const lines = 45

// paging returns a console whose task and check are long, with the keys that are pressed at the ends
// of pages.
func paging(t *testing.T, keys ...string) *console {
	d := newConsole(t)
	for i := range lines {
		d.task += fmt.Sprintf("- 行 %02d\n", i+1)
	}
	d.adds = "\nguards:\n"
	for i := range lines {
		d.adds += fmt.Sprintf("  - {id: g%02[1]d, title: Guard %02[1]d holds, costs: 1, look: at it, expect: 'state == \"good\"', otherwise: It does not.}\n", i+1)
	}
	d.lab("ada", "first")
	d.keys = keys
	return d
}

// at runs a command in the lab or outside, and returns its exit status and what it shows.
func (d *console) at(inLab bool, line string) (int, string) {
	d.Helper()
	if !inLab {
		return d.sit("", strings.Fields(line)...)
	}
	d.engine.typist.commands = []string{line}
	_, shown := d.sit("", "shell")
	if len(d.engine.typist.statuses) != 1 {
		d.Fatalf("the statuses are %v: %q", d.engine.typist.statuses, shown)
	}
	return d.engine.typist.statuses[0], shown
}

// bothDoors runs a test outside the lab and in it.
func bothDoors(t *testing.T, test func(t *testing.T, inLab bool)) {
	for _, inLab := range []bool{false, true} {
		t.Run(fmt.Sprintf("in the lab %v", inLab), func(t *testing.T) { test(t, inLab) })
	}
}

// pagesOf splits what is shown into pages, without colours. Each question must be erased.
func pagesOf(t *testing.T, shown string) []string {
	t.Helper()
	pages := strings.Split(colour.ReplaceAllString(shown, ""), more)
	for i := range pages {
		var erased bool
		if pages[i], erased = strings.CutPrefix(pages[i], "\r\x1b[K"); !erased && i > 0 {
			t.Errorf("a question stays: %q", pages[i])
		}
	}
	return pages
}

// Space shows a page, Enter a line, and q skips the rest.
func TestPages(t *testing.T) {
	bothDoors(t, func(t *testing.T, inLab bool) {
		d := paging(t, "x ", "\r", "q")
		status, shown := d.at(inLab, "task")
		pages := pagesOf(t, shown)
		if status != StatusDone || len(pages) != 4 {
			t.Fatalf("%d, %q", status, shown)
		}
		first := pages[0]
		if inLab {
			_, first, _ = strings.Cut(first, "\x1b[22;0t") // the shell's beginning
		}
		if strings.Count(first, "\n") != 19 || !strings.Contains(first, "The first") || !strings.Contains(first, "行 01") {
			t.Errorf("the first page is %q", first)
		}
		if strings.Count(pages[1], "\n") != 19 || strings.Count(pages[2], "\n") != 1 || strings.Contains(pages[3], "行") {
			t.Errorf("the next pages are %q", pages[1:])
		}
	})
}

// In an exam, too, the question and what a candidate learns from a check come in pages.
func TestPagesInExam(t *testing.T) {
	d := paging(t, "q", "\x03")
	d.engine.labs = nil
	d.engine.typist.commands = []string{"task", "check"}
	_, shown := d.sit("", "exam", "start", d.exam("feedback: full"))
	pages := pagesOf(t, shown)
	if !slices.Equal(d.engine.typist.statuses, []int{StatusDone, StatusInterrupted}) || len(pages) != 3 || strings.Count(pages[1], "Guard") != 16 {
		t.Errorf("%v, %q", d.engine.typist.statuses, pages)
	}
}

// At the end of the last page, everything has been shown, and the score is there.
func TestLastPage(t *testing.T) {
	bothDoors(t, func(t *testing.T, inLab bool) {
		for _, test := range []struct {
			line, line1, end, state string
			status                  int
		}{
			{"task", "行 %02d", "seed 7 · par 5 minutes", "good", StatusDone},
			{"check", "Guard %02d holds", "Remove the lab and all its traces.", "good", StatusDone},
			{"check", "Guard %02d holds", "Score 0 of 100", "bad", StatusFailed},
		} {
			d := paging(t, slices.Repeat([]string{" "}, 20)...)
			d.state = test.state
			status, shown := d.at(inLab, test.line)
			pages := pagesOf(t, shown)
			if status != test.status || len(pages) < 3 || !strings.Contains(pages[len(pages)-1], test.end) {
				t.Errorf("%s: %d, %q", test.line, status, pages)
			}
			all := strings.Join(pages, "")
			for i := range lines {
				if strings.Count(all, fmt.Sprintf(test.line1, i+1)) != 1 {
					t.Errorf("%s: line %d is not there once: %q", test.line, i+1, all)
				}
			}
		}
	})
}

// A check whose rest is skipped shows its score all the same, and has its usual exit status. After Ctrl-C, it has that of an interruption.
func TestEndOfPaging(t *testing.T) {
	bothDoors(t, func(t *testing.T, inLab bool) {
		for _, test := range []struct {
			key    string
			status int
		}{{"q", StatusFailed}, {"\x03", StatusInterrupted}} {
			d := paging(t, test.key)
			d.state = "bad"
			status, shown := d.at(inLab, "check")
			pages := pagesOf(t, shown)
			if scored := strings.Contains(pages[len(pages)-1], "Score 0 of 100"); scored != (test.key == "q") {
				t.Errorf("%q: the score is shown %v: %q", test.key, scored, pages)
			}
			if status != test.status || len(pages) != 2 || strings.Contains(pages[1], "Guard") || strings.Contains(pages[1], "Interrupted.\r\n") != (test.key == "\x03") {
				t.Errorf("%q: %d, %q", test.key, status, pages)
			}
		}
	})
}

// Only people at a screen get pages: not pipes, files, programs and simple terminals. Nobody has to
// press keys for what fits, or while a lab is started.
func TestNoPages(t *testing.T) {
	file := filepath.Join(t.TempDir(), "check.txt")
	for _, test := range []struct {
		line, term string
		inLab      bool
	}{
		{"check --json", "xterm", false},
		{"check --junit", "xterm", false},
		{"check -o " + file, "xterm", false},
		{"task", "dumb", false},
		{"check", "dumb", false},
		{"start second --no-shell", "xterm", false},
		{"check --json", "xterm", true},
		{"task>", "xterm", true},
		{"check>", "xterm", true},
		{"check&", "xterm", true},
		{"TERM=dumb check", "xterm", true},
	} {
		d := paging(t)
		d.env["TERM"] = test.term
		if status, shown := d.at(test.inLab, test.line); status != StatusDone || strings.Contains(shown, "more:") {
			t.Errorf("%s: %d, %q", test.line, status, shown)
		}
	}
	if text, err := os.ReadFile(file); err != nil || !strings.Contains(string(text), "Score 100") || strings.Contains(string(text), "more:") {
		t.Errorf("the file has %q, %v", text, err)
	}
	d := paging(t)
	for _, line := range []string{"task", "check"} {
		if out := d.wants(StatusDone, line); strings.Contains(out, "more:") || !strings.Contains(out, "45") {
			t.Errorf("a pipe gets %q", out)
		}
	}
	d = newConsole(t)
	d.lab("ada", "first")
	if _, shown := d.sit("", "task"); strings.Contains(shown, "more:") {
		t.Errorf("a short task: %q", shown)
	}
}
