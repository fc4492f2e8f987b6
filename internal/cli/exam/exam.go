// Package exam has the command line's commands about exams.
package exam

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"endstate/internal/cli/door"
	"endstate/internal/desk"
	examdesk "endstate/internal/desk/exam"
	"endstate/internal/exams"
	"endstate/internal/report"
	"endstate/labs"
)

// Command returns the command exam, with those below it.
func Command(d *door.Door) *cobra.Command {
	c := &cobra.Command{
		Use:   "exam",
		Short: "Sit an exam: several questions against the clock",
		Long: "Sit an exam: several questions, each with a lab of its own, against the clock.\n\n" +
			"The clock starts when the first lab is ready. When time is up, your work is graded, even if no terminal is attached.",
		Example: "  endstate exam list\n  endstate exam start taste\n  endstate exam start topic --topic git\n  endstate exam start class.yaml --candidate Ada",
		Args:    door.CheckSubcommand,
		RunE:    func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(listCommand(d), lintCommand(d), drawCommand(d), startCommand(d), statusCommand(d), gotoCommand(d), resumeCommand(d), sayCommand(d),
		flagCommand(d), resetCommand(d), gradeCommand(d), submitCommand(d), keepCommand(d),
		watchCommand(d), extraTimeCommand(d), pauseCommand(d), unpauseCommand(d), endCommand(d), pointsCommand(d), commentCommand(d))
	return c
}

// OnlyLooks marks the commands that never end or grade an exam, even one whose time is up.
const OnlyLooks = "only-looks"

var onlyLooks = map[string]string{OnlyLooks: "yes"}

// options are the options of every command about an exam.
type options struct {
	*door.Door
	which  examdesk.Which
	output door.Output
}

func (o *options) register(c *cobra.Command) {
	c.Flags().StringVar(&o.which.Candidate, "candidate", "", "the exam of this `candidate`, where several run")
	c.Flags().Int64Var(&o.which.ID, "exam", 0, "the `number` of the exam, as list shows it")
	_ = c.RegisterFlagCompletionFunc("candidate", completeCandidates(o.Door)) // fails only for an unknown flag
	_ = c.RegisterFlagCompletionFunc("exam", completeExams(o.Door))
	o.OutputVar(c, &o.output)
}

// act calls the desk's room for exams, and shows progress and warnings.
func (o *options) act(do func(*examdesk.Desk, labs.Emit) error) error {
	return act(o.Door, o.output.AsJSON(), do)
}

func act(d *door.Door, asJSON bool, do func(*examdesk.Desk, labs.Emit) error) error {
	return withOptions(d.Act(asJSON, func(at *desk.Desk, emit labs.Emit) error { return do(examdesk.New(at, keeper(d)), emit) }))
}

// actAsking calls an act that may need the user's consent. It returns whether the act was done.
func (o *options) actAsking(ctx context.Context, yes bool, do func(at *examdesk.Desk, agreed bool, emit labs.Emit) error) (done bool, err error) {
	err = o.Agreeing(ctx, yes, func(agreed bool) error {
		err := o.act(func(at *examdesk.Desk, emit labs.Emit) error { return do(at, agreed, emit) })
		done = err == nil
		return err
	})
	return done, err
}

// withOptions says with which option one of several exams is chosen.
func withOptions(err error) error {
	var several *examdesk.Several
	if !errors.As(err, &several) {
		return err
	}
	var names []string
	for _, v := range several.Exams {
		names = append(names, fmt.Sprintf("--exam %d (%s)", v.ID, report.Visible(v.Candidate)))
	}
	return labs.Misuse("Several exams are running", "Choose one: "+strings.Join(names, " · "))
}

// keeper returns what starts a process that keeps the time of an exam of ours when this one has ended.
func keeper(d *door.Door) func(id int64) error {
	keep := Keeper(d)
	if keep == nil {
		return nil
	}
	return func(id int64) error { return keep(d.Owner(), id) }
}

// Keeper returns what starts a process that keeps the time of somebody's exam when this one has ended.
func Keeper(d *door.Door) func(owner string, id int64) error {
	if d.Detach == nil {
		return nil
	}
	return func(owner string, id int64) error {
		args := []string{"exam", "keep", "--exam", fmt.Sprint(id), "--owner", owner}
		for _, folder := range d.Flags.Scenarios {
			if whole, err := filepath.Abs(folder); err == nil {
				folder = whole
			}
			args = append(args, "--scenarios", folder)
		}
		return d.Detach(args...)
	}
}

// question parses the number of a question. Without one it is the current question.
func question(args []string) (int, error) {
	if len(args) == 0 {
		return examdesk.Current, nil
	}
	n, err := strconv.Atoi(args[0])
	if err != nil || n < 0 {
		return 0, labs.Misuse(fmt.Sprintf("%q is not the number of a question", args[0]), "", labs.Act{Name: labs.ActExamStatus, For: "See them"})
	}
	return n, nil
}

// line is the command line that does something about this exam, even if others are running.
func line(command string, id int64) string {
	return fmt.Sprintf("endstate exam %s --exam %d", command, id)
}

// show shows an exam as it is now.
func (o *options) show(v exams.View) error {
	return o.output.Write(door.Forms{Value: v, Text: func(w io.Writer, style report.Style) error { return report.ExamText(w, v, style) }})
}

// showResult shows an exam that was submitted, and returns the error for its exit status.
func (o *options) showResult(v exams.View) error {
	if err := o.show(v); err != nil {
		return err
	}
	switch {
	case v.Result == nil || v.Result.Passed == nil:
		return door.ErrUngraded
	case !*v.Result.Passed:
		return door.ErrFailed
	}
	return nil
}
