package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"endstate/internal/cli/door"
	"endstate/internal/desk"
	"endstate/internal/report"
	"endstate/labs"
)

func extendCommand(d *door.Door) *cobra.Command {
	return d.OfLab(&cobra.Command{
		Use:   "extend",
		Short: "Let a lab live longer",
		Long: fmt.Sprintf("Let a lab live %d hours longer, but no longer than ENDSTATE_LONGEST_LIFE from its start (%d hours by default). Work in a lab's shell keeps it alive within the same limit.",
			int(desk.Extension.Hours()), int(desk.LongestLife.Hours())),
	}, func(ctx context.Context, args []string) error {
		return d.OnLab(ctx, args, func(name string) error {
			var lab *labs.Lab
			err := d.Act(false, func(at *desk.Desk, emit labs.Emit) (err error) {
				lab, err = at.Extend(ctx, d.Who(), name, emit)
				return err
			})
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(d.Out, "The lab of %s ends %s.\n", lab.Scenario, endOf(lab, d.Clock()))
			return err
		})
	})
}

// endOf says when a lab ends.
func endOf(lab *labs.Lab, now time.Time) string {
	return fmt.Sprintf("in %s, at %s", report.Brief(lab.Expires.Sub(now)), lab.Expires.In(now.Location()).Format("15:04"))
}
