package report

import (
	"fmt"
	"strings"

	"endstate/internal/exams"
	"endstate/labs"
)

func writeGrades(out *strings.Builder, style Style, v exams.View) {
	for _, q := range v.Questions {
		fmt.Fprintf(out, "%2d  %s\n", q.Number, style.Code(q.Title))
		fmt.Fprintf(out, "    %s\n", strings.ReplaceAll(GradeText(style, q), "\n", "\n    "))
		for _, line := range ByHand(q.ByHand) {
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

// GradeText is the grade of a question, and how late its lab was frozen.
func GradeText(style Style, q exams.QuestionView) string {
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
		earnedText := style.Bold(fmt.Sprintf("%s of %d", Decimal(earned), q.Points))
		if g.NeverOpened() {
			return earnedText + style.Dim(" · "+NeverOpened)
		}
		state = earnedText + style.Dim(fmt.Sprintf(" · score %d of 100 · %s spent · %s", *g.Score, labs.Duration(spanOf(q.Spent)), checksOf(q)))
		if g.Harmed {
			state += style.Bad(" · " + HarmFailed)
		}
	}
	late := " · " + Lateness(g)
	if g.CameLate() {
		return state + style.Warn(late)
	}
	return state + style.Dim(late)
}

// checksOf says how often the candidate checked a question. The final grade is not one of these checks.
func checksOf(q exams.QuestionView) string {
	if q.Checks == 0 {
		return "not checked before the end"
	}
	return labs.Count(q.Checks, "check") + " before the end"
}

// ByHand says what examiners added to a question.
func ByHand(by exams.ByHand) []string {
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
		left := fmt.Sprintf("– %d of %d questions are not graded. Grade them again: %s", len(r.Ungraded), len(v.Questions), gradeCommand(v.ID))
		if v.BeingGraded() {
			left = fmt.Sprintf("– %d of %d questions are still being graded.", len(r.Ungraded), len(v.Questions))
		}
		fmt.Fprintf(out, "\n%s %s\n", style.Bold(style.Warn("No result yet")), style.Dim(left))
		return
	}
	verdict := style.Good("passed")
	if !*r.Passed {
		verdict = style.Bad("not passed")
	}
	details := fmt.Sprintf("· %s %%, %d %% pass", Decimal(*r.Percent), r.Pass)
	if byHand := pointsByHand(r); byHand != "" {
		details += " · " + byHand
	}
	fmt.Fprintf(out, "\n%s, %s %s\n", style.Bold(fmt.Sprintf("%s of %d", Decimal(r.Earned), r.Points)), style.Bold(verdict), style.Dim(details))
	for _, missed := range r.Missed() {
		fmt.Fprintf(out, "  %s\n", Visible("failed: "+missed.Words()))
	}
}

// pointsByHand says how many of the points examiners gave or took; it is empty if none.
func pointsByHand(r *exams.Result) string {
	if r.ByHand == 0 {
		return ""
	}
	return "with " + signedPoints(r.ByHand) + " by hand"
}

func gradeCommand(exam int64) string { return fmt.Sprintf("endstate exam grade --exam %d", exam) }
