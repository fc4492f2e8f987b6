package desk

import (
	"context"
	"fmt"

	"endstate/internal/attempts"
	"endstate/internal/practice"
	"endstate/labs"
)

// Check grades a lab as it is now, charges the hints of its attempt, and stores the report.
func (d *Desk) Check(ctx context.Context, who labs.Learner, name string, emit labs.Emit) (*practice.Outcome, error) {
	lab, v, err := d.find(ctx, who, name, emit)
	if err == nil {
		err = d.keepAlive(ctx, lab, v, emit)
	}
	if err != nil {
		return nil, err
	}
	found, err := d.check(ctx, lab, v, emit)
	d.warnOfDisk(ctx, lab, emit)
	return found, err
}

// check grades a lab. Its scenario's author may be working on it, so the variant is renewed.
func (d *Desk) check(ctx context.Context, lab *labs.Lab, v *labs.Variant, emit labs.Emit) (*practice.Outcome, error) {
	v, err := d.library().Renew(v)
	if err != nil {
		return nil, err
	}
	found, err := d.grader().Check(ctx, lab, v, emit)
	if err != nil {
		return nil, err
	}
	outcome := &practice.Outcome{Report: found}
	store := d.recall(ctx, labs.Learner{Name: lab.Owner}, emit)
	if store == nil {
		return outcome, nil
	}
	attempt, err := d.begin(ctx, store, lab, v)
	if err == nil {
		err = d.keepCheck(ctx, store, attempt, v, outcome)
	}
	if err == nil && outcome.Blocked() {
		err = d.warnOfWaiting(ctx, store, attempt, emit) // one of them may hold the lock
	}
	if err != nil {
		emit.Warn(err, "The check counts, but was not stored.")
	}
	return outcome, nil
}

// keepCheck charges and stores a check, and adds to its outcome what that means for the attempt.
func (d *Desk) keepCheck(ctx context.Context, store *attempts.View, attempt *attempts.Attempt, v *labs.Variant, outcome *practice.Outcome) error {
	outcome.Charge(chargedHints(attempt, v), attempt.Assisted)
	before, err := store.LastCheck(ctx, attempt)
	if err != nil {
		return err
	}
	outcome.Compare(before)
	if err := store.AddCheck(ctx, attempt, outcome.Report); err != nil || !outcome.Passed() {
		return err
	}
	story, err := store.Find(ctx, attempt.UID)
	if err != nil {
		return err
	}
	next, _ := d.Next(ctx, labs.Learner{Name: attempt.Owner}) // without a suggestion if there is nothing to choose from
	outcome.Solved = practice.ClosingOf(story, next)
	return nil
}

// warnOfDisk warns if a lab's hosts have written much, and stops those that have written too
// much. It does not affect the grade.
func (d *Desk) warnOfDisk(ctx context.Context, lab *labs.Lab, emit labs.Emit) {
	full, _ := d.stage(lab.Owner).Watch(ctx, lab)
	for _, one := range full {
		emit.Warn(&labs.Problem{Code: CodeDisk, What: one.String()}, "")
	}
}

// ScoreOf describes a round of checks in a few words.
func ScoreOf(found *labs.Report) string {
	if !found.Graded() {
		return "check: could not be graded"
	}
	return fmt.Sprintf("check: %d of %d", *found.Score, found.Total)
}
