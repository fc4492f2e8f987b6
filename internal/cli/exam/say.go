package exam

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"endstate/internal/cli/door"
	examdesk "endstate/internal/desk/exam"
	"endstate/internal/exams"
	"endstate/internal/exams/spoken"
	"endstate/internal/report"
	"endstate/labs"
)

func sayCommand(d *door.Door) *cobra.Command {
	o := &options{Door: d}
	c := &cobra.Command{
		Use:   "say",
		Short: "Answer the next question that is asked in words",
		Long: "Answer the next of the questions that an exam asks in words: at the terminal, in your editor (VISUAL, EDITOR), or on standard input. " +
			"An empty answer skips the question. exam start and exam resume ask them one after the other.",
		Example: "  endstate exam say\n  endstate exam say --exam 3 <answer.txt",
		Args:    door.Exactly(0, "no arguments: the answer is read"),
		RunE: func(c *cobra.Command, _ []string) error {
			v, asked, err := o.say(c.Context())
			switch {
			case err != nil:
				return err
			case !asked:
				return labs.Misuse("The exam has no more questions to answer in words", "", labs.Act{Name: labs.ActExamResume, For: "Go on with its labs", Exam: v.ID})
			}
			return o.show(v)
		},
	}
	o.register(c)
	return c
}

// speak has a candidate at a terminal answer the questions in words that are left.
func (o *options) speak(ctx context.Context) error {
	for {
		if _, asked, err := o.say(ctx); err != nil || !asked {
			return err
		}
	}
}

// say asks the next question and stores the answer. It returns false if there is no such question.
func (o *options) say(ctx context.Context) (v exams.View, asked bool, err error) {
	var q *spoken.Question
	err = o.act(func(at *examdesk.Desk, emit labs.Emit) (err error) {
		q, v, err = at.Ask(ctx, o.Who(), o.which, emit)
		return err
	})
	if err != nil || q == nil {
		return v, false, err
	}
	began := o.Clock()
	text, err := o.answerTo(ctx, q, v)
	if err != nil {
		return v, false, err
	}
	took := o.Clock().Sub(began)
	err = o.act(func(at *examdesk.Desk, emit labs.Emit) (err error) {
		v, err = at.Say(ctx, o.Who(), examdesk.Which{ID: v.ID}, q.Number, text, took, emit)
		return err
	})
	return v, true, err
}

// answerTo reads an answer, in an editor, at the terminal or from standard input.
func (o *options) answerTo(ctx context.Context, q *spoken.Question, v exams.View) (string, error) {
	facts := fmt.Sprintf("Question %d of %d in words · about %s · %s", q.Number, len(v.Spoken), labs.Count(q.Minutes, "minute"), report.TimeLeft(v))
	style := o.Style(o.Err)
	return o.Compose(ctx,
		fmt.Sprintf("# %s\n# %s\n# Lines like these are ignored. Leave the text empty to skip the question.\n\n", q.Text, facts),
		fmt.Sprintf("\n%s\n%s\n%s", style.Dim(facts), strings.TrimRight(style.Bold(style.Paragraph(q.Text, 0)), "\n"),
			style.Dim("Type what you would say; finish with Ctrl-D on a new line. Leave it empty to skip it.")))
}
