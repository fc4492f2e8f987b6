package exam

import (
	"context"

	"github.com/spf13/cobra"

	"endstate/internal/cli/door"
	examdesk "endstate/internal/desk/exam"
	"endstate/internal/exams"
	"endstate/labs"
)

// submitOptions are the options of submit.
type submitOptions struct {
	options
	yes bool
}

func submitCommand(d *door.Door) *cobra.Command {
	o := &submitOptions{options: options{Door: d}}
	c := &cobra.Command{
		Use:   "submit",
		Short: "End the exam and grade it",
		Long:  "End the exam and grade it. Exit status: 0 passed, 1 not passed, 3 something could not be graded; that can be submitted again.",
		Args:  door.Exactly(0, "no arguments"),
		RunE:  func(c *cobra.Command, _ []string) error { return o.run(c.Context()) },
	}
	o.register(c)
	c.Flags().BoolVarP(&o.yes, "yes", "y", false, "don't ask")
	return c
}

func (o *submitOptions) run(ctx context.Context) error {
	var v exams.View
	done, err := o.actAsking(ctx, o.yes, func(at *examdesk.Desk, agreed bool, emit labs.Emit) (err error) {
		v, err = at.Submit(ctx, o.Who(), o.which, agreed, emit)
		return err
	})
	if err != nil || !done {
		return err
	}
	return o.showResult(v)
}
