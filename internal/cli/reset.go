package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"endstate/internal/desk"
	"endstate/labs"
)

// resetOptions are those of reset.
type resetOptions struct {
	*door
	yes bool
}

func resetCommand(d *door) *cobra.Command {
	o := &resetOptions{door: d}
	c := d.ofLab(&cobra.Command{
		Use:   "reset",
		Short: "Put a lab back to how it was handed over",
	}, o.run)
	c.Flags().BoolVarP(&o.yes, "yes", "y", false, "don't ask")
	return c
}

func (o *resetOptions) run(ctx context.Context, args []string) error {
	return o.onLab(args, func(name string) error {
		return o.agreeing(ctx, o.yes, func(agreed bool) error {
			return o.act(false, func(at *desk.Desk, emit labs.Emit) error {
				lab, err := at.Reset(ctx, o.who(), name, agreed, emit)
				if err == nil {
					fmt.Fprintf(o.Out, "The lab of %s is as it was handed over.\n", lab.Scenario)
				}
				return err
			})
		})
	})
}
