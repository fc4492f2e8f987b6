package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"endstate/internal/attempts"
	"endstate/internal/cli/door"
	"endstate/internal/cli/exam"
	"endstate/internal/desk"
	"endstate/labs"
)

// stopOptions are the options of stop.
type stopOptions struct {
	*door.Door
	all bool
}

func stopCommand(d *door.Door) *cobra.Command {
	o := &stopOptions{Door: d}
	c := &cobra.Command{
		Use:               "stop [SCENARIO]",
		Short:             "Stop a lab and remove all its traces",
		Args:              door.AtMost(1, "one scenario at most"),
		ValidArgsFunction: d.CompleteLabs,
		RunE:              func(c *cobra.Command, args []string) error { return o.run(c.Context(), args) },
	}
	c.Flags().BoolVar(&o.all, "all", false, "all your labs, except those of exams")
	return c
}

func (o *stopOptions) run(ctx context.Context, args []string) error {
	if o.all && len(args) > 0 {
		return labs.Misuse("Choose one lab or all labs, not both", "Leave out --all, or "+args[0]+".")
	}
	var gone []*desk.Stopped
	err := o.OnLab(ctx, args, func(name string) error {
		return o.Act(false, func(at *desk.Desk, emit labs.Emit) (err error) {
			if o.all {
				gone, err = at.StopAll(ctx, o.Who(), emit)
				return err
			}
			stopped, err := at.Stop(ctx, o.Who(), name, emit)
			if stopped != nil {
				gone = append(gone, stopped)
			}
			return err
		})
	})
	for _, lab := range gone {
		fmt.Fprintf(o.Out, "The lab of %s is gone. %s\n", lab.Scenario, lastScore(lab.Last))
	}
	if err == nil && len(gone) == 0 {
		_, err = fmt.Fprintln(o.Out, nothingToStop(args))
	}
	if err == nil && (o.all || len(gone) == 0) {
		err = exam.Mention(ctx, o.Door)
	}
	return err
}

func nothingToStop(args []string) string {
	if len(args) == 0 {
		return "No lab is running."
	}
	return "No lab of " + args[0] + " is running."
}

// lastScore names the score of a lab's last check.
func lastScore(last *attempts.Check) string {
	if last == nil {
		return "It has no score."
	}
	return fmt.Sprintf("Its last score: %d of %d.", *last.Report.Score, last.Report.Total)
}
