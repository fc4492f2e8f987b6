package exam

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"endstate/internal/cli/door"
	examdesk "endstate/internal/desk/exam"
	"endstate/internal/exams"
	"endstate/internal/report"
	"endstate/labs"
)

// gradeOptions are the options of grade.
type gradeOptions struct {
	options
	late bool
}

func gradeCommand(d *door.Door) *cobra.Command {
	o := &gradeOptions{options: options{Door: d}}
	c := &cobra.Command{
		Use:   "grade [N]",
		Short: "Grade a question now; after the end, those that could not be graded",
		Long: "While the exam runs: grade a question as it is now, as check does in its lab, and show what the exam lets its candidate know.\n" +
			"After the end: grade again what could not be graded, or what depends on a server that did not answer.\n" +
			"With --late, an examiner accepts the grade of a question whose lab was frozen late.",
		Args: door.AtMost(1, "the number of a question"),
		RunE: func(c *cobra.Command, args []string) error { return o.run(c.Context(), args) },
	}
	o.register(c)
	c.Flags().BoolVar(&o.late, "late", false, "accept the grade of question N, though its lab was frozen late")
	return c
}

func (o *gradeOptions) run(ctx context.Context, args []string) error {
	n, err := question(args)
	if err != nil {
		return err
	}
	var answer *examdesk.Answer
	var v exams.View
	err = o.act(func(at *examdesk.Desk, emit labs.Emit) (err error) {
		if o.late {
			v, err = at.Accept(ctx, o.Who(), o.which, n, true, emit)
		} else {
			answer, v, err = at.Grade(ctx, o.Who(), o.which, n, emit)
		}
		return err
	})
	switch {
	case err != nil:
		o.sayIfStopped(v)
		return err
	case o.late:
		return o.show(v)
	case answer == nil: // the exam has ended
		return o.showResult(v)
	}
	return o.showAnswer(answer, v)
}

func (o *gradeOptions) showAnswer(answer *examdesk.Answer, v exams.View) error {
	err := o.output.Write(door.Forms{
		Value: answer.Answer, Text: func(w io.Writer, style report.Style) error { return writeAnswer(w, style, answer) },
	})
	if err == nil && !answer.Graded {
		o.sayIfStopped(v)
		err = door.ErrUngraded
	}
	return err
}

// sayIfStopped says if an exam's clock is stopped.
func (o *gradeOptions) sayIfStopped(v exams.View) {
	if v.Phase == exams.Paused {
		fmt.Fprintln(o.Err, stoppedText(v))
	}
}

// stoppedText says why the clock was found stopped, and what to do. Since then, it may run again.
func stoppedText(v exams.View) string {
	id := v.ID
	switch stopped := v.Phase == exams.Paused; {
	case v.StoppedBy() != nil:
		return fmt.Sprintf("The examiner has paused the exam. Go on when it runs again: %s", line("resume", id))
	case !stopped && lastPauseIsExaminers(v):
		return fmt.Sprintf("The examiner paused the exam. The clock runs again, %s. Go on: %s", report.TimeLeft(v), line("resume", id))
	case !stopped:
		return fmt.Sprintf("The clock was stopped. It runs again, %s. Go on: %s", report.TimeLeft(v), line("resume", id))
	}
	return fmt.Sprintf("The clock is stopped. It runs again when the question can be graded (%s) or when you continue (%s).", line("grade", id), line("resume", id))
}

// lastPauseIsExaminers reports whether an examiner stopped the clock last, even if it runs again.
func lastPauseIsExaminers(v exams.View) bool {
	n := len(v.Pauses)
	return n > 0 && v.Pauses[n-1].Why == exams.ExaminerPause
}

// scoreOf writes the score of an answer, if the candidate may see it.
func scoreOf(answer *examdesk.Answer) door.Text {
	if answer.Report == nil {
		return nil
	}
	return func(w io.Writer, style report.Style) error { return report.ScoreText(w, answer.Report, nil, style) }
}

// writeAnswer writes what a candidate learns from a check.
func writeAnswer(w io.Writer, style report.Style, answer *examdesk.Answer) error {
	var err error
	switch {
	case answer.Report != nil:
		err = report.Text(w, answer.Report, style)
	case !answer.Graded:
		_, err = io.WriteString(w, style.Paragraph("Could not be graded: "+answer.Obstacles, 0))
	case answer.Score != nil:
		_, err = fmt.Fprintf(w, "%s\n", style.Bold(fmt.Sprintf("Score %d of %d", *answer.Score, answer.Total)))
	default:
		_, err = fmt.Fprintln(w, "It can be graded. You see the result after the end.")
	}
	if err == nil && answer.Harmed {
		_, err = fmt.Fprintf(w, "%s\n", style.Bad("As it is now, the question is "+report.HarmFailed+"."))
	}
	return err
}
