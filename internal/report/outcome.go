package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"endstate/internal/practice"
	"endstate/labs"
)

// OutcomeText writes the outcome of a check as text: its report, in which changed verdicts are
// marked, and what comes next once everything is solved.
func OutcomeText(w io.Writer, o *practice.Outcome, style Style) error {
	var out strings.Builder
	writeReport(&out, o.Report, o.Change, style)
	if o.Solved != nil {
		writeSolved(&out, o, style)
	}
	_, err := io.WriteString(w, out.String())
	return err
}

// verdictWords describe verdicts of an earlier check.
var verdictWords = map[labs.Verdict]string{
	labs.Passed: "passed", labs.Failed: "failed", labs.Skipped: "skipped", labs.Ungraded: "not graded",
}

// markChanged adds a result's earlier verdict to its title if that was another one.
func markChanged(result labs.Result, change *practice.Change) labs.Result {
	if change == nil {
		return result
	}
	if was, changed := change.Verdicts[result.ID]; changed {
		result.Title += " (" + verdictWords[was] + " before)"
	}
	return result
}

// writeSolved writes the closing screen.
func writeSolved(out *strings.Builder, o *practice.Outcome, style Style) {
	head := "Solved in " + labs.Duration(spanOf(o.Solved.Spent)) + " at work"
	if o.Solved.Par > 0 {
		head += "; par is " + labs.Duration(spanOf(o.Solved.Par))
	}
	fmt.Fprintf(out, "\n%s", style.Paragraph(fmt.Sprintf("%s. %s.", head, helpUsed(o.Report)), 0))
	for _, act := range o.Solved.Acts {
		text := act.For + "."
		if next := o.Solved.Next; act.Name == labs.ActNext && next != nil {
			text += fmt.Sprintf(" Now: %s. %s", next.Scenario.Title, strings.Join(next.Why, " "))
		}
		fmt.Fprintf(out, "  %s\n%s", style.Bold(command(act)), style.Paragraph(text, 6))
	}
}

// helpUsed names the help that a learner used.
func helpUsed(r *labs.Report) string {
	var used []string
	switch {
	case len(r.Hints) == 1:
		used = append(used, "1 hint")
	case len(r.Hints) > 1:
		used = append(used, labs.Count(len(r.Hints), "hint"))
	}
	if r.Assisted {
		used = append(used, "the solution")
	}
	if len(used) == 0 {
		return "Without help"
	}
	return "With " + strings.Join(used, " and ")
}

func spanOf(n float64) time.Duration { return time.Duration(n * float64(time.Second)) }
