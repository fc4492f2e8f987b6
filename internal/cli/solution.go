package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"endstate/labs"
)

func (a *app) solutionCommand() *cobra.Command {
	var yes bool
	c := a.ofLab(&cobra.Command{
		Use:   "solution",
		Short: "Show the model answer; the attempt counts as assisted",
	}, func(ctx context.Context, lab *labs.Lab, v *labs.Variant) error {
		if !yes {
			ok, err := a.confirm(ctx, "The attempt will count as assisted. Show the solution?", "--yes")
			if err != nil || !ok {
				return err
			}
		}
		if store := a.attempts(ctx); store != nil {
			attempt, err := a.begin(ctx, store, lab, v)
			if err == nil {
				err = store.Assist(ctx, attempt, a.Clock())
			}
			if err != nil {
				return err
			}
		}
		return a.showSolution(v)
	})
	c.Flags().BoolVarP(&yes, "yes", "y", false, "don't ask")
	return c
}

func (a *app) showSolution(v *labs.Variant) error {
	text := v.Debrief
	for _, proof := range v.Proofs {
		if proof.Name == labs.Solution {
			text += "\n## As a script\n\n```bash\n" + proof.Script + "```\n"
		}
	}
	if err := markdown(a.Out, a.style(a.Out), text); err != nil {
		return err
	}
	_, err := fmt.Fprintln(a.Out)
	return err
}
