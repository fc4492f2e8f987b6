package report

import (
	"fmt"
	"strings"
	"time"

	"endstate/internal/exams"
	"endstate/internal/exams/spoken"
	"endstate/labs"
)

// writeSpoken writes the questions that are answered in words: while the exam runs, how many are
// answered; at its end, what the answers held.
func writeSpoken(out *strings.Builder, style Style, v exams.View) {
	if len(v.Spoken) == 0 {
		return
	}
	if v.Result == nil {
		answered := 0
		for _, q := range v.Spoken {
			if q.Answer != nil {
				answered++
			}
		}
		fmt.Fprintf(out, "%d of %s in words answered\n", answered, labs.Count(len(v.Spoken), "question"))
		return
	}
	fmt.Fprintf(out, "%s\n", style.Bold("In words (not graded)"))
	for _, q := range v.Spoken {
		fmt.Fprintf(out, "%2d  %s", q.Number, strings.TrimLeft(style.Paragraph(q.Text, 4), " "))
		out.WriteString(style.Paragraph(AnswerText(q), 4))
		for _, line := range AnswerLines(q) {
			out.WriteString(style.Paragraph("• "+line, 6))
		}
	}
	out.WriteString("\n")
}

// AnswerText says in a few words what an answer held.
func AnswerText(q spoken.Question) string {
	a := q.Answer
	switch {
	case a == nil:
		return "not answered"
	case a.Text == "":
		return "skipped"
	}
	took := labs.Duration(time.Duration(a.Seconds * float64(time.Second)))
	switch {
	case a.Percent != nil:
		return fmt.Sprintf("%d %% of your script, in %s", *a.Percent, took)
	case len(a.Points) > 0:
		return fmt.Sprintf("%d of %s, in %s", a.Touched(), labs.Count(len(a.Points), "key point"), took)
	}
	return fmt.Sprintf("said in %s", took)
}

// AnswerLines are the key points that an answer does not seem to make, and the remarks on it.
func AnswerLines(q spoken.Question) []string {
	var lines []string
	if q.Answer == nil {
		return nil
	}
	for _, p := range q.Answer.Points {
		if !p.Touched {
			lines = append(lines, "missing: "+p.Text)
		}
	}
	for _, r := range q.Answer.Remarks {
		lines = append(lines, r.Words())
	}
	return lines
}
