package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"endstate/internal/attempts"
	"endstate/labs"
)

func (a *app) stopCommand() *cobra.Command {
	var all bool
	c := &cobra.Command{
		Use:               "stop [SCENARIO]",
		Short:             "End a lab and remove every trace of it",
		Args:              atMost(1, "one scenario at most"),
		ValidArgsFunction: a.completeScenarios,
		RunE: func(c *cobra.Command, args []string) error {
			ctx := c.Context()
			if all && len(args) > 0 {
				return labs.Misuse("One lab or all of them, not both", "Leave out --all, or "+args[0]+".")
			}
			if err := a.open(ctx); err != nil {
				return err
			}
			var chosen []*labs.Lab
			switch mine, err := a.stage().Labs(ctx, a.owner()); {
			case err != nil:
				return err
			case all:
				chosen = mine
			case len(args) == 0 && len(mine) == 0:
				// Twice is as good as once.
			case len(args) == 1 && !has(mine, args[0]):
				if _, err := a.scenarios().Variant(args[0], 1); err != nil {
					return err
				}
			default:
				lab, err := a.pick(ctx, args)
				if err != nil {
					return err
				}
				chosen = []*labs.Lab{lab}
			}
			if err := a.stop(ctx, chosen); err != nil {
				return err
			}
			if all || len(chosen) == 0 {
				a.mentionExams(ctx)
			}
			return nil
		},
	}
	c.Flags().BoolVar(&all, "all", false, "every lab of yours; those of an exam end with it")
	return c
}

func has(mine []*labs.Lab, name string) bool {
	for _, lab := range mine {
		if lab.Scenario == name || lab.ID == name {
			return true
		}
	}
	return false
}

func (a *app) stop(ctx context.Context, chosen []*labs.Lab) error {
	if len(chosen) == 0 {
		_, err := fmt.Fprintln(a.Out, "No such lab is running; nothing is left of it.")
		return err
	}
	var failed []error
	for _, lab := range chosen {
		if err := context.Cause(ctx); err != nil {
			return errors.Join(append(failed, err)...)
		}
		a.closed(ctx, lab, a.Clock(), attempts.Stopped)
		err := a.during("stop "+lab.Scenario, "Removing the lab", func() error { return a.backend.Engine.Remove(ctx, lab) })
		if err != nil {
			failed = append(failed, err)
			continue
		}
		fmt.Fprintf(a.Out, "The lab of %s is gone.\n", lab.Scenario)
	}
	return errors.Join(failed...)
}
