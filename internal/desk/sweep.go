package desk

import (
	"context"
	"fmt"
	"time"

	"endstate/internal/attempts"
	"endstate/internal/exams"
	"endstate/internal/report"
	"endstate/labs"
)

// sweepPause is the shortest time between two automatic sweeps of a learner's labs.
const sweepPause = 5 * time.Minute

// Sweep removes the learner's expired labs and the remains of interrupted starts. An admin can
// sweep for everyone. It warns of each lab of a learner that it removes.
func (d *Desk) Sweep(ctx context.Context, who labs.Learner, everyone bool, emit labs.Emit) error {
	owner, err := d.whose(who, everyone, who.Maintains())
	if err == nil {
		err = d.connect(ctx)
	}
	if err != nil {
		return err
	}
	if err := d.sweep(ctx, owner, emit); err != nil {
		return err
	}
	return d.stage(owner).SweepSaved(ctx)
}

// whose returns the owner that an act is about: the learner, or empty for everyone, if the learner
// may do that.
func (d *Desk) whose(who labs.Learner, everyone, may bool) (string, error) {
	switch {
	case !everyone:
		return who.Name, nil
	case !may:
		return "", &labs.Problem{Code: labs.CodeForbidden, What: "Your role does not let you see or change other learners' data", Usage: true}
	}
	return "", nil
}

// open opens the engine, and sweeps if that is due. Every act on labs begins with it. A failed
// sweep is a warning.
func (d *Desk) open(ctx context.Context, who labs.Learner, emit labs.Emit) error {
	if err := d.connect(ctx); err != nil {
		return err
	}
	if !d.sweepIsDue(who.Name) {
		return nil
	}
	d.warnOfClock(emit)
	err := d.sweep(ctx, who.Name, emit)
	if ctx.Err() != nil {
		return err
	}
	if err != nil {
		emit.Warn(err, "A lab that is past its time may be left; the command goes on.")
	}
	return nil
}

// sweepIsDue reports whether an owner's labs should be swept now, and remembers the time.
func (d *Desk) sweepIsDue(owner string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.Clock()
	if last, ok := d.tidied[owner]; ok && now.Sub(last).Abs() < sweepPause {
		return false
	}
	d.tidied[owner] = now
	return true
}

func (d *Desk) sweep(ctx context.Context, owner string, emit labs.Emit) error {
	removed, err := d.stage(owner).Sweep(ctx, emit)
	for _, lab := range removed {
		if lab.Role != labs.RoleLab {
			continue
		}
		at, how := d.Clock(), attempts.Gone
		if lab.Expired(d.backend.Engine.Now()) {
			at, how = lab.Expires, attempts.Expired
		}
		emit.Warn(d.whyRemoved(lab), "")
		d.end(ctx, lab, at, how, emit)
	}
	return err
}

// whyRemoved says why a sweep removed a lab.
func (d *Desk) whyRemoved(lab *labs.Lab) *labs.Problem {
	switch {
	case lab.Expired(d.backend.Engine.Now()):
		return &labs.Problem{Code: CodeExpired, What: fmt.Sprintf("The lab of %s was past its time and has been removed", lab.Scenario)}
	case lab.Remade():
		return &labs.Problem{
			Code: CodeCutOff, What: fmt.Sprintf("A reset of %s was interrupted after it had removed the lab", lab.Scenario),
			Acts: []labs.Act{{Name: labs.ActStart, For: "Start the same exercise again", Scenario: lab.Scenario, Seed: lab.Seed}},
		}
	}
	return &labs.Problem{Code: CodeCutOff, What: fmt.Sprintf("A start of %s was interrupted; what it left has been removed", lab.Scenario)}
}

// clockOff returns how far this machine's clock is ahead of the engine's, and whether that is too
// much. The engine must be open.
func (d *Desk) clockOff() (time.Duration, bool) {
	off := d.Clock().Sub(d.backend.Engine.Now())
	return off, off.Abs() > exams.ClockTolerance
}

// warnOfClock warns once if the clocks differ.
func (d *Desk) warnOfClock(emit labs.Emit) {
	off, differ := d.clockOff()
	d.mu.Lock()
	warned := d.clockWarned
	d.clockWarned = warned || differ
	d.mu.Unlock()
	if warned || !differ {
		return
	}
	which := "ahead of"
	if off < 0 {
		which = "behind"
	}
	emit.Warn(&labs.Problem{
		Code: labs.CodeClocks, What: fmt.Sprintf("This machine's clock is %s %s the engine's: one of them is wrong", report.Span(off.Abs()), which),
		Advice: "Labs go by the engine's clock, and no exam ends until the clocks agree. Set them right: timedatectl",
	}, "")
}
