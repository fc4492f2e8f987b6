package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"endstate/internal/desk"
	"endstate/labs"
)

// solutionOptions are those of solution.
type solutionOptions struct {
	*door
	yes bool
}

func solutionCommand(d *door) *cobra.Command {
	o := &solutionOptions{door: d}
	c := d.ofLab(&cobra.Command{
		Use:   "solution",
		Short: "Show the model answer; the attempt counts as assisted",
	}, o.run)
	c.Flags().BoolVarP(&o.yes, "yes", "y", false, "don't ask")
	return c
}

func (o *solutionOptions) run(ctx context.Context, args []string) error {
	return o.onLab(args, func(name string) error {
		return o.agreeing(ctx, o.yes, func(agreed bool) error {
			var solution *desk.Solution
			err := o.act(false, func(at *desk.Desk, emit labs.Emit) (err error) {
				solution, err = at.Solution(ctx, o.who(), name, agreed, emit)
				return err
			})
			if err != nil {
				return err
			}
			text := solution.Answer
			if solution.Script != "" {
				text += "\n## As a script\n\n```bash\n" + solution.Script + "```\n"
			}
			if err := markdown(o.Out, o.style(o.Out), text); err != nil {
				return err
			}
			_, err = fmt.Fprintln(o.Out)
			return err
		})
	})
}
