package cli

import (
	"fmt"

	"github.com/spf13/cobra"
)

func (a *app) sweepCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "sweep",
		Short: "Remove the labs that are past their time",
		Long:  "Remove the labs that are past their time, and what interrupted starts may have left. Every command does so in passing.",
		Args:  exactly(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error {
			if err := a.connect(c.Context()); err != nil {
				return err
			}
			if err := a.sweep(c.Context()); err != nil {
				return err
			}
			_, err := fmt.Fprintln(a.Out, "Nothing past its time is left.")
			return err
		},
	}
}
