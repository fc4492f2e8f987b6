package cli

import (
	"context"
	"fmt"
	"sync"
	"text/tabwriter"
	"time"

	"github.com/docker/go-units"
	"github.com/spf13/cobra"

	"endstate/internal/report"
	"endstate/labs"
)

// labStatus is a running lab as status tells of it.
type labStatus struct {
	*labs.Lab
	State  string `json:"state"`
	Memory int64  `json:"memory"` // bytes
	Disk   int64  `json:"disk"`   // bytes that its hosts have written
}

func (a *app) statusCommand() *cobra.Command {
	var everyone, asJSON bool
	c := &cobra.Command{
		Use:   "status",
		Short: "Show the labs that are running",
		Args:  exactly(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error {
			ctx := c.Context()
			if err := a.open(ctx); err != nil {
				return err
			}
			owner := a.owner()
			if everyone {
				owner = ""
			}
			found, err := a.stage().Labs(ctx, owner)
			if err != nil {
				return err
			}
			all := make([]labStatus, len(found))
			err = a.during("status", "Measuring the labs", func() error {
				var each sync.WaitGroup
				for i, lab := range found {
					each.Go(func() { all[i] = a.statusOf(ctx, lab) })
				}
				each.Wait()
				return nil
			})
			if err != nil {
				return err
			}
			if asJSON {
				return report.JSON(a.Out, all)
			}
			if err := a.writeStatus(all); err != nil {
				return err
			}
			a.mentionExams(ctx)
			return nil
		},
	}
	c.Flags().BoolVar(&everyone, "everyone", false, "the labs of every owner")
	c.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return c
}

func (a *app) statusOf(ctx context.Context, lab *labs.Lab) labStatus {
	status := labStatus{Lab: lab, State: "running"}
	// A host that ends while it is measured shows in the state.
	status.Memory, _ = a.backend.Engine.Memory(ctx, lab)
	for _, host := range lab.Hosts {
		written, _ := a.backend.Engine.Written(ctx, host)
		status.Disk += written
	}
	for _, host := range lab.Hosts {
		switch {
		case host.Running:
		case host.Starved:
			status.State = host.Name + " ran out of memory"
		case host.Restarting:
			status.State = fmt.Sprintf("%s keeps ending (%d)", host.Name, host.Exit)
		default:
			status.State = fmt.Sprintf("%s stopped (%d)", host.Name, host.Exit)
		}
	}
	switch {
	case lab.Damaged():
		status.State = "has lost a host"
	case !lab.Whole:
		status.State = "starting"
	}
	return status
}

func (a *app) writeStatus(all []labStatus) error {
	if len(all) == 0 {
		_, err := fmt.Fprintln(a.Out, "No lab is running.")
		return err
	}
	table := tabwriter.NewWriter(a.Out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "SCENARIO\tSEED\tOWNER\tAGE\tENDS IN\tMEMORY\tDISK\tSTATE\tSERVER")
	now, then := a.Clock(), a.backend.Engine.Now()
	for _, s := range all {
		fmt.Fprintf(table, "%s\t%d\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", s.Scenario, s.Seed, report.Visible(s.Owner),
			brief(now.Sub(s.Started)), brief(s.Expires.Sub(then)), units.BytesSize(float64(s.Memory)), units.BytesSize(float64(s.Disk)), s.State, join(s.Servers()))
	}
	if err := table.Flush(); err != nil {
		return err
	}
	for _, s := range all {
		switch {
		case s.Damaged():
			fmt.Fprintf(a.Out, "\nA host of %[1]s was removed, with all that was in it. It can only be put back to its beginning: endstate reset %[1]s; or ended: endstate stop %[1]s\n", s.Scenario)
		case !s.Running() && s.Whole:
			fmt.Fprintf(a.Out, "\nA host of %[1]s does not run. Start it again, with all that is in it: endstate shell %[1]s; or put the lab back: endstate reset %[1]s\n", s.Scenario)
		}
	}
	return nil
}

// brief writes a time in whole minutes, or seconds if it is short.
func brief(d time.Duration) string {
	switch {
	case d < 0:
		return "0 s"
	case d < 2*time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < 2*time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	}
	return fmt.Sprintf("%d h %02d min", int(d.Hours()), int(d.Minutes())%60)
}

func join(items []string) string {
	if len(items) == 0 {
		return "–"
	}
	text := items[0]
	for _, item := range items[1:] {
		text += ", " + item
	}
	return text
}
