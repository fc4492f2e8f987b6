package desk

import (
	"context"

	"endstate/labs"
)

// Check grades a lab as it is now, charges the hints of its attempt, and stores the report.
func (d *Desk) Check(ctx context.Context, who labs.Learner, name string, emit labs.Emit) (*labs.Report, error) {
	lab, _, err := d.find(ctx, who, name, emit)
	if err != nil {
		return nil, err
	}
	found, err := d.check(ctx, lab, emit)
	d.warnOfDisk(ctx, lab, emit)
	return found, err
}

func (d *Desk) check(ctx context.Context, lab *labs.Lab, emit labs.Emit) (*labs.Report, error) {
	v, err := d.variantOf(lab) // read again, because its author may be working on it
	if err != nil {
		return nil, err
	}
	found, err := d.grader().Check(ctx, lab, v, emit)
	if err != nil {
		return nil, err
	}
	store := d.recall(ctx, labs.Learner{Name: lab.Owner}, emit)
	if store == nil {
		return found, nil
	}
	attempt, err := d.begin(ctx, store, lab, v)
	if err == nil {
		found.Charge(v.Hints[:min(attempt.Hints, len(v.Hints))], attempt.Assisted)
		err = store.AddCheck(ctx, attempt, found)
	}
	if err != nil {
		emit.Warn(err, "The check counts, but was not stored.")
	}
	return found, nil
}

// warnOfDisk warns if a lab's hosts have written much, and stops those that have written too
// much. It does not affect the grade.
func (d *Desk) warnOfDisk(ctx context.Context, lab *labs.Lab, emit labs.Emit) {
	full, _ := d.stage(lab.Owner).Watch(ctx, lab)
	for _, one := range full {
		emit.Warn(&labs.Problem{Code: CodeDisk, What: one.String()}, "")
	}
}
