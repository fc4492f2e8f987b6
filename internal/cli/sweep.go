package cli

import (
	"fmt"

	"github.com/spf13/cobra"
)

func (a *app) sweepCommand() *cobra.Command {
	var everyone bool
	c := &cobra.Command{
		Use:   "sweep",
		Short: "Remove the labs that are past their time",
		Long:  "Remove your labs that are past their time, and what interrupted starts may have left. Every command does so in passing.",
		Args:  exactly(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error {
			if err := a.connect(c.Context()); err != nil {
				return err
			}
			owner := a.owner()
			if everyone {
				owner = ""
			}
			if err := a.sweep(c.Context(), owner); err != nil {
				return err
			}
			_, err := fmt.Fprintln(a.Out, "Nothing past its time is left.")
			return err
		},
	}
	c.Flags().BoolVar(&everyone, "everyone", false, "the labs of every owner; for who looks after the machine")
	return c
}
