package cli

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"endstate/internal/cli/door"
	"endstate/internal/cli/exam"
	"endstate/internal/desk"
	"endstate/internal/report"
	"endstate/labs"
)

// statusOptions are the options of status.
type statusOptions struct {
	*door.Door
	everyone bool
	output   door.Output
}

func statusCommand(d *door.Door) *cobra.Command {
	o := &statusOptions{Door: d}
	c := &cobra.Command{
		Use:   "status",
		Short: "Show the running labs",
		Args:  door.Exactly(0, "no arguments"),
		RunE:  func(c *cobra.Command, _ []string) error { return o.run(c.Context()) },
	}
	c.Flags().BoolVar(&o.everyone, "everyone", false, "the labs of every owner")
	d.OutputVar(c, &o.output)
	return c
}

func (o *statusOptions) run(ctx context.Context) error {
	var all []desk.LabStatus
	err := o.Act(false, func(at *desk.Desk, emit labs.Emit) (err error) {
		all, err = at.Status(ctx, o.Who(), o.everyone, emit)
		return err
	})
	if err != nil {
		return err
	}
	err = o.output.Write(door.Forms{Value: all, Text: func(w io.Writer, style report.Style) error { return o.write(w, style, all) }})
	if err != nil || o.output.AsJSON() {
		return err
	}
	return exam.Mention(ctx, o.Door)
}

func (o *statusOptions) write(w io.Writer, _ report.Style, all []desk.LabStatus) error {
	if len(all) == 0 {
		_, err := fmt.Fprintln(w, "No lab is running.")
		return err
	}
	rows := [][]string{{"SCENARIO", "SEED", "OWNER", "AGE", "ENDS IN", "MEMORY", "DISK", "STATE", "SERVER"}}
	now := o.Clock()
	for _, s := range all {
		servers := strings.Join(s.Servers(), ", ")
		if servers == "" {
			servers = "–"
		}
		rows = append(rows, []string{
			s.Scenario, fmt.Sprint(s.Seed), report.Visible(s.Owner), report.Brief(now.Sub(s.Started)), report.Brief(s.Left),
			labs.Size(s.Memory), labs.Size(s.Disk), fmt.Sprint(s.State), servers,
		})
	}
	if err := door.WriteTable(w, rows); err != nil {
		return err
	}
	for _, s := range all {
		if s.Help != nil {
			fmt.Fprintf(w, "\n%s. %s\n", s.Help.What, door.HelpWith(s.Help))
		}
	}
	return nil
}
