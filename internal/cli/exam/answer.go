package exam

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"endstate/internal/cli/door"
	"endstate/internal/desk"
	examdesk "endstate/internal/desk/exam"
	"endstate/internal/exams"
	"endstate/internal/report"
	"endstate/internal/seat"
	"endstate/labs"
)

// answer answers an in-lab command of the candidate. It returns the command's exit status, and
// false if the shell must close.
func (at *candidate) answer(ctx context.Context, request *seat.Request, screen *seat.Screen) (status int, goOn bool) {
	c := &inLab{InLab: at.shell.InLab(request, screen), candidate: at}
	status = c.Run(ctx, request.Args, "leave; the clock goes on until the exam is submitted or time is up", c.commands()...)
	return status, !c.leaves
}

// Answers returns what answers the in-lab commands of a candidate whose terminal is not this process's.
// submits reports whether the candidate has ended the exam with one.
func Answers(shell *door.Shell, session *examdesk.Session) (answer seat.Answer, submits func() bool) {
	at := &candidate{gotoOptions: &gotoOptions{options: options{Door: shell.Door}}, session: session, shell: shell}
	return at.answer, func() bool { return at.submits }
}

// inLab is a call of an in-lab command of an exam.
type inLab struct {
	*door.InLab
	*candidate
	leaves bool // the shell must close
}

func (c *inLab) commands() []*cobra.Command {
	task := func(ctx context.Context, _ []string) error {
		return c.Page(ctx, func(w io.Writer, style report.Style) error { return writeQuestion(w, style, c.session.Question()) }, nil)
	}
	reset := func(ctx context.Context, _ []string) (err error) {
		c.leaves, err = c.shell.Reset(ctx, c.Screen, c.InLab.Style, "")
		return err
	}
	exam := c.Command("exam", "see all questions and the time left", 0, c.status)
	exam.Args = door.CheckSubcommand
	again := c.Command("reset", "", 0, reset)
	again.Hidden = true
	exam.AddCommand(again,
		c.Command("status", "the same as exam", 0, c.status),
		c.Command("goto N", "go to question N", 1, c.goTo),
		c.Command("next", "go to the next question", 0, func(context.Context, []string) error { return c.move(c.session.MoveOn()) }),
		c.Command("flag [N]", "put a flag on a question, or take it away", 1, c.flag),
		c.Command("submit", "end the exam and grade it", 0, c.submit))
	return []*cobra.Command{
		c.Command("task", "read the question again", 0, task),
		c.Command("check", "grade it; the exam's rules say what you are shown", 0, c.check),
		c.Command("hint", "open the next hint, if the exam allows it; it costs points", 0, c.hint),
		c.Command("reset", "put the question's lab back to how it was at the start", 0, reset),
		exam,
		c.NotInExams("save", "saved"), c.NotInExams("saved", "saved"), c.NotInExams("extend", "extended"),
	}
}

func (c *inLab) status(ctx context.Context, _ []string) error {
	v, err := c.session.Read(ctx)
	if err != nil {
		return err
	}
	return c.showExam(ctx, v)
}

// showExam shows where the exam stands.
func (c *inLab) showExam(ctx context.Context, v exams.View) error {
	return c.Page(ctx, func(w io.Writer, style report.Style) error { return report.ExamText(w, v, style) }, nil)
}

func (c *inLab) goTo(_ context.Context, args []string) error {
	if len(args) == 0 {
		return labs.Misuse("exam goto takes the number of a question", "See them: exam")
	}
	n, err := question(args)
	if err != nil {
		return err
	}
	return c.move(c.session.Move(n))
}

// move closes the shell to go to another question, unless that failed.
func (c *inLab) move(err error) error {
	c.leaves = err == nil
	return err
}

func (c *inLab) submit(ctx context.Context, _ []string) error {
	_, err := c.session.Submit(ctx, false, nil)
	var asks *desk.Unconfirmed
	if errors.As(err, &asks) {
		c.submits, err = c.Confirm(ctx, asks.Question)
	}
	c.leaves = c.submits
	return err
}

func (c *inLab) flag(ctx context.Context, args []string) error {
	n, err := question(args)
	if err != nil {
		return err
	}
	v, err := c.session.Flag(ctx, n)
	if err != nil {
		return err
	}
	return c.showExam(ctx, v)
}

func (c *inLab) hint(ctx context.Context, _ []string) error {
	var open []labs.Hint
	err := door.Agreed(ctx, c.Screen, c.InLab.Style, func(ctx context.Context, agreed bool, emit labs.Emit) (err error) {
		open, err = c.session.Hint(ctx, agreed, emit)
		return err
	})
	if err != nil {
		return err
	}
	for i, hint := range open {
		head := fmt.Sprintf("Hint %d (−%d)", i+1, hint.Costs)
		if _, err := fmt.Fprintf(c, "%s\n%s", c.InLab.Style.Bold(head), c.InLab.Style.Paragraph(hint.Text, 2)); err != nil {
			return err
		}
	}
	return nil
}

// check grades the question and shows what the exam lets its candidate know.
func (c *inLab) check(ctx context.Context, _ []string) error {
	var answer *examdesk.Answer
	err := door.Working(ctx, c.Screen, c.InLab.Style, func(ctx context.Context, emit labs.Emit) (err error) {
		answer, err = c.session.Check(ctx, emit)
		return err
	})
	if err != nil {
		return err
	}
	return c.Page(ctx, func(w io.Writer, style report.Style) error { return writeAnswer(w, style, answer) }, scoreOf(answer))
}
