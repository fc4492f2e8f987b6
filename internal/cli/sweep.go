package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"endstate/internal/cli/door"
	"endstate/internal/desk"
	"endstate/labs"
)

func sweepCommand(d *door.Door) *cobra.Command {
	var everyone bool
	c := &cobra.Command{
		Use:   "sweep",
		Short: "Remove the labs that are past their time",
		Long:  "Remove your labs that are past their time, and what interrupted starts may have left. Every command does so in passing.",
		Args:  door.Exactly(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error {
			err := d.Act(false, func(at *desk.Desk, emit labs.Emit) error { return at.Sweep(c.Context(), d.Who(), everyone, emit) })
			if err == nil {
				_, err = fmt.Fprintln(d.Out, "Nothing past its time is left.")
			}
			return err
		},
	}
	c.Flags().BoolVar(&everyone, "everyone", false, "the labs of every owner; for who looks after the machine")
	return c
}
