package desk

import (
	"context"
	"fmt"
	"math/rand/v2"

	"endstate/labs"
)

// MaxSeed limits random seeds: they are short, so that people can say them.
const MaxSeed = 9999

// DrawSeed returns a random seed.
func DrawSeed() uint64 { return rand.Uint64N(MaxSeed) + 1 }

// Start starts a lab of a scenario and opens its attempt. Without a seed, it draws one. If a lab of
// the scenario is already running, it warns and returns that lab, unless another seed was given.
func (d *Desk) Start(ctx context.Context, who labs.Learner, name string, seed *uint64, emit labs.Emit) (*Task, error) {
	if err := practises(who); err != nil {
		return nil, err
	}
	drawn := DrawSeed()
	if seed != nil {
		drawn = *seed
	}
	v, err := d.library().Variant(name, drawn)
	if err != nil {
		return nil, err
	}
	if err := d.open(ctx, who, emit); err != nil {
		return nil, err
	}
	lab, err := d.stage(who.Name).Find(ctx, who.Name, name)
	if err == nil && lab.Whole && lab.Running() && (seed == nil || lab.Seed == *seed) {
		emit.Warn(&labs.Problem{Code: CodeRunning, What: fmt.Sprintf("The lab of %s is running already, at seed %d", name, lab.Seed)}, "")
		v, err = d.variantOf(lab)
	} else {
		lab, err = d.stage(who.Name).Start(ctx, v, who.Name, d.Life, emit)
	}
	if err != nil {
		return nil, err
	}
	d.note(ctx, lab, v, "The lab works all the same.", emit, nothing)
	return taskOf(lab, v), nil
}
