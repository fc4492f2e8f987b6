// Package overview is the desk's room for looking at a lab as a whole: its task, how it is, what was
// done in it, and what is left. Looking changes nothing and does not count as work.
package overview

import (
	"context"
	"time"

	"endstate/internal/attempts"
	"endstate/internal/desk"
	"endstate/labs"
)

// Lab is a lab as its learner sees it.
type Lab struct {
	*desk.Task
	OpenHosts []string // that a shell can be opened in
	State     string   // in a few words
	// Help says what can be done if some of it is not running; nil if all is.
	Help *labs.Problem
	Left time.Duration // until it expires, by the engine's clock
	Par  time.Duration // 0: not stated

	// What is stored about the attempt. It is all zero if the store can't be used.
	Attempt int64           // its number; 0: nothing is stored
	Worked  time.Duration   // the time at work so far
	Solved  *time.Duration  // the time at work until it was first solved; nil: not yet
	Last    *attempts.Check // the latest check that could be graded; nil if there was none
	Hints   *desk.Hints     // nil if nothing is stored, or the scenario has no hints
}

// Of returns a lab, named by its scenario or its ID.
func Of(ctx context.Context, d *desk.Desk, who labs.Learner, name string, emit labs.Emit) (*Lab, error) {
	parts := d.Parts()
	lab, v, err := parts.FindToShow(ctx, who, name, emit)
	if err != nil {
		return nil, err
	}
	seen := &Lab{
		Task: parts.Task(lab, v), OpenHosts: v.OpenHosts(), Par: time.Duration(v.Minutes) * time.Minute,
		Left: lab.Expires.Sub(parts.Engine().Now()),
	}
	seen.State, seen.Help = parts.Health(lab)
	if store := parts.Recall(ctx, labs.Learner{Name: lab.Owner}, emit); store != nil {
		if err := seen.recall(ctx, parts, store, v); err != nil {
			emit.Warn(err, "What you have done so far is not shown.")
		}
	}
	return seen, nil
}

// recall adds what is stored about the lab's attempt, if there is one.
func (l *Lab) recall(ctx context.Context, parts desk.Parts, store *attempts.View, v *labs.Variant) error {
	attempt, err := store.OfLab(ctx, l.Lab)
	if err != nil || attempt == nil {
		return err
	}
	l.Attempt, l.Worked = attempt.ID, attempt.Active.Duration
	if attempt.Solved != nil {
		l.Solved = &attempt.Solved.Duration
	}
	if len(v.Hints) > 0 {
		l.Hints = parts.Hints(attempt, v)
	}
	l.Last, err = store.LastCheck(ctx, attempt)
	return err
}
