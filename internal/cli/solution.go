package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"endstate/internal/cli/door"
	"endstate/internal/desk"
	"endstate/labs"
)

// solutionOptions are the options of solution.
type solutionOptions struct {
	*door.Door
	yes bool
}

func solutionCommand(d *door.Door) *cobra.Command {
	o := &solutionOptions{Door: d}
	c := d.OfLab(&cobra.Command{
		Use:   "solution",
		Short: "Show the model answer; the attempt counts as assisted",
	}, o.run)
	c.Flags().BoolVarP(&o.yes, "yes", "y", false, "don't ask")
	return c
}

func (o *solutionOptions) run(ctx context.Context, args []string) error {
	return o.OnLab(ctx, args, func(name string) error {
		return o.Agreeing(ctx, o.yes, func(agreed bool) error {
			var solution *desk.Solution
			err := o.Act(false, func(at *desk.Desk, emit labs.Emit) (err error) {
				solution, err = at.Solution(ctx, o.Who(), name, agreed, emit)
				return err
			})
			if err != nil {
				return err
			}
			text := solution.Answer
			if solution.Script != "" {
				text += "\n## As a script\n\n```bash\n" + solution.Script + "```\n"
			}
			if err := door.Markdown(o.Out, o.Style(o.Out), text); err != nil {
				return err
			}
			_, err = fmt.Fprintln(o.Out)
			return err
		})
	})
}
