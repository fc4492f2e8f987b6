package desk

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"endstate/internal/attempts"
	"endstate/labs"
)

const (
	// Extension is how much longer a lab lives after one [Desk.Extend].
	Extension = 2 * time.Hour
	// LongestLife limits the life of a lab that is extended or worked in, from its start, if the settings don't.
	LongestLife = 24 * time.Hour
	// workKeeps is how long a lab lives at least after a key in one of its shells or a check.
	workKeeps = 30 * time.Minute
	// workStep is by how much work extends a life at least, so that a key does not ask the engine.
	workStep = 5 * time.Minute
)

// lastEnd returns when a lab ends at the latest.
func (d *Desk) lastEnd(lab *labs.Lab) time.Time {
	return lab.Started.Add(cmp.Or(d.Longest, max(d.Life, LongestLife)))
}

// Extend lets a lab live [Extension] longer, within the limit of [Settings]. It returns the lab with its new expiry.
func (d *Desk) Extend(ctx context.Context, who labs.Learner, name string, emit labs.Emit) (*labs.Lab, error) {
	lab, v, err := d.findOutsideExams(ctx, who, name, "extended", emit)
	if err != nil {
		return nil, err
	}
	return lab, d.extend(ctx, lab, v, emit)
}

func (d *Desk) extend(ctx context.Context, lab *labs.Lab, v *labs.Variant, emit labs.Emit) error {
	from := lab.Expires
	if now := d.backend.Engine.Now(); from.Before(now) {
		from = now
	}
	until, longest := from.Add(Extension), d.lastEnd(lab)
	if until.After(longest) {
		until = longest
	}
	if !until.After(lab.Expires) {
		return &labs.Problem{
			Code: CodeLongestLife, Usage: true,
			What:   fmt.Sprintf("The lab of %s can't live longer: %s from its start is the limit", lab.Scenario, lifeText(d.lastEnd(lab).Sub(lab.Started))),
			Advice: "It ends at " + d.clockTime(lab.Expires) + ".",
		}
	}
	return d.live(ctx, lab, v, until, emit)
}

// lifeText formats a duration for people, in hours if it is whole hours.
func lifeText(d time.Duration) string {
	if d%time.Hour == 0 {
		return labs.Count(int(d/time.Hour), "hour")
	}
	return labs.Count(int(d/time.Minute), "minute")
}

// clockTime formats a time of the engine for people, in the time zone of this desk.
func (d *Desk) clockTime(at time.Time) string { return at.In(d.Clock().Location()).Format("15:04") }

// live moves the expiry of a lab, and that of its attempt. The engine's counts: if this process
// ends in between, the next act on the lab corrects the attempt.
func (d *Desk) live(ctx context.Context, lab *labs.Lab, v *labs.Variant, until time.Time, emit labs.Emit) error {
	if err := d.backend.Engine.Extend(ctx, lab, until); err != nil {
		return err
	}
	lab.Expires = until
	d.note(ctx, lab, v, "The lab lives longer all the same.", emit, nothing)
	return nil
}

// keepAlive extends a lab in which somebody has just worked, if it would soon end.
func (d *Desk) keepAlive(ctx context.Context, lab *labs.Lab, v *labs.Variant, emit labs.Emit) error {
	until, longest := d.backend.Engine.Now().Add(workKeeps), d.lastEnd(lab)
	if until.After(longest) {
		until = longest
	}
	if until.Sub(lab.Expires) < workStep {
		return nil
	}
	err := d.live(ctx, lab, v, until, emit)
	if errors.Is(err, labs.ErrNotFound) {
		return nil // it was stopped
	}
	return err
}

// catchUp extends an attempt whose lab was extended.
func catchUp(ctx context.Context, store *attempts.View, lab *labs.Lab, attempt *attempts.Attempt) error {
	if attempt == nil || lab.Expires.Sub(attempt.Expires) < time.Second {
		return nil
	}
	return store.Extend(ctx, attempt, lab.Expires)
}
