package exam

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"endstate/internal/cli/door"
	examdesk "endstate/internal/desk/exam"
	"endstate/internal/report"
	"endstate/internal/tty"
	"endstate/labs"
)

// gotoOptions are the options of commands that bring the candidate to a question.
type gotoOptions struct {
	options
	noShell, noRecord bool
}

func (o *gotoOptions) registerShell(c *cobra.Command) {
	c.Flags().BoolVar(&o.noShell, "no-shell", false, "don't open a shell")
	door.RecordVar(c, &o.noRecord)
}

func gotoCommand(d *door.Door) *cobra.Command {
	o := &gotoOptions{options: options{Door: d}}
	c := &cobra.Command{
		Use:   "goto N",
		Short: "Go to a question",
		Args:  door.Exactly(1, "the number of a question"),
		RunE: func(c *cobra.Command, args []string) error {
			n, err := question(args)
			if err != nil {
				return err
			}
			return o.enter(c.Context(), n, labs.Workspace)
		},
	}
	o.register(c)
	o.registerShell(c)
	return c
}

func resumeCommand(d *door.Door) *cobra.Command {
	o := &gotoOptions{options: options{Door: d}}
	c := &cobra.Command{
		Use:               "resume [HOST]",
		Short:             "Go back to the question; the clock goes on if it stood",
		Args:              door.AtMost(1, "one host at most"),
		ValidArgsFunction: completeHosts(d),
		RunE: func(c *cobra.Command, args []string) error {
			host := labs.Workspace
			if len(args) > 0 {
				host = args[0]
			}
			return o.enter(c.Context(), examdesk.Current, host)
		},
	}
	o.register(c)
	o.registerShell(c)
	return c
}

// enter opens the shell of a question. Without a terminal it shows the question's task.
func (o *gotoOptions) enter(ctx context.Context, n int, host string) error {
	if t, onTerminal := tty.Open(o.In, o.Out); onTerminal && !o.noShell && !o.output.AsJSON() {
		if n == examdesk.Current {
			if err := o.speak(ctx); err != nil {
				return err
			}
		}
		return o.sit(ctx, t, n, host)
	}
	var at *examdesk.Question
	err := o.act(func(d *examdesk.Desk, emit labs.Emit) (err error) {
		at, err = d.Goto(ctx, o.Who(), o.which, n, host, emit)
		return err
	})
	switch {
	case err != nil:
		return err
	case o.output.Format() == report.FormatJSON:
		return o.show(at.Exam)
	}
	if err := writeQuestion(o.Out, o.Style(o.Out), at); err != nil {
		return err
	}
	_, err = fmt.Fprintf(o.Out, `
The exam is running, %s. What comes next:
  endstate exam resume --exam %[2]d    work on the question, at a terminal
  endstate exam goto N --exam %[2]d    go to another question
  endstate exam status --exam %[2]d    see the time left and all questions
  endstate exam submit --exam %[2]d    end it and grade it
`, report.TimeLeft(at.Exam), at.Exam.ID)
	return err
}

// writeQuestion writes a question's task, and where it stands in the exam.
func writeQuestion(w io.Writer, style report.Style, at *examdesk.Question) error {
	if err := door.Markdown(w, style, fmt.Sprintf("# %s\n\n%s\n", at.Task.Title, at.Task.Text)); err != nil {
		return err
	}
	q := at.Exam.Questions[at.Number-1]
	facts := fmt.Sprintf("Question %d of %d · %s · par %d min", q.Number, len(at.Exam.Questions), labs.Count(q.Points, "point"), q.Minutes)
	for _, server := range at.Task.Lab.Servers() {
		facts += " · " + server
	}
	_, err := fmt.Fprintf(w, "%s\n%s\n", style.Dim(facts), style.Bold(report.TimeLeft(at.Exam)))
	return err
}
