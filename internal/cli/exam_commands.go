package cli

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"endstate/internal/cli/door"
	"endstate/internal/desk"
	"endstate/internal/exams"
	"endstate/internal/report"
	"endstate/labs"
)

func (a *app) examStatusCommand() *cobra.Command {
	var flags examFlags
	c := &cobra.Command{
		Use:   "status",
		Short: "Show where an exam stands, or what came of it",
		Args:  door.Exactly(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error {
			at, err := a.Desk()
			if err != nil {
				return err
			}
			store := at.Recall(c.Context(), a.Who(), a.emit)
			if store == nil {
				return door.ErrUngraded
			}
			s, err := a.sitting(c.Context(), store, flags, true)
			if err != nil {
				return err
			}
			return a.showExam(s, flags.asJSON)
		},
	}
	flags.register(c)
	return c
}

func (a *app) showExam(s *exams.Sitting, asJSON bool) error {
	if asJSON {
		return report.JSON(a.Out, s.View(a.Clock()))
	}
	return writeExam(a.Out, a.Style(a.Out), s.View(a.Clock()))
}

// questionNumber reads the number of a question; without one it is the current.
func questionNumber(s *exams.Sitting, args []string) (int, error) {
	if len(args) == 0 {
		return s.Current, nil
	}
	n, err := strconv.Atoi(args[0])
	if err != nil {
		return 0, labs.Misuse(fmt.Sprintf("%q is no question's number", args[0]), "See them: "+examLine("status", s.ID))
	}
	_, err = s.Question(n)
	return n, err
}

func (a *app) examGotoCommand() *cobra.Command {
	return a.goingCommand(&cobra.Command{
		Use:   "goto N",
		Short: "Go to a question",
		Args:  door.Exactly(1, "the number of a question"),
	}, func(s *exams.Sitting, args []string) (going, error) {
		n, err := questionNumber(s, args)
		return going{question: n, host: labs.Workspace}, err
	})
}

func (a *app) examResumeCommand() *cobra.Command {
	return a.goingCommand(&cobra.Command{
		Use:   "resume [HOST]",
		Short: "Go back to the question; the clock goes on if it stood",
		Args:  door.AtMost(1, "one host at most"),
	}, func(s *exams.Sitting, args []string) (going, error) {
		to := going{question: s.Current, host: labs.Workspace}
		if len(args) > 0 {
			to.host = args[0]
		}
		return to, nil
	})
}

// given is what a command about an exam was given.
type given struct {
	args   []string
	asJSON bool
}

// ofSitting makes a command one about a candidate's exam, over or not.
func (a *app) ofSitting(c *cobra.Command, over bool, do func(context.Context, *exams.Proctor, *exams.Sitting, given) error) *cobra.Command {
	var flags examFlags
	c.RunE = func(c *cobra.Command, args []string) error {
		p, err := a.proctor(c.Context())
		if err != nil {
			return err
		}
		s, err := a.sitting(c.Context(), p.Store, flags, over)
		if err != nil {
			return err
		}
		return do(c.Context(), p, s, given{args, flags.asJSON})
	}
	flags.register(c)
	return c
}

// goingCommand is a command that brings the candidate somewhere.
func (a *app) goingCommand(c *cobra.Command, where func(*exams.Sitting, []string) (going, error)) *cobra.Command {
	var noShell bool
	a.ofSitting(c, false, func(ctx context.Context, p *exams.Proctor, s *exams.Sitting, given given) error {
		to, err := where(s, given.args)
		if err != nil {
			return err
		}
		to.noShell, to.asJSON = noShell, given.asJSON
		return a.goTo(ctx, p, s, to)
	})
	c.Flags().BoolVar(&noShell, "no-shell", false, "don't open a shell")
	door.RecordVar(c, &a.noRecord)
	return c
}

func (a *app) examFlagCommand() *cobra.Command {
	return a.ofSitting(&cobra.Command{
		Use:   "flag [N]",
		Short: "Put a flag on a question to come back to, or take it away",
		Args:  door.AtMost(1, "the number of a question"),
	}, false, func(ctx context.Context, p *exams.Proctor, s *exams.Sitting, given given) error {
		n, err := questionNumber(s, given.args)
		if err != nil {
			return err
		}
		if s, err = p.Flag(ctx, s.ID, n); err != nil {
			return err
		}
		return a.showExam(s, given.asJSON)
	})
}

func (a *app) examResetCommand() *cobra.Command {
	var yes bool
	c := a.ofSitting(&cobra.Command{
		Use:   "reset",
		Short: "Put the lab of the question back to how it was handed over",
		Args:  door.Exactly(0, "no arguments"),
	}, false, func(ctx context.Context, p *exams.Proctor, s *exams.Sitting, given given) error {
		at, err := a.Desk()
		if err != nil {
			return err
		}
		lab, err := at.Rooms(a.Who(), 0).Find(ctx, s, &s.Questions[s.Current-1])
		if errors.Is(err, labs.ErrNotFound) {
			return labs.Misuse("The question has no lab", "Have one made: "+examLine("resume", s.ID))
		}
		if err != nil {
			return err
		}
		if !yes {
			if ok, err := a.Confirm(ctx, desk.AskReset); err != nil || !ok {
				return err
			}
		}
		err = a.progress(false, func(emit labs.Emit) error { return at.ResetLab(ctx, lab, emit) })
		if err == nil {
			err = a.showExam(s, given.asJSON)
		}
		return err
	})
	c.Flags().BoolVarP(&yes, "yes", "y", false, "don't ask")
	return c
}

func (a *app) examGradeCommand() *cobra.Command {
	var late bool
	c := a.ofSitting(&cobra.Command{
		Use:   "grade [N]",
		Short: "Grade a question now; after the end, those that could not be graded",
		Long: "While the exam runs: grade a question as it is now, as check does in its lab, and show what the exam lets its candidate know.\n" +
			"After the end: grade again what could not be graded, or what rests on a server that did not answer.\n" +
			"With --late, an examiner has a question count whose lab went on after the end.",
		Args: door.AtMost(1, "the number of a question"),
	}, true, func(ctx context.Context, p *exams.Proctor, s *exams.Sitting, given given) error {
		if late {
			return a.acceptLate(ctx, p, s, given)
		}
		if !s.Ended.IsZero() {
			return a.submit(ctx, p, s, given.asJSON)
		}
		n, err := questionNumber(s, given.args)
		if err != nil {
			return err
		}
		var found *labs.Report
		err = a.progress(given.asJSON, func(emit labs.Emit) error {
			s, found, err = p.Check(ctx, s.ID, n, emit)
			return err
		})
		if err != nil {
			return a.standing(s, err)
		}
		return a.showAnswer(s, n, found, given.asJSON)
	})
	c.Flags().BoolVar(&late, "late", false, "have question N count as it was found, though its lab went on after the end")
	return c
}

// acceptLate has a question count whose lab went on after the end.
func (a *app) acceptLate(ctx context.Context, p *exams.Proctor, s *exams.Sitting, given given) error {
	if len(given.args) == 0 {
		return labs.Misuse("Which question is to count is not said", fmt.Sprintf("Name it: endstate exam grade N --late --exam %d", s.ID))
	}
	n, err := questionNumber(s, given.args)
	if err != nil {
		return err
	}
	if s, err = p.Accept(ctx, s.ID, n); err != nil {
		return err
	}
	return a.showExam(s, given.asJSON)
}

// standing says so if an error made the clock stand.
func (a *app) standing(s *exams.Sitting, err error) error {
	if s != nil && s.Phase(a.Clock()) == exams.Paused {
		fmt.Fprintln(a.Err, standsText(s.ID))
	}
	return err
}

func standsText(id int64) string {
	return fmt.Sprintf("The clock stands. It goes on when the question can be graded (%s) or you go on (%s).", examLine("grade", id), examLine("resume", id))
}

// examLine is the command line that does something about an exam, whoever else sits one.
func examLine(command string, id int64) string {
	return fmt.Sprintf("endstate exam %s --exam %d", command, id)
}

func (a *app) showAnswer(s *exams.Sitting, n int, found *labs.Report, asJSON bool) error {
	answer := s.Blueprint.Feedback.Answer(n, found)
	var err error
	if asJSON {
		err = report.JSON(a.Out, answer)
	} else {
		err = writeAnswer(a.Out, a.Style(a.Out), answer, found)
	}
	if err == nil && !answer.Graded {
		return a.standing(s, door.ErrUngraded)
	}
	return err
}

func (a *app) examSubmitCommand() *cobra.Command {
	var yes bool
	c := a.ofSitting(&cobra.Command{
		Use:   "submit",
		Short: "End the exam and have it graded",
		Long:  "End the exam and have it graded. Exit status: 0 passed, 1 not passed, 3 something could not be graded; that can be submitted again.",
		Args:  door.Exactly(0, "no arguments"),
	}, true, func(ctx context.Context, p *exams.Proctor, s *exams.Sitting, given given) error {
		if !yes && s.Ended.IsZero() {
			ok, err := a.Confirm(ctx, submitQuestion(s.View(a.Clock())))
			if err != nil || !ok {
				return err
			}
		}
		return a.submit(ctx, p, s, given.asJSON)
	})
	c.Flags().BoolVarP(&yes, "yes", "y", false, "don't ask")
	return c
}

// submitQuestion names what a candidate may have forgotten.
func submitQuestion(v exams.View) string {
	flagged, unopened := 0, 0
	for _, q := range v.Questions {
		if q.Flagged {
			flagged++
		}
		if !q.Opened {
			unopened++
		}
	}
	text := "End the exam with " + timeLeft(v)
	if unopened > 0 {
		text += fmt.Sprintf(", %d never opened", unopened)
	}
	if flagged > 0 {
		text += fmt.Sprintf(", %d flagged", flagged)
	}
	return text + "?"
}
