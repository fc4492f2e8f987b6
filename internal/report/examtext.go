package report

import (
	"fmt"
	"io"
	"strings"

	"endstate/internal/exams"
	"endstate/labs"
)

// ExamState is where an exam stands, in a few words.
func ExamState(v exams.View) string {
	switch v.Phase {
	case exams.Preparing:
		return ClockState(v)
	case exams.Paused:
		return ClockState(v) + ", " + TimeLeft(v)
	case exams.Running:
		if v.Due {
			return "due, not graded yet"
		}
		return TimeLeft(v)
	case exams.Over:
		return OverState(v.Phase, v.BeingGraded())
	}
	state := fmt.Sprintf("%s of %d", Decimal(v.Result.Earned), v.Result.Points)
	if v.Result.Passed != nil && *v.Result.Passed {
		return state + ", passed"
	}
	return state + ", not passed"
}

// ClockState says why an exam's clock does not run; "" if it does.
func ClockState(v exams.View) string {
	switch {
	case v.Phase == exams.Preparing:
		return "the first lab is not ready yet"
	case v.Phase == exams.Paused && v.StoppedBy() != nil:
		return "paused by the examiner"
	case v.Phase == exams.Paused:
		return "the clock is stopped"
	}
	return ""
}

// NeverOpened says that a question has no points because its candidate never opened it.
const NeverOpened = "never opened"

// OverState says where the grading of an exam stands that is over.
func OverState(phase exams.Phase, beingGraded bool) string {
	switch {
	case phase == exams.Finished:
		return "over, graded"
	case beingGraded:
		return "over, being graded"
	}
	return "over, not fully graded"
}

// ExamText writes where an exam stands, or its result.
func ExamText(w io.Writer, v exams.View, style Style) error {
	head := fmt.Sprintf("%s · exam %d · %s", v.Title, v.ID, v.Candidate)
	var out strings.Builder
	fmt.Fprintf(&out, "%s\n", style.Bold(Visible(head)))
	if v.Result == nil {
		fmt.Fprintf(&out, "%s of %s\n", ExamState(v), labs.Duration(v.Length()))
		fmt.Fprintf(&out, "%s\n", style.Dim(strings.TrimSuffix(style.Paragraph(strings.Join(Rules(v), " · "), 0), "\n")))
		writeDecisions(&out, style, v)
		writeSpoken(&out, style, v)
		writeQuestions(&out, style, v)
	} else {
		writeExamEnd(&out, v)
		writeDecisions(&out, style, v)
		writeSpoken(&out, style, v)
		writeGrades(&out, style, v)
		writeExamResult(&out, style, v)
	}
	for _, c := range v.Comments {
		out.WriteString(style.Paragraph(CommentText(c), 0))
	}
	for _, doubt := range v.Doubts {
		fmt.Fprintf(&out, "%s %s\n", style.Warn("Contradiction:"), Visible(doubt))
	}
	_, err := io.WriteString(w, out.String())
	return err
}

func writeQuestions(out *strings.Builder, style Style, v exams.View) {
	for _, q := range v.Questions {
		mark := " "
		if q.Number == v.Current {
			mark = "›"
		}
		state := "not opened"
		switch {
		case q.Opened:
			state = labs.Duration(spanOf(q.Spent)) + " spent"
		case !q.Ready.IsZero():
			state = "ready"
		}
		if q.Checks > 0 {
			state += ", " + labs.Count(q.Checks, "check")
		}
		if q.Hints > 0 {
			state += ", " + labs.Count(q.Hints, "hint")
		}
		if q.Flagged {
			state += ", " + style.Warn("flagged")
		}
		fmt.Fprintf(out, "%s %2d  %s\n      %s\n", mark, q.Number, style.Code(q.Title),
			style.Dim(fmt.Sprintf("%s · par %d min · ", labs.Count(q.Points, "point"), q.Minutes))+required(q)+state)
	}
}

// writeDecisions writes what examiners decided while the exam was running.
func writeDecisions(out *strings.Builder, style Style, v exams.View) {
	lines := Decisions(v)
	for _, line := range lines {
		out.WriteString(style.Paragraph(line, 0))
	}
	if len(lines) > 0 {
		out.WriteString("\n")
	}
}

// Decisions describes the extra time and the pauses that examiners gave: who, when, how long,
// and why.
func Decisions(v exams.View) []string {
	var lines []string
	for _, e := range v.Extra {
		lines = append(lines, fmt.Sprintf("Extra time: %s, by %s at %s%s", labs.Duration(e.Duration()), e.By, e.At.Local().Format("15:04:05"), because(e.Why)))
	}
	for _, p := range v.Pauses {
		if p.Why != exams.ExaminerPause {
			continue
		}
		until := ""
		if !p.To.IsZero() {
			until = fmt.Sprintf(" to %s (%s)", p.To.Local().Format("15:04:05"), labs.Duration(p.To.Sub(p.From)))
		}
		lines = append(lines, fmt.Sprintf("Paused by %s from %s%s%s", p.Examiner, p.From.Local().Format("15:04:05"), until, because(p.Reason)))
	}
	if v.EndedBy != "" {
		lines = append(lines, fmt.Sprintf("Ended by %s at %s%s", v.EndedBy, v.Ended.Local().Format("15:04:05"), because(v.EndedWhy)))
	}
	return lines
}

func because(why string) string {
	if why == "" {
		return ""
	}
	return ": " + why
}

func required(q exams.QuestionView) string {
	if q.Required {
		return "required · "
	}
	return ""
}

// Rules returns the rules of an exam that its candidate may know before it starts.
func Rules(v exams.View) []string {
	rules := []string{fmt.Sprintf("%d %% pass", v.Pass)}
	if words := v.Minimum.Words(); words != "" {
		rules = append(rules, words)
	}
	var numbers []string
	for _, q := range v.Questions {
		if q.Required {
			numbers = append(numbers, fmt.Sprint(q.Number))
		}
	}
	switch n := len(numbers); {
	case n == 1:
		rules = append(rules, fmt.Sprintf("question %s is required: %d %% of its points", numbers[0], v.Pass))
	case n > 1:
		rules = append(rules, fmt.Sprintf("questions %s and %s are required: %d %% of the points of each", strings.Join(numbers[:n-1], ", "), numbers[n-1], v.Pass))
	}
	return append(rules, v.Harm.Words(), v.Feedback.Words(), v.Hints.Words())
}

func writeExamEnd(out *strings.Builder, v exams.View) {
	fmt.Fprintf(out, "%s at %s", v.Way.Words(), v.Ended.Local().Format("2006-01-02 15:04:05"))
	if v.Seed != nil {
		fmt.Fprintf(out, " · seed %d", *v.Seed)
	}
	out.WriteString("\n\n")
}
