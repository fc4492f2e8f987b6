package desk

import (
	"context"
	"time"

	"endstate/internal/attempts"
	"endstate/labs"
)

// AskReset is the question before a reset.
const AskReset = "Everything done in the lab will be lost. Put it back to how it was at the start?"

// Reset puts a lab back to how it was at the start. Until the learner has agreed, it returns [Unconfirmed].
func (d *Desk) Reset(ctx context.Context, who labs.Learner, name string, agreed bool, emit labs.Emit) (*labs.Lab, error) {
	lab, _, err := d.find(ctx, who, name, emit)
	if err != nil {
		return nil, err
	}
	if !agreed {
		return nil, &Unconfirmed{AskReset}
	}
	fresh, _, err := d.reset(ctx, lab, emit)
	return fresh, err
}

// reset puts a lab back. It also returns the variant, whose texts may be newer.
func (d *Desk) reset(ctx context.Context, lab *labs.Lab, emit labs.Emit) (*labs.Lab, *labs.Variant, error) {
	return d.putBack(ctx, lab, emit, func(ctx context.Context, v *labs.Variant) (*labs.Lab, error) {
		return d.stage(lab.Owner).Reset(ctx, lab, v, emit)
	}, (*attempts.View).NoteReset)
}

// putBack replaces a lab by one in an earlier state, whose attempt goes on. There may be such a lab
// even if there is an error.
func (d *Desk) putBack(ctx context.Context, lab *labs.Lab, emit labs.Emit, replace func(context.Context, *labs.Variant) (*labs.Lab, error),
	note func(*attempts.View, context.Context, *attempts.Attempt, time.Time) error,
) (*labs.Lab, *labs.Variant, error) {
	v, err := d.variantOf(lab)
	if err != nil {
		return nil, nil, err
	}
	if now, err := d.stage(lab.Owner).Find(ctx, lab.Owner, lab.Scenario); err == nil {
		lab = now // its expiry may have moved
	}
	d.end(ctx, lab, d.Clock(), attempts.Gone, emit)
	fresh, err := replace(ctx, v)
	ctx = context.WithoutCancel(ctx) // the result is stored even then
	if fresh == nil {
		d.note(ctx, lab, v, "The lab is as it is all the same.", emit, nothing)
		return nil, nil, err
	}
	d.note(ctx, fresh, v, "The lab is reset all the same.", emit, func(store *attempts.View, attempt *attempts.Attempt) error {
		return note(store, ctx, attempt, d.Clock())
	})
	return fresh, v, err
}
