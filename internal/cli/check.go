package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"endstate/internal/report"
	"endstate/labs"
)

func (a *app) checkCommand() *cobra.Command {
	var asJSON, asJUnit bool
	c := a.ofLab(&cobra.Command{
		Use:   "check",
		Short: "Grade what is there now",
		Long:  "Grade what is there now, as often as you like. Exit status: 0 all passed, 1 something failed, 3 something could not be graded.",
	}, func(ctx context.Context, lab *labs.Lab, _ *labs.Variant) error {
		var found *labs.Report
		err := a.progress(asJSON, func(emit labs.Emit) (err error) {
			found, err = a.check(ctx, emit, lab)
			return err
		})
		a.tellFull(ctx, lab)
		if err != nil {
			return err
		}
		return a.showReport(found, asJSON, asJUnit)
	})
	c.PreRunE = func(*cobra.Command, []string) error {
		if asJSON && asJUnit {
			return labs.Misuse("A report is JSON or JUnit, not both", "Give one of --json and --junit.")
		}
		return nil
	}
	c.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	c.Flags().BoolVar(&asJUnit, "junit", false, "as JUnit XML")
	return c
}

// tellFull says of what the lab's hosts have written, if that is much. It is no part of what
// is graded.
func (a *app) tellFull(ctx context.Context, lab *labs.Lab) {
	full, _ := a.stage().Watch(ctx, lab)
	for _, one := range full {
		fmt.Fprintln(a.Err, one)
	}
}

func (a *app) showReport(found *labs.Report, asJSON, asJUnit bool) error {
	var err error
	switch {
	case asJSON:
		err = report.JSON(a.Out, found)
	case asJUnit:
		err = report.JUnit(a.Out, found)
	default:
		err = report.Text(a.Out, found, a.style(a.Out))
	}
	switch {
	case err != nil:
		return err
	case !found.Graded():
		return errUngraded
	case !found.Passed():
		return errFailed
	}
	return nil
}

// check grades a lab, charges the help that its attempt had, and keeps the report.
func (a *app) check(ctx context.Context, emit labs.Emit, lab *labs.Lab) (*labs.Report, error) {
	v, err := a.variantOf(lab)
	if err != nil {
		return nil, err
	}
	found, err := a.grader().Check(ctx, lab, v, emit)
	if err != nil {
		return nil, err
	}
	store := a.attempts(ctx)
	if store == nil {
		return found, nil
	}
	attempt, err := a.begin(ctx, store, lab, v)
	if err == nil {
		found.Charge(v.Hints[:min(attempt.Hints, len(v.Hints))], attempt.Assisted)
		err = store.AddCheck(ctx, attempt, found)
	}
	if err != nil {
		a.warn(err, "The check counts, but is not remembered.")
	}
	return found, nil
}
