package exam

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"endstate/internal/cli/door"
	examdesk "endstate/internal/desk/exam"
	"endstate/internal/exams"
	"endstate/internal/report"
	"endstate/labs"
)

func statusCommand(d *door.Door) *cobra.Command {
	o := &options{Door: d}
	c := &cobra.Command{
		Use:   "status",
		Short: "Show where an exam stands, or its result",
		Args:  door.Exactly(0, "no arguments"),
		RunE:  func(c *cobra.Command, _ []string) error { return o.status(c.Context()) },
	}
	o.register(c)
	return c
}

func (o *options) status(ctx context.Context) error {
	var v exams.View
	err := o.act(func(at *examdesk.Desk, _ labs.Emit) (err error) {
		v, err = at.Status(ctx, o.Who(), o.which)
		return err
	})
	if err != nil {
		return err
	}
	return o.show(v)
}

// Mention names the owner's running exams: their labs are not listed with the others.
func Mention(ctx context.Context, d *door.Door) error {
	var running []exams.View
	err := act(d, false, func(at *examdesk.Desk, emit labs.Emit) error {
		running = at.Running(ctx, d.Who(), emit)
		return nil
	})
	for _, v := range running {
		fmt.Fprintf(d.Out, "Exam %d of %s is running, with labs of its own: %s · end it: %s\n",
			v.ID, report.Visible(v.Candidate), line("status", v.ID), line("submit", v.ID))
	}
	return err
}
