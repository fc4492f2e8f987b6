package past

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"endstate/internal/attempts"
	"endstate/internal/cli/door"
	"endstate/internal/desk"
	"endstate/internal/exams"
	"endstate/internal/practice"
	"endstate/internal/report"
	"endstate/labs"
)

// showOptions are the options of show.
type showOptions struct {
	*door.Door
	output door.Output
}

func showCommand(d *door.Door) *cobra.Command {
	o := &showOptions{Door: d}
	c := &cobra.Command{
		Use:               "show [ATTEMPT]",
		Short:             "Show an attempt in full: the terminal and the checks",
		Long:              "Show an attempt in full: when it was worked on, what was entered in its shells, its checks, hints and explanation.\n\n" + namesOfAttempts,
		Example:           "  endstate show 12",
		Args:              door.AtMost(1, "one attempt at most; see: endstate history"),
		ValidArgsFunction: d.CompleteAttempts,
		RunE:              func(c *cobra.Command, args []string) error { return o.run(c.Context(), strings.Join(args, "")) },
	}
	d.OutputVar(c, &o.output)
	return c
}

func (o *showOptions) run(ctx context.Context, attempt string) error {
	at, err := o.Desk()
	if err != nil {
		return err
	}
	story, err := at.Show(ctx, o.Who(), attempt)
	if err != nil {
		return err
	}
	return o.output.Write(door.Forms{Value: story, Text: func(w io.Writer, style report.Style) error { return o.write(w, style, story) }})
}

func (o *showOptions) write(w io.Writer, style report.Style, story *desk.Story) error {
	out := &strings.Builder{}
	style.Width = narrower(style.Width)
	now := o.Clock()
	writeHead(out, style, story, now)
	writeExam(out, story.Exam, style)
	out.WriteString("\n" + style.Dim("What happened, with the time since the start") + "\n")
	for _, m := range story.Timeline {
		writeMoment(out, m, style)
	}
	for _, e := range story.Explanations {
		fmt.Fprintf(out, "\n%s\n%s", style.Bold("How you explained it, "+e.At.In(now.Location()).Format("2 Jan 15:04")), style.Paragraph(e.Text, 2))
		writePoints(out, e.Points, style)
	}
	_, err := io.WriteString(w, out.String())
	return err
}

// writeExam writes what an exam made of an attempt: the grade of the question, and what examiners
// decided and wrote.
func writeExam(out *strings.Builder, of *desk.ExamQuestion, style report.Style) {
	if of == nil {
		return
	}
	if of.Result != nil {
		out.WriteString(style.Paragraph(report.GradeText(report.Style{}, *of.Result), 0))
	}
	for _, line := range report.Decisions(exams.View{Extra: of.Extra, Pauses: of.Pauses}) {
		out.WriteString(style.Paragraph(line, 0))
	}
	if of.Result != nil {
		for _, line := range report.ByHand(of.Result.ByHand) {
			out.WriteString(style.Paragraph(line, 0))
		}
	}
	for _, c := range of.Comments {
		out.WriteString(style.Paragraph("On the whole exam: "+report.CommentText(c), 0))
	}
}

// narrower leaves room for a time before each line.
func narrower(width int) int {
	if width <= 0 {
		width = 80
	}
	return min(width, 100) - 6
}

// writeHead writes what an attempt was, and how it went.
func writeHead(out *strings.Builder, style report.Style, story *desk.Story, now time.Time) {
	fmt.Fprintf(out, "%s\n", style.Bold(fmt.Sprintf("Attempt %d: %s, seed %d", story.ID, report.Visible(story.Scenario), story.Seed)))
	if story.Title != "" {
		fmt.Fprintln(out, style.Code(story.Title))
	}
	if of := story.Exam; of != nil {
		fmt.Fprintln(out, report.Visible(fmt.Sprintf("Question %d of exam %d · candidate %s · %s", of.Question, of.Exam, of.Candidate, report.QuestionName(of.Exam, of.Question))))
	}
	for _, fact := range factsOf(story, now) {
		label := fmt.Sprintf("%-7s", fact.label+":")
		text := strings.TrimRight(style.Paragraph(label+"  "+report.Visible(fact.text), 0), "\n")
		fmt.Fprintln(out, style.Dim(text))
	}
}

// fact is a line below the heading of an attempt.
type fact struct{ label, text string }

