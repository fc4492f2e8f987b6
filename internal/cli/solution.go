package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"endstate/labs"
)

func (a *app) solutionCommand() *cobra.Command {
	var yes bool
	c := &cobra.Command{
		Use:               "solution [SCENARIO]",
		Short:             "Show the model answer; the attempt counts as assisted",
		Args:              atMost(1, "one scenario at most"),
		ValidArgsFunction: a.completeScenarios,
		RunE: func(c *cobra.Command, args []string) error {
			lab, err := a.pick(c.Context(), args)
			if err != nil {
				return err
			}
			v, err := a.variantOf(lab)
			if err != nil {
				return err
			}
			if !yes {
				ok, err := a.confirm("The attempt will count as assisted. Show the solution?", "--yes")
				if err != nil || !ok {
					return err
				}
			}
			if store := a.attempts(c.Context()); store != nil {
				attempt, err := a.begin(c.Context(), store, lab, v)
				if err == nil {
					err = store.Assist(c.Context(), attempt, a.Clock())
				}
				if err != nil {
					return err
				}
			}
			return a.showSolution(v)
		},
	}
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
