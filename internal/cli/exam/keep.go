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

func keepCommand(d *door.Door) *cobra.Command {
	var id int64
	c := &cobra.Command{
		Use:    "keep",
		Short:  "Keep an exam's time until it is graded",
		Hidden: true,
		Args:   door.Exactly(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error {
			return act(d, false, func(at *examdesk.Desk, _ labs.Emit) error { return at.Keep(c.Context(), d.Who(), id) })
		},
	}
	c.Flags().Int64Var(&id, "exam", 0, "the exam's number")
	return c
}

// FinishDue ends and grades the exams whose time is up, before a command begins. If that fails,
// it warns, and the command goes on.
func FinishDue(ctx context.Context, d *door.Door) {
	var due []exams.View
	err := act(d, false, func(at *examdesk.Desk, emit labs.Emit) error {
		due = at.Due(ctx, d.Who(), emit)
		return nil
	})
	if err != nil {
		return // the command says so
	}
	for _, v := range due {
		if err := finish(ctx, d, v); err != nil && ctx.Err() == nil {
			door.ShowWarning(d.Err, labs.Event{
				State: labs.Warned, Warning: err, Detail: fmt.Sprintf("Exam %d is not fully graded; try again: %s", v.ID, line("submit", v.ID)),
			})
		}
	}
}

func finish(ctx context.Context, d *door.Door, v exams.View) error {
	when := v.Ended
	if when.IsZero() {
		when = v.Deadline
	}
	fmt.Fprintf(d.Err, "Exam %d of %s ended at %s and is graded now.\n", v.ID, report.Visible(v.Candidate), when.Local().Format("15:04:05"))
	err := act(d, false, func(at *examdesk.Desk, emit labs.Emit) error {
		_, err := at.Finish(ctx, d.Who(), v.ID, emit)
		return err
	})
	if err == nil {
		fmt.Fprintf(d.Err, "See the result: %s\n\n", line("status", v.ID))
	}
	return err
}
