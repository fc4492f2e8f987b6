package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"endstate/internal/cli/door"
	"endstate/internal/desk"
	"endstate/internal/report"
	"endstate/internal/tty"
	"endstate/labs"
)

// startOptions are the options of start.
type startOptions struct {
	*door.Door
	seed                      *uint64 // nil: a random one
	noShell, noRecord, asJSON bool
}

func startCommand(d *door.Door) *cobra.Command {
	o := &startOptions{Door: d}
	c := &cobra.Command{
		Use:               "start SCENARIO",
		Short:             "Start a lab and open its shell",
		Long:              "Print the task, start its lab meanwhile, and open the lab's shell. Without a terminal, print the\ntask and what to do next.",
		Example:           "  endstate start git-merge-conflict\n  endstate start git-merge-conflict --seed 42 --no-shell",
		Args:              door.Exactly(1, "a scenario; see: endstate list"),
		ValidArgsFunction: d.CompleteScenarios,
		RunE:              func(c *cobra.Command, args []string) error { return o.run(c.Context(), args[0]) },
	}
	door.SeedVar(c, &o.seed, "the seed: the same seed gives the same exercise (default: random)")
	c.Flags().BoolVar(&o.noShell, "no-shell", false, "don't open a shell")
	c.Flags().BoolVar(&o.asJSON, "json", false, "print the lab as JSON, and progress as JSON lines; opens no shell")
	door.RecordVar(c, &o.noRecord)
	return c
}

func (o *startOptions) run(ctx context.Context, name string) error {
	task, err := o.draw(ctx, name)
	if err != nil {
		return err
	}
	err = o.Act(o.asJSON, func(at *desk.Desk, emit labs.Emit) (err error) {
		task, err = at.Start(ctx, o.Who(), name, &task.Seed, emit)
		return err
	})
	if err != nil {
		return err
	}
	if o.asJSON {
		return report.JSON(o.Out, task.Lab)
	}
	if t, onTerminal := tty.Open(o.In, o.Out); onTerminal && !o.noShell {
		return enter(ctx, o.Door, t, name, labs.Workspace, o.noRecord)
	}
	fmt.Fprintf(o.Out, `
The lab is running, at seed %[2]d. What comes next:
  endstate shell %[1]s    work in it
  endstate check %[1]s    see what is right and what is not yet
  endstate hint %[1]s     when stuck
  endstate stop %[1]s     remove every trace
`, task.Name, task.Lab.Seed)
	return nil
}

// draw shows the task, to be read while the lab is started.
func (o *startOptions) draw(ctx context.Context, name string) (*desk.Task, error) {
	at, err := o.Desk()
	if err != nil {
		return nil, err
	}
	task, err := at.Draw(ctx, o.Who(), name, o.seed)
	if err != nil || o.asJSON {
		return task, err
	}
	return task, showTask(o.Out, o.Style(o.Out), task)
}
