package author

import (
	"strings"
	"testing"

	"endstate/internal/grading"
	"endstate/internal/report"
	"endstate/labs"
)

// A proof whose verdicts are as stated may still not have done what its author meant.
func TestResultOfAProof(t *testing.T) {
	failed := labs.Report{Checks: []labs.Result{{ID: "rows", Verdict: labs.Failed, Message: "Two rows are missing."}, {ID: "key", Verdict: labs.Passed}}}
	for name, c := range map[string]struct {
		result   grading.ProofResult
		messages bool
		want     string
	}{
		"as stated":           {grading.ProofResult{Report: &failed}, false, ""},
		"a failing script":    {grading.ProofResult{Report: &failed, Status: 1, Output: "one\nERROR 1064 at line 1\n"}, false, "    its script ended with status 1: ERROR 1064 at line 1\n"},
		"one proof":           {grading.ProofResult{Report: &failed}, true, "    rows: Two rows are missing.\n"},
		"not as stated":       {grading.ProofResult{Wrong: []string{"rows is passed, not failed"}, Status: 1, Output: "two"}, true, "    rows is passed, not failed\n    the last lines of the script:\n      two\n"},
		"could not be played": {grading.ProofResult{Failed: "no room"}, true, "    could not be played: no room\n"},
	} {
		out := &strings.Builder{}
		showResult(out, report.Style{}, c.result, c.messages)
		_, below, _ := strings.Cut(out.String(), "\n")
		if below != c.want {
			t.Errorf("%s: %q, want %q", name, below, c.want)
		}
	}
}
