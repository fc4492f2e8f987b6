package report

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"endstate/internal/attempts"
	"endstate/internal/practice"
	"endstate/labs"
)

// roundOf returns a report with a check of 60 points, one of 40, and a guard of 10.
func roundOf(first, second, guard labs.Verdict, hints ...labs.Hint) *labs.Report {
	r := &labs.Report{
		Checks: []labs.Result{{ID: "a", Title: "The `rows` are back", Verdict: first, Points: 60}, {ID: "b", Title: "Nothing is missing", Verdict: second, Points: 40}},
		Guards: []labs.Result{{ID: "c", Title: "The archive is untouched", Verdict: guard, Points: 10}},
	}
	r.Charge(hints, false)
	return r
}

func outcomeText(t *testing.T, o *practice.Outcome, width int) string {
	t.Helper()
	var out bytes.Buffer
	if err := OutcomeText(&out, o, Style{Width: width}); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestOutcomeTellsWhatChanged(t *testing.T) {
	none := roundOf(labs.Failed, labs.Skipped, labs.Passed)
	for name, test := range map[string]struct {
		before, now *labs.Report
		wants       []string
		lacks       string
	}{
		"the first check": {nil, none, []string{"Score 0 of 100\n"}, "before"},
		"more":            {none, roundOf(labs.Passed, labs.Failed, labs.Passed), []string{"Score 60 of 100 (+60, was 0)", "back (failed before)", "missing (skipped before)"}, "untouched ("},
		"less": {
			roundOf(labs.Passed, labs.Passed, labs.Passed), roundOf(labs.Passed, labs.Passed, labs.Failed),
			[]string{"Score 90 of 100 (−10, was 100) · harm −10", "untouched (passed before)"},
			"back (",
		},
		"the same": {none, none, []string{"Score 0 of 100 (as before)"}, "d before)"},
		"something else": {
			roundOf(labs.Passed, labs.Failed, labs.Failed), roundOf(labs.Passed, labs.Failed, labs.Passed, labs.Hint{Costs: 10}),
			[]string{"Score 50 of 100 (as before) · hints −10", "untouched (failed before)"},
			"missing (",
		},
		"after a hint": {roundOf(labs.Passed, labs.Failed, labs.Passed), roundOf(labs.Passed, labs.Failed, labs.Passed, labs.Hint{Costs: 10}), []string{"Score 50 of 100 (−10, was 60) · hints −10"}, "d before)"},
		"ungraded now": {none, roundOf(labs.Ungraded, labs.Failed, labs.Passed), []string{"No score"}, "before"},
	} {
		o := &practice.Outcome{Report: test.now}
		if test.before != nil {
			o.Compare(&attempts.Check{Report: test.before})
		} else {
			o.Compare(nil)
		}
		text := outcomeText(t, o, 80)
		wants(t, text, test.wants...)
		if strings.Contains(text, test.lacks) {
			t.Errorf("%s: it says %q:\n%s", name, test.lacks, text)
		}
	}
}

func TestClosingScreen(t *testing.T) {
	took := labs.Seconds{Duration: 9*time.Minute + 12*time.Second}
	next := &practice.Pick{Scenario: labs.Scenario{Name: "mysql-restore", Title: "Bring back `one` table\x1b[2J"}, Why: []string{"You have never tried it."}}
	o := &practice.Outcome{Report: roundOf(labs.Passed, labs.Passed, labs.Passed, labs.Hint{Costs: 5})}
	o.Assisted = true
	o.Solved = practice.ClosingOf(&attempts.Attempt{ID: 3, Scenario: "git-merge", Minutes: 12, Solved: &took}, next)
	for _, width := range []int{60, 80, 120} {
		text := outcomeText(t, o, width)
		wants(t, strings.Join(strings.Fields(text), " "), "Solved in 9 min 12 s at work; par is 12 min. With 1 hint and the solution.", "endstate debrief git-merge", "see the model answer.",
			`endstate next See what to practise next, and why. Now: Bring back`, `table\x1b[2J. You have never tried it.`, "endstate stop git-merge Remove the lab")
		for _, line := range strings.Split(text, "\n") {
			if ansi.StringWidth(line) > width {
				t.Errorf("at %d columns, a line has %d: %q", width, ansi.StringWidth(line), line)
			}
		}
	}
	o.Solved = practice.ClosingOf(&attempts.Attempt{ID: 3, Scenario: "git-merge", Solved: &took}, nil)
	o.Charge(nil, false)
	wants(t, outcomeText(t, o, 80), "Solved in 9 min 12 s at work. Without help.", "See what to practise next, and why.\n")
}
