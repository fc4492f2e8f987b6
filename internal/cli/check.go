package cli

import (
	"context"
	"io"

	"github.com/spf13/cobra"

	"endstate/internal/cli/door"
	"endstate/internal/desk"
	"endstate/internal/practice"
	"endstate/internal/report"
	"endstate/labs"
)

// checkOptions are the options of check.
type checkOptions struct {
	*door.Door
	output door.Output
}

func checkCommand(d *door.Door) *cobra.Command {
	o := &checkOptions{Door: d}
	c := d.OfLab(&cobra.Command{
		Use:   "check",
		Short: "Grade the lab as it is now",
		Long:  "Grade the lab as it is now, as often as you like. Exit status: 0 all passed, 1 something failed, 3 something could not be graded.",
	}, o.run)
	d.OutputVar(c, &o.output, report.FormatJUnit)
	return c
}

func (o *checkOptions) run(ctx context.Context, args []string) error {
	return o.OnLab(ctx, args, func(name string) error {
		var found *practice.Outcome
		err := o.Act(o.output.AsJSON(), func(at *desk.Desk, emit labs.Emit) (err error) {
			found, err = at.Check(ctx, o.Who(), name, emit)
			return err
		})
		if err != nil {
			return err
		}
		return o.show(ctx, found)
	})
}

func (o *checkOptions) show(ctx context.Context, found *practice.Outcome) error {
	err := o.output.Page(ctx, door.Forms{
		Value: found,
		Text:  func(w io.Writer, style report.Style) error { return report.OutcomeText(w, found, style) },
		Gist:  scoreOf(found),
		Other: map[report.Format]func(io.Writer) error{
			report.FormatJUnit: func(w io.Writer) error { return report.JUnit(w, found.Report) },
		},
	})
	if err != nil {
		return err
	}
	return verdict(found.Report)
}

// scoreOf writes the score of a check.
func scoreOf(found *practice.Outcome) door.Text {
	return func(w io.Writer, style report.Style) error {
		return report.ScoreText(w, found.Report, found.Change, style)
	}
}

// verdict returns the error for the exit status of a report that has been shown.
func verdict(found *labs.Report) error {
	switch {
	case !found.Graded():
		return door.ErrUngraded
	case !found.Passed():
		return door.ErrFailed
	}
	return nil
}
