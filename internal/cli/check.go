package cli

import (
	"context"

	"github.com/spf13/cobra"

	"endstate/internal/cli/door"
	"endstate/internal/desk"
	"endstate/internal/report"
	"endstate/labs"
)

// checkOptions are the options of check.
type checkOptions struct {
	*door.Door
	asJSON, asJUnit bool
}

func checkCommand(d *door.Door) *cobra.Command {
	o := &checkOptions{Door: d}
	c := d.OfLab(&cobra.Command{
		Use:   "check",
		Short: "Grade the lab as it is now",
		Long:  "Grade the lab as it is now, as often as you like. Exit status: 0 all passed, 1 something failed, 3 something could not be graded.",
	}, o.run)
	c.Flags().BoolVar(&o.asJSON, "json", false, "as JSON")
	c.Flags().BoolVar(&o.asJUnit, "junit", false, "as JUnit XML")
	return c
}

func (o *checkOptions) run(ctx context.Context, args []string) error {
	if o.asJSON && o.asJUnit {
		return labs.Misuse("A report is JSON or JUnit, not both", "Choose --json or --junit.")
	}
	return o.OnLab(args, func(name string) error {
		var found *labs.Report
		err := o.Act(o.asJSON, func(at *desk.Desk, emit labs.Emit) (err error) {
			found, err = at.Check(ctx, o.Who(), name, emit)
			return err
		})
		if err != nil {
			return err
		}
		return o.show(found)
	})
}

func (o *checkOptions) show(found *labs.Report) error {
	var err error
	switch {
	case o.asJSON:
		err = report.JSON(o.Out, found)
	case o.asJUnit:
		err = report.JUnit(o.Out, found)
	default:
		err = report.Text(o.Out, found, o.Style(o.Out))
	}
	switch {
	case err != nil:
		return err
	case !found.Graded():
		return door.ErrUngraded
	case !found.Passed():
		return door.ErrFailed
	}
	return nil
}
