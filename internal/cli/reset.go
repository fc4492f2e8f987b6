package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"endstate/internal/cli/door"
	"endstate/internal/desk"
	"endstate/internal/desk/saves"
	"endstate/labs"
)

// resetOptions are the options of reset.
type resetOptions struct {
	*door.Door
	yes bool
	to  string // a saved state; empty: the start
}

func resetCommand(d *door.Door) *cobra.Command {
	o := &resetOptions{Door: d}
	c := d.OfLab(&cobra.Command{
		Use:   "reset",
		Short: "Put a lab back to how it was at the start, or to a saved state",
	}, o.run)
	c.Flags().StringVar(&o.to, "to", "", "the `NAME` of a saved state: see endstate save")
	c.Flags().BoolVarP(&o.yes, "yes", "y", false, "don't ask")
	return c
}

func (o *resetOptions) run(ctx context.Context, args []string) error {
	return o.OnLab(ctx, args, func(name string) error {
		return o.Agreeing(ctx, o.yes, func(agreed bool) error {
			return o.Act(false, func(at *desk.Desk, emit labs.Emit) error {
				if o.to != "" {
					lab, err := saves.New(at).Reset(ctx, o.Who(), name, o.to, agreed, emit)
					if err == nil {
						fmt.Fprintf(o.Out, "The lab of %s is as it was when it was saved as %s.\n", lab.Scenario, o.to)
					}
					return err
				}
				lab, err := at.Reset(ctx, o.Who(), name, agreed, emit)
				if err == nil {
					fmt.Fprintf(o.Out, "The lab of %s is as it was handed over.\n", lab.Scenario)
				}
				return err
			})
		})
	})
}
