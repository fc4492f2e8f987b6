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
		Short: "Remove expired labs",
		Long:  "Remove your expired labs and the remains of interrupted starts. Other commands do this too, every few minutes.",
		Args:  door.Exactly(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error {
			err := d.Act(false, func(at *desk.Desk, emit labs.Emit) error { return at.Sweep(c.Context(), d.Who(), everyone, emit) })
			if err == nil {
				_, err = fmt.Fprintln(d.Out, "Nothing has expired.")
			}
			return err
		},
	}
	c.Flags().BoolVar(&everyone, "everyone", false, "the labs of every owner, for administrators")
	return c
}
