package exam

import (
	"context"

	"github.com/spf13/cobra"

	"endstate/internal/cli/door"
	examdesk "endstate/internal/desk/exam"
	"endstate/internal/exams"
	"endstate/labs"
)

func flagCommand(d *door.Door) *cobra.Command {
	o := &options{Door: d}
	c := &cobra.Command{
		Use:   "flag [N]",
		Short: "Put a flag on a question to come back to, or take it away",
		Args:  door.AtMost(1, "the number of a question"),
		RunE:  func(c *cobra.Command, args []string) error { return o.flag(c.Context(), args) },
	}
	o.register(c)
	return c
}

func (o *options) flag(ctx context.Context, args []string) error {
	n, err := question(args)
	if err != nil {
		return err
	}
	var v exams.View
	err = o.act(func(at *examdesk.Desk, emit labs.Emit) (err error) {
		v, err = at.Flag(ctx, o.Who(), o.which, n, emit)
		return err
	})
	if err != nil {
		return err
	}
	return o.show(v)
}
