package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"endstate/internal/exams"
	"endstate/labs"
)

// ExamState is where an exam stands, in a few words.
func ExamState(v exams.View) string {
	switch v.Phase {
	case exams.Preparing:
		return "the first lab is not ready yet"
	case exams.Paused:
		if v.StoppedBy() != nil {
			return "paused by the examiner, " + TimeLeft(v)
		}
		return "the clock is stopped, " + TimeLeft(v)
	case exams.Running:
		if v.Due {
			return "due, not graded yet"
		}
		return TimeLeft(v)
	case exams.Over:
		return "over, not fully graded"
	}
	state := fmt.Sprintf("%s of %d", Decimal(v.Result.Earned), v.Result.Points)
	if v.Result.Passed != nil && *v.Result.Passed {
		return state + ", passed"
	}
	return state + ", not passed"
}

// ExamText writes where an exam stands, or its result.
func ExamText(w io.Writer, v exams.View, style Style) error {
	head := fmt.Sprintf("%s · exam %d · %s", v.Title, v.ID, v.Candidate)
	var out strings.Builder
	fmt.Fprintf(&out, "%s\n", style.Bold(Visible(head)))
	if v.Result == nil {
		fmt.Fprintf(&out, "%s of %s\n", ExamState(v), labs.Count(v.Length(), "minute"))
		fmt.Fprintf(&out, "%s\n", style.Dim(strings.TrimSuffix(style.Paragraph(strings.Join(Rules(v), " · "), 0), "\n")))
		writeDecisions(&out, style, v)
		writeQuestions(&out, style, v)
	} else {
		writeExamEnd(&out, v)
		writeDecisions(&out, style, v)
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
			state = Brief(time.Duration(q.Spent*float64(time.Second))) + " spent"
		case !q.Ready.IsZero():
			state = "ready"
		}
		if q.Checks > 0 {
			state += fmt.Sprintf(", checks: %d", q.Checks)
		}
		if q.Hints > 0 {
			state += fmt.Sprintf(", hints: %d", q.Hints)
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
		lines = append(lines, fmt.Sprintf("Extra time: %s, by %s at %s%s", Brief(e.Duration()), e.By, e.At.Local().Format("15:04:05"), because(e.Why)))
	}
	for _, p := range v.Pauses {
		if p.Why != exams.ExaminerPause {
			continue
		}
		until := ""
		if !p.To.IsZero() {
			until = fmt.Sprintf(" to %s (%s)", p.To.Local().Format("15:04:05"), Brief(p.To.Sub(p.From)))
		}
		lines = append(lines, fmt.Sprintf("Paused by %s from %s%s%s", p.Examiner, p.From.Local().Format("15:04:05"), until, because(p.Reason)))
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
	how := "Submitted"
	if v.Way == exams.TimeUp {
		how = "Time was up"
	}
	fmt.Fprintf(out, "%s at %s", how, v.Ended.Local().Format("2006-01-02 15:04:05"))
	if v.Seed != nil {
		fmt.Fprintf(out, " · seed %d", *v.Seed)
	}
	out.WriteString("\n\n")
}

func writeGrades(out *strings.Builder, style Style, v exams.View) {
	for _, q := range v.Questions {
		fmt.Fprintf(out, "%2d  %s\n", q.Number, style.Code(q.Title))
		fmt.Fprintf(out, "    %s\n", strings.ReplaceAll(gradeText(style, q), "\n", "\n    "))
		for _, line := range byHand(q.ByHand) {
			out.WriteString(style.Paragraph(line, 4))
		}
		if g := q.Grade; g != nil {
			for _, line := range gradeHelp(v.ID, q) {
				fmt.Fprintf(out, "    %s\n", style.Dim(line))
			}
		}
	}
}

// HarmFailed says why a question with harm has no points.
const HarmFailed = "failed: what must not change was harmed"

// gradeText is the grade of a question, and how late its lab was frozen.
func gradeText(style Style, q exams.QuestionView) string {
	g := q.Grade
	if g == nil {
		return style.Warn("not graded yet")
	}
	var state string
	switch {
	case g.Withheld():
		state = style.Warn(fmt.Sprintf("score %d of 100, which does not count: ", *g.Report.Score)) + Visible(g.Why)
	case g.Score == nil:
		state = style.Warn("could not be graded: ") + Visible(g.Why)
	default:
		earned, _ := q.Earned()
		state = style.Bold(fmt.Sprintf("%s of %d", Decimal(earned), q.Points)) +
			style.Dim(fmt.Sprintf(" · score %d of 100 · %s spent", *g.Score, Brief(time.Duration(q.Spent*float64(time.Second)))))
		if g.Harmed {
			state += style.Bad(" · " + HarmFailed)
		}
		if g.Why != "" {
			state += style.Dim(" · " + Visible(g.Why))
		}
	}
	late := " · " + Lateness(g)
	if g.CameLate() {
		return state + style.Warn(late)
	}
	return state + style.Dim(late)
}

// byHand says what examiners added to a question.
func byHand(by exams.ByHand) []string {
	var lines []string
	for _, a := range by.Adjustments {
		lines = append(lines, fmt.Sprintf("%s by hand, by %s at %s: %s", signedPoints(a.Points), a.By, a.At.Local().Format("2006-01-02 15:04"), a.Why))
	}
	for _, c := range by.Comments {
		lines = append(lines, CommentText(c))
	}
	return lines
}

// CommentText is a comment with its author and time.
func CommentText(c exams.Comment) string {
	return fmt.Sprintf("Comment by %s at %s: %s", c.By, c.At.Local().Format("2006-01-02 15:04"), c.Text)
}

func signedPoints(n int) string {
	sign := "+"
	if n < 0 {
		sign, n = "−", -n
	}
	return sign + labs.Count(n, "point")
}

// gradeHelp is what can be done about a grade.
func gradeHelp(exam int64, q exams.QuestionView) []string {
	var lines []string
	switch {
	case q.Grade.Withheld():
		lines = append(lines, fmt.Sprintf("An examiner can accept it: endstate exam grade %d --late --exam %d", q.Number, exam))
	case q.Grade.Retry:
		lines = append(lines, "It depends on a server that did not answer. Its lab is kept; grade it once more: "+gradeCommand(exam))
	}
	if shows := evidence(exam, q); shows != "" {
		lines = append(lines, shows)
	}
	if q.Grade.Report != nil {
		lines = append(lines, fmt.Sprintf("endstate start %s --seed %d", q.Scenario, *q.Seed))
	}
	return lines
}

func writeExamResult(out *strings.Builder, style Style, v exams.View) {
	r := v.Result
	if r.Passed == nil {
		fmt.Fprintf(out, "\n%s %s\n", style.Bold(style.Warn("No result yet")),
			style.Dim(fmt.Sprintf("– %d of %d questions are not graded. Grade them again: %s", len(r.Ungraded), len(v.Questions), gradeCommand(v.ID))))
		return
	}
	verdict := style.Good("passed")
	if !*r.Passed {
		verdict = style.Bad("not passed")
	}
	fmt.Fprintf(out, "\n%s, %s %s\n", style.Bold(fmt.Sprintf("%s of %d", Decimal(r.Earned), r.Points)), style.Bold(verdict),
		style.Dim(fmt.Sprintf("· %.1f %%, %d %% pass%s", *r.Percent, r.Pass, ofThemByHand(r))))
	for _, missed := range r.Missed() {
		fmt.Fprintf(out, "  %s\n", Visible("failed: "+missed.Words()))
	}
}

// ofThemByHand says how many of the points examiners gave or took; it is empty if none.
func ofThemByHand(r *exams.Result) string {
	if r.ByHand == 0 {
		return ""
	}
	return " · with " + signedPoints(r.ByHand) + " by hand"
}

func gradeCommand(exam int64) string { return fmt.Sprintf("endstate exam grade --exam %d", exam) }
