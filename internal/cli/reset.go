package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"endstate/internal/attempts"
	"endstate/labs"
)

const resetQuestion = "Everything done in the lab will be lost. Put it back to its beginning?"

func (a *app) resetCommand() *cobra.Command {
	var yes bool
	c := a.ofLab(&cobra.Command{
		Use:   "reset",
		Short: "Put a lab back to how it was handed over",
	}, func(ctx context.Context, lab *labs.Lab, _ *labs.Variant) error {
		if !yes {
			ok, err := a.confirm(ctx, resetQuestion, "--yes")
			if err != nil || !ok {
				return err
			}
		}
		return a.progress(false, func(emit labs.Emit) error {
			_, _, err := a.reset(ctx, emit, lab)
			if err == nil {
				fmt.Fprintf(a.Out, "The lab of %s is as it was handed over.\n", lab.Scenario)
			}
			return err
		})
	})
	c.Flags().BoolVarP(&yes, "yes", "y", false, "don't ask")
	return c
}

// reset puts a lab back. The variant comes along, as its texts may be newer.
func (a *app) reset(ctx context.Context, emit labs.Emit, lab *labs.Lab) (*labs.Lab, *labs.Variant, error) {
	v, err := a.variantOf(lab)
	if err != nil {
		return nil, nil, err
	}
	a.closed(ctx, lab, a.Clock(), attempts.Gone)
	fresh, err := a.stage().Reset(ctx, lab, v, emit)
	ctx = context.WithoutCancel(ctx) // what came of it is noted
	if err != nil {
		a.learned(ctx, lab, v, "The lab is as it is all the same.", func(*attempts.Store, *attempts.Attempt) error { return nil })
		return nil, nil, err
	}
	a.learned(ctx, fresh, v, "The lab is reset all the same.", func(store *attempts.Store, attempt *attempts.Attempt) error {
		return store.Reset(ctx, attempt, a.Clock())
	})
	return fresh, v, nil
}
