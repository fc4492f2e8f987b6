package author

import (
	"context"

	"github.com/spf13/cobra"

	"endstate/internal/cli/door"
	"endstate/internal/desk"
	authordesk "endstate/internal/desk/author"
	"endstate/internal/report"
	"endstate/labs"
)

func observeCommand(d *door.Door) *cobra.Command {
	return &cobra.Command{
		Use:   "observe SCENARIO [CHECK]",
		Short: "Show what the grader sees in a running lab, as JSON",
		Long: `Show what the grader sees in a running lab, as JSON: for each check, guard and fact, or for
one of them, what its probe observes, and how its expectation comes to its result, part by part.
It changes nothing and is not an attempt. Edit an expectation, and look again.`,
		Example:           "  endstate start mysql-lost-rows\n  endstate observe mysql-lost-rows rows-back",
		Args:              oneOrTwo("a scenario, and perhaps a check"),
		ValidArgsFunction: d.CompleteLabs,
		RunE: func(c *cobra.Command, args []string) error {
			return observe(c.Context(), d, args[0], append(args, "")[1])
		},
	}
}

func observe(ctx context.Context, d *door.Door, scenario, id string) error {
	var seen []authordesk.Seen
	err := d.Act(false, func(at *desk.Desk, emit labs.Emit) (err error) {
		seen, err = authordesk.New(at).Observe(ctx, d.Who(), scenario, id, emit)
		return err
	})
	switch {
	case err != nil:
		return err
	case id != "":
		return report.JSON(d.Out, seen[0])
	}
	return report.JSON(d.Out, seen)
}
