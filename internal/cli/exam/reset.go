package exam

import (
	"context"

	"github.com/spf13/cobra"

	"endstate/internal/cli/door"
	examdesk "endstate/internal/desk/exam"
	"endstate/internal/exams"
	"endstate/labs"
)

// resetOptions are the options of reset.
type resetOptions struct {
	options
	yes bool
}

func resetCommand(d *door.Door) *cobra.Command {
	o := &resetOptions{options: options{Door: d}}
	c := &cobra.Command{
		Use:   "reset",
		Short: "Put the question's lab back to how it was at the start",
		Args:  door.Exactly(0, "no arguments"),
		RunE:  func(c *cobra.Command, _ []string) error { return o.run(c.Context()) },
	}
	o.register(c)
	c.Flags().BoolVarP(&o.yes, "yes", "y", false, "don't ask")
	return c
}

func (o *resetOptions) run(ctx context.Context) error {
	var v exams.View
	done, err := o.actAsking(ctx, o.yes, func(at *examdesk.Desk, agreed bool, emit labs.Emit) (err error) {
		v, err = at.Reset(ctx, o.Who(), o.which, agreed, emit)
		return err
	})
	if err != nil || !done {
		return err
	}
	return o.show(v)
}
