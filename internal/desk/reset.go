package desk

import (
	"context"

	"endstate/internal/attempts"
	"endstate/labs"
)

// AskReset is what is asked before a lab is put back.
const AskReset = "Everything done in the lab will be lost. Put it back to its beginning?"

// Reset puts a lab back to how it was handed over. It is to be confirmed.
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

// reset puts a lab back. The variant comes along, as its texts may be newer.
func (d *Desk) reset(ctx context.Context, lab *labs.Lab, emit labs.Emit) (*labs.Lab, *labs.Variant, error) {
	v, err := d.variantOf(lab)
	if err != nil {
		return nil, nil, err
	}
	d.end(ctx, lab, d.Clock(), attempts.Gone, emit)
	fresh, err := d.stage(lab.Owner).Reset(ctx, lab, v, emit)
	ctx = context.WithoutCancel(ctx) // what came of it is noted
	if err != nil {
		d.note(ctx, lab, v, "The lab is as it is all the same.", emit, nothing)
		return nil, nil, err
	}
	d.note(ctx, fresh, v, "The lab is reset all the same.", emit, func(store *attempts.View, attempt *attempts.Attempt) error {
		return store.NoteReset(ctx, attempt, d.Clock())
	})
	return fresh, v, nil
}