func factsOf(story *desk.Story, now time.Time) []fact {
	who := story.Owner
	if story.Exam != nil {
		who = story.Exam.Candidate
	}
	began := fmt.Sprintf("%s, by %s", story.Started.In(now.Location()).Format("2 January 2006 15:04"), who)
	if _, over := story.Over(now); !over {
		began += "; the lab is still running"
	}
	score := "no check was graded"
	if story.Score != nil {
		score = fmt.Sprintf("%d of %d; without help %s", *story.Score, labs.Total, number(practice.WithoutHelp(&story.Attempt)))
	}
	facts := []fact{{"Began", began}, {"Score", score}, {"Time", timesOf(story.Story, now)}}
	if ran := ranOn(story.Story); ran != "" {
		facts = append(facts, fact{"Ran on", ran})
	}
	return append(facts, fact{"ID", story.UID})
}

// timesOf says how long an attempt took: at work until its score, at work in all, and by the clock.
func timesOf(story *attempts.Story, now time.Time) string {
	var times []string
	if story.Took != nil {
		until := labs.Duration(story.Took.Duration) + " at work until that score"
		if story.Minutes > 0 {
			until += fmt.Sprintf(" (par %d min)", story.Minutes)
		}
		times = append(times, until)
	}
	return strings.Join(append(times, labs.Duration(story.Active.Duration)+" at work in all", labs.Duration(story.Wall(now))+" by the clock"), ", ")
}

// ranOn names the engine and the images of an attempt.
func ranOn(story *attempts.Story) string {
	var used []string
	if story.Engine != "" {
		used = append(used, story.Engine)
	}
	for _, image := range story.Images {
		text := image.Host + " from " + image.Name
		if image.Server != "" {
			text += " (" + image.Server + ")"
		}
		used = append(used, text)
	}
	return strings.Join(used, " · ")
}

func writeMoment(out *strings.Builder, m practice.Moment, style report.Style) {
	text := ""
	switch m.Kind {
	case practice.Began:
		text = "began"
	case practice.Entered:
		text = "came into the shell of " + m.Text
	case practice.Left:
		text = "left the shell of " + m.Text
	case practice.Typed:
		text = "$ " + m.Text
	case practice.Checked:
		writeChecked(out, m, style)
		return
	case practice.Hinted:
		text = fmt.Sprintf("opened hint %d", m.Number)
	case practice.SolutionShown:
		text = "saw the solution"
	case practice.Reset:
		text = "reset the lab"
	case practice.Saved:
		text = "saved the lab"
	case practice.Returned:
		text = "went back to a saved state"
	case practice.Paused:
		text = fmt.Sprintf("no time counts for %s", labs.Duration(m.Took.Duration))
	case practice.Explained:
		text = "explained it"
	case practice.Ended:
		text = "ended: " + m.Text
	}
	lines := strings.TrimPrefix(style.Paragraph(strings.ReplaceAll(text, "`", "'"), 10), strings.Repeat(" ", 10))
	if m.Kind != practice.Typed {
		lines = style.Dim(strings.TrimSuffix(lines, "\n")) + "\n"
	}
	fmt.Fprintf(out, "%8s  %s", clockOf(m.After.Duration), lines)
}

// writeChecked writes the result of a check: what did not pass, and why.
func writeChecked(out *strings.Builder, m practice.Moment, style report.Style) {
	paint := style.Warn
	if m.Report.Graded() && *m.Report.Score == m.Report.Total {
		paint = style.Good
	}
	score := desk.ScoreOf(m.Report)
	if m.AtEnd {
		score = "graded at the end of the exam, " + strings.TrimPrefix(score, "check: ")
	}
	fmt.Fprintf(out, "%8s  %s\n", clockOf(m.After.Duration), style.Bold(paint(score)))
	for _, result := range append(append([]labs.Result(nil), m.Report.Checks...), m.Report.Guards...) {
		if result.Verdict == labs.Passed {
			continue
		}
		fmt.Fprintf(out, "%12s%s", "", strings.TrimLeft(style.Paragraph(fmt.Sprintf("%s: %s", result.Verdict, result.Title), 12), " "))
		if text := report.Explain(result); text != "" && result.Verdict != labs.Skipped {
			out.WriteString(style.Paragraph(text, 14))
		}
	}
}

// clockOf formats a time since the beginning.
func clockOf(d time.Duration) string {
	s := int(d.Seconds())
	if s >= 3600 {
		return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
	}
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}
