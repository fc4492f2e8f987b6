package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"endstate/internal/desk"
	"endstate/internal/report"
	"endstate/internal/tty"
	"endstate/labs"
)

// startOptions are those of start.
type startOptions struct {
	*door
	seed                      *uint64 // nil: one is drawn
	noShell, noRecord, asJSON bool
}

func startCommand(d *door) *cobra.Command {
	o := &startOptions{door: d}
	c := &cobra.Command{
		Use:               "start SCENARIO",
		Short:             "Start a lab and open its shell",
		Long:              "Start a lab and open its shell. Without a terminal, print the task and the commands that come next.",
		Example:           "  endstate start git-merge-conflict\n  endstate start git-merge-conflict --seed 42 --no-shell",
		Args:              exactly(1, "a scenario; see: endstate list"),
		ValidArgsFunction: d.completeScenarios,
		RunE:              func(c *cobra.Command, args []string) error { return o.run(c.Context(), args[0]) },
	}
	seedVar(c, &o.seed, "the seed: the same one is the same exercise (default: at random)")
	c.Flags().BoolVar(&o.noShell, "no-shell", false, "don't open a shell")
	c.Flags().BoolVar(&o.asJSON, "json", false, "print the lab as JSON, and progress as JSON lines; opens no shell")
	recordVar(c, &o.noRecord)
	return c
}

// seedFlag is a seed as it is given on the command line.
type seedFlag struct{ seed **uint64 }

func (f seedFlag) String() string { return "" }

func (f seedFlag) Type() string { return "number" }

func (f seedFlag) Set(text string) error {
	seed, err := labs.ParseSeed(text)
	*f.seed = &seed
	return err
}

func seedVar(c *cobra.Command, seed **uint64, usage string) {
	c.Flags().Var(seedFlag{seed}, "seed", usage)
}

// recordVar gives a command that opens a shell the flag that keeps it unrecorded.
func recordVar(c *cobra.Command, noRecord *bool) {
	c.Flags().BoolVar(noRecord, "no-record", false, "don't record the terminal (ENDSTATE_RECORD=off)")
}

func (o *startOptions) run(ctx context.Context, name string) error {
	var task *desk.Task
	err := o.act(o.asJSON, func(at *desk.Desk, emit labs.Emit) (err error) {
		task, err = at.Start(ctx, o.who(), name, o.seed, emit)
		return err
	})
	if err != nil {
		return err
	}
	if o.asJSON {
		return report.JSON(o.Out, task.Lab)
	}
	if err := showTask(o.Out, o.style(o.Out), task); err != nil {
		return err
	}
	if t, onTerminal := tty.Open(o.In, o.Out); onTerminal && !o.noShell {
		return o.enter(ctx, t, name, labs.Workspace, o.noRecord)
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
