package desk

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"endstate/labs"
)

// MaxSeed limits random seeds: they are short, so that people can say them.
const MaxSeed = 9999

// DrawSeed returns a random seed.
func DrawSeed() uint64 { return rand.Uint64N(MaxSeed) + 1 }

// Draw returns the task that Start sets for the same seed, so that it can be read while the lab is
// started. Without a seed, it draws one, unless a lab of the scenario is running: then the task is
// that lab's. It returns an error if another lab of the scenario prevents a start.
func (d *Desk) Draw(ctx context.Context, who labs.Learner, name string, seed *uint64) (*Task, error) {
	if err := practises(who); err != nil {
		return nil, err
	}
	v, err := d.draw(name, seed)
	if err != nil {
		return nil, err
	}
	if err := d.connect(ctx); err != nil {
		return nil, err
	}
	lab, err := d.stage(who.Name).Find(ctx, who.Name, name)
	switch {
	case errors.Is(err, labs.ErrNotFound) || err == nil && lab.Over(d.backend.Engine.Now()):
		return taskOf(nil, v), d.gate.May(ctx, asksFor(v, who.Name))
	case err != nil:
		return nil, err
	case !offers(lab, seed):
		return nil, d.stage(who.Name).Vacant(ctx, who.Name, name)
	}
	if v, err = d.variantOf(lab); err != nil {
		return nil, err
	}
	return taskOf(lab, v), nil
}

// draw returns the variant of a scenario at a seed, or at a random one.
func (d *Desk) draw(name string, seed *uint64) (*labs.Variant, error) {
	drawn := DrawSeed()
	if seed != nil {
		drawn = *seed
	}
	return d.library().Variant(name, drawn)
}

// offers reports whether a lab can be handed over to a learner who starts its scenario.
func offers(lab *labs.Lab, seed *uint64) bool {
	return lab.Whole && lab.Running() && (seed == nil || lab.Seed == *seed)
}

// Start starts a lab of a scenario and opens its attempt. Without a seed, it draws one. If a lab of
// the scenario is already running, it warns and returns that lab, unless another seed was given.
// If the machine is full, it waits.
func (d *Desk) Start(ctx context.Context, who labs.Learner, name string, seed *uint64, emit labs.Emit) (*Task, error) {
	return d.StartWhile(ctx, who, name, seed, nil, emit)
}

// StartWhile starts a lab as [Desk.Start] does, for somebody who may go away while the start waits. seen
// returns when they were last there; after [admission.Patience], the start gives its place up.
func (d *Desk) StartWhile(ctx context.Context, who labs.Learner, name string, seed *uint64, seen func() time.Time, emit labs.Emit) (*Task, error) {
	if err := practises(who); err != nil {
		return nil, err
	}
	v, err := d.draw(name, seed)
	if err != nil {
		return nil, err
	}
	if err := d.open(ctx, who, emit); err != nil {
		return nil, err
	}
	lab, err := d.stage(who.Name).Find(ctx, who.Name, name)
	if err == nil && offers(lab, seed) {
		emit.Warn(&labs.Problem{Code: CodeRunning, What: fmt.Sprintf("The lab of %s is running already, at seed %d", name, lab.Seed)}, "")
		v, err = d.variantOf(lab)
	} else {
		lab, err = d.startNew(ctx, v, who, seen, emit)
	}
	if err != nil {
		return nil, err
	}
	d.note(ctx, lab, v, "The lab works all the same.", emit, nothing)
	return taskOf(lab, v), nil
}
