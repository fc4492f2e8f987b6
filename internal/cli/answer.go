package cli

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"endstate/internal/cli/door"
	"endstate/internal/desk"
	"endstate/internal/practice"
	"endstate/internal/report"
	"endstate/internal/seat"
	"endstate/labs"
)

// inLab is a call of one of the commands that a lab's shell has in addition to its own.
type inLab struct {
	*door.InLab
	shell    *door.Shell
	replaced bool // a reset has replaced the lab, and so ended the shell
}

// answerIn answers in-lab commands in a shell.
func answerIn(shell *door.Shell) seat.Answer {
	return func(ctx context.Context, request *seat.Request, screen *seat.Screen) (status int, goOn bool) {
		c := &inLab{InLab: shell.InLab(request, screen), shell: shell}
		status = c.Run(ctx, request.Args, "leave; the lab goes on until endstate stop", c.commands()...)
		return status, !c.replaced
	}
}

func (c *inLab) commands() []*cobra.Command {
	asJSON, to := false, ""
	check := c.Command("check", "see what is right and what is not yet, and why; as often as you like", 0, func(ctx context.Context, _ []string) error {
		return c.check(ctx, asJSON)
	})
	check.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	reset := c.Command("reset", "put the lab back to how it was at the start", 0, func(ctx context.Context, _ []string) (err error) {
		c.replaced, err = c.shell.Reset(ctx, c.Screen, c.Style, to)
		return err
	})
	reset.Flags().StringVar(&to, "to", "", "the `NAME` of a saved state")
	return []*cobra.Command{
		c.Command("task", "read the task again", 0, func(ctx context.Context, _ []string) error {
			return c.Page(ctx, func(w io.Writer, style report.Style) error { return showTask(w, style, c.shell.Visit.Task()) }, nil)
		}),
		check,
		c.Command("hint", "open the next hint; it costs points", 0, c.hint),
		reset,
		c.Command("save [NAME]", "save the lab as it is now; reset --to NAME goes back there", 1, c.save),
		c.Command("saved", "list the saved states", 0, c.saved),
		c.Command("extend", "let the lab live longer", 0, c.extend),
		c.NoExam(),
	}
}

func (c *inLab) check(ctx context.Context, asJSON bool) error {
	var found *practice.Outcome
	err := door.Working(ctx, c.Screen, c.Style, func(ctx context.Context, emit labs.Emit) (err error) {
		found, err = c.shell.Visit.Check(ctx, emit)
		return err
	})
	switch {
	case err != nil:
		return err
	case asJSON:
		err = report.JSON(c, found)
	default:
		err = c.Page(ctx, func(w io.Writer, style report.Style) error { return showOutcome(w, style, found) }, scoreOf(found))
	}
	if err != nil {
		return err
	}
	return verdict(found.Report)
}

// showOutcome writes the outcome of a check. Once everything is solved, it says how to leave.
func showOutcome(w io.Writer, style report.Style, found *practice.Outcome) error {
	err := report.OutcomeText(w, found, style)
	if err == nil && found.Solved != nil {
		_, err = fmt.Fprintf(w, "These commands work outside the lab: leave it with %s.\n", style.Bold("exit"))
	}
	return err
}

func (c *inLab) hint(ctx context.Context, _ []string) error {
	var hints *desk.Hints
	err := door.Agreed(ctx, c.Screen, c.Style, func(ctx context.Context, agreed bool, emit labs.Emit) (err error) {
		hints, err = c.shell.Visit.Hint(ctx, agreed, emit)
		return err
	})
	if err != nil {
		return err
	}
	return showHints(c, c.Style, hints)
}
