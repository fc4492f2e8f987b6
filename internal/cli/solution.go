package cli

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

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
			text += "\n## As a script\n\n```bash\n" + assignments(proof.Script, v.Environment()) + proof.Script + "```\n"
		}
	}
	if err := markdown(a.Out, a.style(a.Out), text); err != nil {
		return err
	}
	_, err := fmt.Fprintln(a.Out)
	return err
}

// assignments are the params that a script takes from its environment, as the shell
// assigns them: a learner's shell has none of them.
func assignments(script string, params map[string]string) string {
	var lines strings.Builder
	for _, name := range slices.Sorted(maps.Keys(params)) {
		used, err := regexp.MatchString(`\$\{?`+regexp.QuoteMeta(name)+`\b`, script)
		if err == nil && used {
			fmt.Fprintf(&lines, "%s='%s'\n", name, strings.ReplaceAll(params[name], "'", `'\''`))
		}
	}
	return lines.String()
}
