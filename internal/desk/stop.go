package desk

import (
	"context"
	"errors"

	"endstate/internal/attempts"
	"endstate/labs"
)

// Stopped is a lab that was removed.
type Stopped struct {
	*labs.Lab
	Last *attempts.Check `json:"last"` // the last check that could be graded; nil if there was none
}

// Stop removes a lab with all its traces, and returns it. It returns nil if there is no such lab.
// Without a name it is the learner's only lab.
func (d *Desk) Stop(ctx context.Context, who labs.Learner, name string, emit labs.Emit) (*Stopped, error) {
	lab, err := d.pick(ctx, who, name, emit)
	var problem *labs.Problem
	if errors.As(err, &problem) && problem.Code == labs.CodeNoLab {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return d.stop(ctx, lab, emit)
}

// StopAll removes all labs of a learner, with those of proofs that they have kept, except those of
// exams. It returns the removed ones.
func (d *Desk) StopAll(ctx context.Context, who labs.Learner, emit labs.Emit) ([]*Stopped, error) {
	if err := practises(who); err != nil {
		return nil, err
	}
	if err := d.open(ctx, who, emit); err != nil {
		return nil, err
	}
	mine, err := d.labsOf(ctx, who.Name)
	if err != nil {
		return nil, err
	}
	var failed []error
	var all []*Stopped
	for _, lab := range mine {
		err := context.Cause(ctx)
		var stopped *Stopped
		if err == nil {
			stopped, err = d.stop(ctx, lab, emit)
		}
		failed = append(failed, err)
		if err == nil {
			all = append(all, stopped)
		}
	}
	return all, errors.Join(failed...)
}

func (d *Desk) stop(ctx context.Context, lab *labs.Lab, emit labs.Emit) (*Stopped, error) {
	d.end(ctx, lab, d.Clock(), attempts.Stopped, emit)
	end := emit.Step(labs.RemoveLab, lab.Scenario)
	err := d.stage(lab.Owner).Remove(ctx, lab)
	if end(err); err != nil {
		return nil, err
	}
	return &Stopped{lab, d.lastCheck(ctx, lab)}, nil
}

// lastCheck returns the last check of a lab that could be graded, or nil if none is known.
func (d *Desk) lastCheck(ctx context.Context, lab *labs.Lab) *attempts.Check {
	store := d.recall(ctx, labs.Learner{Name: lab.Owner}, nil)
	if store == nil {
		return nil
	}
	attempt, err := store.OfLab(ctx, lab)
	if err != nil || attempt == nil {
		return nil
	}
	last, _ := store.LastCheck(ctx, attempt) // the lab is gone all the same
	return last
}
