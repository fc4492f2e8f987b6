package exam

import (
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	examdesk "endstate/internal/desk/exam"
	"endstate/internal/exams"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func places() []examdesk.Place {
	return []examdesk.Place{
		{Exam: 1, Candidate: "Ada", Phase: exams.Running, Attached: true, Question: 2, Questions: 3, Title: "Restore a dropped database from its mysqldump file", Left: 600, Checked: 1, LastCheck: &exams.LastCheck{At: noon.Add(-time.Minute), Score: 40}},
		{Exam: 2, Candidate: "Bob \x1b[2J" + strings.Repeat("b", 100), Phase: exams.Running, Question: 1, Questions: 3, Title: "Find", Left: 90},
		{Exam: 3, Candidate: "Cleo", Phase: exams.Paused, StoppedBy: "vera", Question: 1, Questions: 3, Left: 1200},
		{Exam: 4, Candidate: "Dan", Phase: exams.Running, Due: true, Question: 1, Questions: 3},
		{Exam: 5, Candidate: "Eve", Phase: exams.Finished, Question: 3, Questions: 3},
	}
}

func TestPlaces(t *testing.T) {
	var out strings.Builder
	if err := writePlaces(&out, places(), noon); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"1 Ada 10 min 2 of 3 1: 40 of 100, 60 s ago Restore a dropped", "90 s 1 of 3 – no terminal · Find",
		"20 min 1 of 3 – paused by vera", "due 1 of 3 – not graded yet", "– 3 of 3 – over, graded",
	} {
		if !strings.Contains(strings.Join(strings.Fields(out.String()), " "), want) {
			t.Errorf("%q is missing in\n%s", want, out.String())
		}
	}
	if strings.Contains(out.String(), "\x1b") {
		t.Errorf("it controls the terminal: %q", out.String())
	}
	out.Reset()
	if err := writePlaces(&out, nil, noon); err != nil || !strings.Contains(out.String(), "No exam is running") {
		t.Errorf("%q, %v", out.String(), err)
	}
}

// A screen has no line that is too long, and no more lines than fit.
func TestScreenFits(t *testing.T) {
	for _, size := range [][2]int{{20, 5}, {60, 6}, {80, 24}} {
		screen := screenOf(places(), noon, size[0], size[1])
		lines := strings.Split(screen, "\r\n")
		if len(lines) > size[1] {
			t.Errorf("%d lines on %d rows", len(lines), size[1])
		}
		for _, line := range lines {
			if width := ansi.StringWidth(line); width > size[0] {
				t.Errorf("%d columns of %d: %q", width, size[0], line)
			}
		}
		if !strings.HasPrefix(screen, toTop) || !strings.HasSuffix(screen, clearBelow) || strings.Count(screen, clearLine) != len(lines) {
			t.Errorf("it leaves parts of the screen before: %q", screen)
		}
		if size[1] < 9 && !strings.Contains(screen, "more:") {
			t.Errorf("it does not say that some are left out: %q", screen)
		}
	}
}

// A narrow screen shows where each candidate is, as a wide one does, and leaves out whole candidates.
func TestNarrowScreenShowsWhere(t *testing.T) {
	screen := screenOf(places(), noon, 60, 24)
	for _, want := range []string{"Restore a dropped database", "no terminal · Find", "paused by vera", "not graded yet", "over, graded"} {
		if !strings.Contains(screen, want) {
			t.Errorf("%q is missing in\n%s", want, screen)
		}
	}
	if screen = screenOf(places(), noon, 60, 9); !strings.Contains(screen, "no terminal · Find") || strings.Contains(screen, "Cleo") || !strings.Contains(screen, "and 3 more:") {
		t.Errorf("it does not end after a whole candidate:\n%s", screen)
	}
}
