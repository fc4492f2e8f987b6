package cli

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"endstate/internal/cli/door"
	"endstate/internal/desk"
	"endstate/internal/practice"
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
		Use:   "start SCENARIO|TOPIC",
		Short: "Start a lab and open its shell",
		Long: "Print the task, start its lab meanwhile, and open the lab's shell. Without a terminal, print the task and what to do next. " +
			"With a topic, choose one of its scenarios, the easiest first.",
		Example:           "  endstate start git-merge-conflict\n  endstate start git-merge-conflict --seed 42 --no-shell",
		Args:              door.Exactly(1, "a scenario or a topic; see: endstate list"),
		ValidArgsFunction: d.CompleteScenarios,
		RunE: func(c *cobra.Command, args []string) error {
			name, err := o.choose(c.Context(), args[0])
			if err != nil {
				return err
			}
			return o.run(c.Context(), name)
		},
	}
	door.SeedVar(c, &o.seed, "the seed: the same seed gives the same exercise (default: random)")
	c.Flags().BoolVar(&o.noShell, "no-shell", false, "don't open a shell")
	c.Flags().BoolVar(&o.asJSON, "json", false, "print the lab as JSON, and progress as JSON lines; opens no shell")
	door.RecordVar(c, &o.noRecord)
	return c
}

// choose returns the name of a scenario. For a topic, it asks at a terminal which of its scenarios is
// meant; elsewhere it returns an error that lists them.
func (o *startOptions) choose(ctx context.Context, name string) (string, error) {
	at, err := o.Desk()
	if err != nil {
		return "", err
	}
	all := at.OfTopic(ctx, o.Who(), name, nil)
	if len(all) == 0 {
		return name, nil
	}
	if err := writeTopic(o.Err, all, o.Clock()); err != nil {
		return "", err
	}
	var names []string
	for _, s := range all {
		names = append(names, s.Name)
	}
	return o.Choose(ctx, "Which one? ", names, labs.Misuse(name+" is a topic, and none of its scenarios was chosen", "Name one, for instance: endstate start "+names[0]))
}

func writeTopic(w io.Writer, all []*practice.Standing, now time.Time) error {
	rows := [][]string{{"NO.", "SCENARIO", "LEVEL", "PAR", "STANDING", "TITLE"}}
	for i, s := range all {
		row := rowOf(s, now)
		rows = append(rows, append([]string{fmt.Sprintf("%3d", i+1), row[0]}, row[2:]...))
	}
	return door.WriteTable(w, rows)
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
	on := ""
	if servers := task.Lab.Servers(); len(servers) > 0 {
		on = ", on " + report.Visible(strings.Join(servers, ", "))
	}
	if t, onTerminal := tty.Open(o.In, o.Out); onTerminal && !o.noShell {
		if on != "" {
			fmt.Fprintf(o.Out, "The lab is running%s.\n", on)
		}
		return enter(ctx, o.Door, t, name, labs.Workspace, o.noRecord)
	}
	fmt.Fprintf(o.Out, `
The lab is running, at seed %[2]d%[3]s. What comes next:
  endstate shell %[1]s    work in it
  endstate check %[1]s    see what is right and what is not yet
  endstate hint %[1]s     when stuck
  endstate stop %[1]s     remove every trace
`, task.Name, task.Lab.Seed, on)
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
