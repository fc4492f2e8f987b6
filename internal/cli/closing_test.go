package cli

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"endstate/internal/attempts"
	"endstate/internal/practice"
	"endstate/labs"
)

// Each check says what has changed since the last one that could be graded.
func TestCheckTellsWhatChanged(t *testing.T) {
	d := newConsole(t)
	d.lab("ada", "first")
	d.state = "bad"
	if out := d.wants(StatusFailed, "check", "Score 0 of 100"); strings.Contains(out, "before") {
		t.Errorf("the first check compares itself with another: %s", out)
	}
	d.wants(StatusFailed, "check", "Score 0 of 100 (as before)")
	d.state, d.failed = "good", os.ErrDeadlineExceeded
	d.wants(StatusUngraded, "check", "No score")
	d.failed = nil
	d.wants(StatusDone, "check", "✓ The state is good (failed before)", "Score 100 of 100 (+100, was 0)")
	d.state = "bad"
	o := readAt[practice.Outcome](d, StatusFailed, "check --json")
	if o.Change == nil || o.Change.Gain != -100 || o.Change.Score != 100 || o.Change.Verdicts["good"] != labs.Passed || o.Solved != nil {
		t.Errorf("%+v", o.Change)
	}
	d.wants(StatusDone, "stop", "The lab of first is gone. Its last score: 0 of 100.")
	d.after(time.Minute)
	d.lab("ada", "first")
	if o := readAt[practice.Outcome](d, StatusFailed, "check --json"); o.Change != nil {
		t.Errorf("a new attempt compares itself with the one before: %+v", o.Change)
	}
}

// Once everything is solved, the learner sees how it went and what comes next; the values come
// from the desk.
func TestClosing(t *testing.T) {
	d := newConsole(t)
	d.wants(StatusDone, "start first --seed 7")
	d.after(90 * time.Second)
	d.wants(StatusDone, "check", "Solved in 90 s at work; par is 5 min. Without help.",
		"endstate debrief first", "endstate next", "Now: The second. You have never", "endstate stop first")
	d.after(time.Minute)
	d.wants(StatusDone, "solution --yes")
	outcome, err := d.atDesk().Check(t.Context(), labs.Learner{Name: "ada"}, "first", d.unwarned)
	if err != nil {
		t.Fatal(err)
	}
	solved := outcome.Solved
	if solved == nil || solved.Attempt != 1 || solved.Spent != 90 || solved.Par != 300 || solved.Next.Scenario.Name != "second" || len(solved.Acts) != 3 || !outcome.Assisted {
		t.Errorf("at the desk: %+v", solved)
	}
	if o := read[practice.Outcome](d, "check --json"); o.Solved == nil || o.Solved.Spent != 90 {
		t.Errorf("as JSON: %+v", o.Solved)
	}
	d.wants(StatusDone, "check", "With the solution.")
	d.wants(StatusDone, "start second")
	if o := read[practice.Outcome](d, "check first --json"); o.Solved == nil || o.Solved.Next != nil {
		t.Errorf("with every scenario running: %+v", o.Solved)
	}
	d.wants(StatusDone, "stop --all", "The lab of first is gone. Its last score: 100 of 100.", "The lab of second is gone. It has no score.")
	if a := read[attempts.Story](d, "show 1 --json"); a.Solved == nil || a.Solved.Duration != 90*time.Second {
		t.Errorf("%+v", a.Attempt)
	}
}

// A lab that is solved counts although it still runs, with help or without: on the closing screen, and
// in what next, progress, list and history say. All of them name the same score.
func TestSolvedLabsCountWhileTheyRun(t *testing.T) {
	for i, test := range []struct {
		help               bool
		standing, progress string
		score, unaided     string
	}{
		{false, "solved, lab running", "solved, last 100 of 100 without help", "100", "100"},
		{true, "shaky, last score 0, lab running", "shaky, last 0 of 100 without help", " 95", "  0"},
		{true, "shaky, last score 0, lab running", "shaky, last 0 of 100 without help", " 95", "  0"}, // help before the first check
	} {
		d := newConsole(t)
		d.wants(StatusDone, "start first")
		d.state = "bad"
		if i < 2 {
			d.wants(StatusFailed, "check")
		}
		if test.help {
			d.wants(StatusDone, "hint --yes")
		}
		d.state = "good"
		for _, line := range []string{"check", "next"} {
			if out := d.wants(StatusDone, line, "You have never"); strings.Contains(out, "not finished anything") {
				t.Errorf("%s: %s", line, out)
			}
		}
		d.wants(StatusDone, "list", test.standing)
		out := d.wants(StatusDone, "progress", "first: "+test.progress)
		if test.help && (strings.Contains(out, "chance that you can still do it is 100 %") || !strings.Contains(out, "it comes back soon, because you got only 0 of 100")) {
			t.Errorf("after a poor attempt, progress says %s", out)
		}
		d.wants(StatusDone, "history", "SCORE  UNAIDED", fmt.Sprintf("first       %s      %s", test.score, test.unaided))
		d.wants(StatusDone, "show", "Score:   "+strings.TrimSpace(test.score)+" of 100; without help "+strings.TrimSpace(test.unaided), "the lab is still running")
	}
}
