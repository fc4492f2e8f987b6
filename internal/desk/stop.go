package desk

import (
	"context"
	"errors"
	"slices"

	"endstate/internal/attempts"
	"endstate/labs"
)

// Stop removes a lab with all its traces, and returns it. It returns nil if there is no such lab.
// Without a name it is the learner's only lab.
func (d *Desk) Stop(ctx context.Context, who labs.Learner, name string, emit labs.Emit) (*labs.Lab, error) {
	mine, err := d.labs(ctx, who, emit)
	if err != nil {
		return nil, err
	}
	if name == "" && len(mine) == 0 {
		return nil, nil
	}
	lab, err := d.choose(mine, name)
	var problem *labs.Problem
	if errors.As(err, &problem) && problem.Code == labs.CodeNoLab {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return lab, d.stop(ctx, lab, emit)
}

// StopAll removes all labs of a learner, except those of exams, and returns the removed ones.
func (d *Desk) StopAll(ctx context.Context, who labs.Learner, emit labs.Emit) ([]*labs.Lab, error) {
	mine, err := d.labs(ctx, who, emit)
	if err != nil {
		return nil, err
	}
	var failed []error
	gone := slices.DeleteFunc(mine, func(lab *labs.Lab) bool {
		err := context.Cause(ctx)
		if err == nil {
			err = d.stop(ctx, lab, emit)
		}
		failed = append(failed, err)
		return err != nil
	})
	return gone, errors.Join(failed...)
}

func (d *Desk) stop(ctx context.Context, lab *labs.Lab, emit labs.Emit) error {
	d.end(ctx, lab, d.Clock(), attempts.Stopped, emit)
	end := emit.Step(labs.RemoveLab, lab.Scenario)
	err := d.backend.Engine.Remove(ctx, lab)
	end(err)
	return err
}
