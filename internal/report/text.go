package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"endstate/internal/attempts"
	"endstate/internal/practice"
	"endstate/internal/report/wrap"
	"endstate/labs"
)

// Text writes a report as text: every verdict with its message, and the score.
func Text(w io.Writer, r *labs.Report, style Style) error {
	var out strings.Builder
	writeReport(&out, r, nil, style)
	_, err := io.WriteString(w, out.String())
	return err
}

// writeReport writes a report, and marks what changed since an earlier one if change is not nil.
func writeReport(out *strings.Builder, r *labs.Report, change *practice.Change, style Style) {
	for _, result := range r.Checks {
		writeResult(out, markChanged(result, change), checkPoints(result), style)
	}
	if len(r.Guards) > 0 {
		fmt.Fprintf(out, "\n%s\n", style.Dim("What must not be harmed"))
	}
	for _, result := range r.Guards {
		writeResult(out, markChanged(result, change), guardPoints(result), style)
	}
	writeScore(out, r, change, style)
}

func checkPoints(result labs.Result) string {
	if result.Verdict == labs.Passed {
		return fmt.Sprintf("%d", result.Points)
	}
	return fmt.Sprintf("0/%d", result.Points)
}

func guardPoints(result labs.Result) string {
	switch result.Verdict {
	case labs.Failed:
		return fmt.Sprintf("−%d", result.Points)
	case labs.Skipped:
		return fmt.Sprintf("(−%d)", result.Points)
	}
	return ""
}

// writeResult writes one line for the verdict, with its message below.
func writeResult(out *strings.Builder, result labs.Result, points string, style Style) {
	sign := map[labs.Verdict]string{
		labs.Passed: style.Good("✓"), labs.Failed: style.Bad("✗"), labs.Skipped: style.Dim("–"), labs.Ungraded: style.Warn("?"),
	}[result.Verdict]
	room := style.room()
	for i, line := range wrap.Lines(style.Code(wrap.KeepCode(result.Title, room)), room) {
		switch {
		case i > 0:
			fmt.Fprintf(out, "  %s\n", line)
		case points == "":
			fmt.Fprintf(out, "%s %s\n", sign, line)
		default:
			padding := strings.Repeat(" ", max(1, room-ansi.StringWidth(line)))
			fmt.Fprintf(out, "%s %s%s%6s\n", sign, line, padding, points)
		}
	}
	message := style.Explain(result)
	if result.Verdict == labs.Ungraded {
		message = "Could not be graded: " + message
	}
	if message != "" {
		out.WriteString(style.Paragraph(message, 4))
	}
}

// ScoreText writes the score of a report, and how it has changed if change is not nil.
func ScoreText(w io.Writer, r *labs.Report, change *practice.Change, style Style) error {
	var out strings.Builder
	writeScore(&out, r, change, style)
	_, err := io.WriteString(w, strings.TrimLeft(out.String(), "\n"))
	return err
}

func writeScore(out *strings.Builder, r *labs.Report, change *practice.Change, style Style) {
	if !r.Graded() {
		fmt.Fprintf(out, "\n%s %s\n", style.Bold(style.Warn("No score")), style.Dim("– something could not be graded; nothing is charged"))
		return
	}
	paint := style.Warn
	if *r.Score == r.Total {
		paint = style.Good
	}
	fmt.Fprintf(out, "\n%s %s", style.Bold("Score"), style.Bold(paint(fmt.Sprintf("%d of %d", *r.Score, r.Total))))
	if change != nil {
		fmt.Fprintf(out, " (%s)", change)
	}
	var parts []string
	if help := r.Help(); help > 0 {
		parts = append(parts, fmt.Sprintf("hints −%d", help))
	} else if len(r.Hints) > 0 {
		parts = append(parts, "hints free")
	}
	if harm := r.Harm(); harm > 0 {
		parts = append(parts, fmt.Sprintf("harm −%d", harm))
	}
	if r.Held > 0 {
		parts = append(parts, fmt.Sprintf("held back −%d until it can be checked", r.Held))
	}
	if r.Assisted {
		parts = append(parts, "solution seen")
	}
	if len(r.Servers) > 0 {
		parts = append(parts, "on "+Visible(strings.Join(r.Servers, ", ")))
	}
	if len(parts) > 0 {
		out.WriteString(style.Dim(" · " + strings.Join(parts, " · ")))
	}
	out.WriteString("\n")
}

// AttemptText writes an attempt as text: a summary, and its last graded round.
func AttemptText(w io.Writer, a *Attempt, style Style) error {
	story := a.Story
	head := fmt.Sprintf("%s\n%s · seed %d · %s · %s\n", style.Bold(style.Code(story.Title)), story.Scenario, story.Seed, Visible(story.Owner), clock(story.Started))
	head += labs.Duration(story.Active.Duration) + " at work"
	if story.Minutes > 0 {
		head += fmt.Sprintf(", par is %d min", story.Minutes)
	}
	head += fmt.Sprintf(" · %s · %s · %s", checkCounts(story), labs.Count(story.Hints, "hint"), labs.Count(story.Resets, "reset"))
	if story.Assisted {
		head += " · " + style.Warn("solution seen")
	}
	if _, err := fmt.Fprintf(w, "%s\n\n", head); err != nil {
		return err
	}
	if last := a.Last(); last != nil {
		if err := Text(w, last, style); err != nil {
			return err
		}
	} else if _, err := fmt.Fprintln(w, "Nothing was graded."); err != nil {
		return err
	}
	if _, err := fmt.Fprintf(w, "\nThe same exercise again: %s\n", a.Again); err != nil {
		return err
	}
	return adviceText(w, a.Next, style)
}

// checkCounts says how many checks an attempt had.
func checkCounts(story attempts.Story) string {
	text := labs.Count(story.Checks, "check")
	if story.Ungraded > 0 {
		text += fmt.Sprintf(", of which %d could not be graded", story.Ungraded)
	}
	if story.Gradings > 0 {
		text += ", and graded at the end of the exam"
	}
	return text
}

// QuestionsText writes the verdicts of a candidate's questions, and what to practise next.
func QuestionsText(w io.Writer, s *Sitting, style Style) error {
	for _, q := range s.Questions {
		if q.Grade == nil || q.Grade.Report == nil {
			continue
		}
		if _, err := fmt.Fprintf(w, "\n%s\n", style.Bold(fmt.Sprintf("%d. ", q.Number))+style.Bold(style.Code(q.Title))); err != nil {
			return err
		}
		if err := Text(w, q.Grade.Report, style); err != nil {
			return err
		}
		if q.Grade.Harmed {
			if _, err := io.WriteString(w, style.Paragraph(style.Bad("The exam counts 0: what must not change was harmed."), 0)); err != nil {
				return err
			}
		}
	}
	return adviceText(w, s.Next, style)
}

func adviceText(w io.Writer, advice []Advice, style Style) error {
	if len(advice) == 0 {
		return nil
	}
	if _, err := fmt.Fprintf(w, "\n%s\n", style.Bold("What to practise next")); err != nil {
		return err
	}
	for _, one := range advice {
		if _, err := fmt.Fprintf(w, "  %s – %s\n    %s\n", style.Code(one.Title), Visible(strings.Join(one.Why, " ")), one.Command); err != nil {
			return err
		}
	}
	return nil
}
