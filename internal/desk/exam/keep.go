package exam

import (
	"context"
	"errors"
	"fmt"
	"time"

	"endstate/internal/exams"
	"endstate/labs"
)

// The keeper of an exam is a process that outlives the client that started it. When time is
// up, it freezes the labs and grades them, even if no client is attached. It exits after the
// last grade. If it is killed, the next command does its work, late.
const (
	keepPause = 2 * time.Second
	// seatGrace is how long an attached client has to close its shell and begin to grade.
	seatGrace = 2 * time.Second
	// gradeGrace is how long another process may take to grade before the keeper takes over.
	gradeGrace = time.Minute
	// keepLonger is how long after an exam's end its keeper keeps trying to grade it.
	keepLonger = 24 * time.Hour
)

// The locks of an exam, named for their holders.
const (
	keeperLock  = "keeper"
	seatLock    = "seat"
	gradingLock = "grading"
)

// Keep keeps an exam's time until the exam is graded or the store is gone. It returns at once
// if another process keeps it.
func (d *Desk) Keep(ctx context.Context, who labs.Learner, id int64) error {
	release, err := d.hold(ctx, id, keeperLock, false)
	if err != nil || release == nil {
		return err
	}
	defer release()
	store, err := d.parts.Memory(ctx, who)
	if err != nil {
		return err
	}
	for answered := d.now(); ; {
		pause := keepPause
		s, err := store.Exam(ctx, id)
		switch {
		case err != nil && d.mayAnswerAgain(err) && d.now().Sub(answered) < keepLonger:
		case err != nil || !d.parts.Remembers() || d.isDone(s):
			return err
		default:
			answered, pause = d.now(), min(pause, max(s.Left(d.now()), 50*time.Millisecond))
			if d.keeperIsDue(ctx, s) {
				_, _ = d.Finish(ctx, who, id, nil) // the next round tries again
			}
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(pause):
		}
	}
}

// mayAnswerAgain reports whether the store is a database that can't be reached for a while.
func (d *Desk) mayAnswerAgain(err error) bool {
	var problem *labs.Problem
	return d.base.Store != "" && errors.As(err, &problem) && problem.Code == labs.CodeNoStore
}

// startKeeper starts a keeper. If the exam has one, the new one exits at once.
func (d *Desk) startKeeper(id int64, emit labs.Emit) {
	if d.keep == nil {
		return
	}
	if err := d.keep(id); err != nil {
		emit.Warn(err, "While no client is attached, nothing keeps the exam's time.")
	}
}

// isDone reports whether the keeper has nothing left to do.
func (d *Desk) isDone(s *exams.Sitting) bool {
	return s.Done() || hasEnded(s) && d.now().Sub(s.Ended) > keepLonger
}

// keeperIsDue reports whether the keeper should grade an exam: its time is up, or another
// process did not finish grading it. An attached client comes first.
func (d *Desk) keeperIsDue(ctx context.Context, s *exams.Sitting) bool {
	now := d.now()
	switch {
	case hasEnded(s):
		return now.Sub(s.Ended) > gradeGrace
	case !s.Due(now):
		return false
	}
	return !d.isHeld(ctx, s.ID, seatLock) || s.Due(now.Add(-seatGrace))
}

// keeperIsGrading reports whether an exam's keeper has begun to grade it within the last
// minute.
func (d *Desk) keeperIsGrading(ctx context.Context, s *exams.Sitting) bool {
	end := s.Ended
	if end.IsZero() {
		end = s.Deadline(d.now())
	}
	return d.isHeld(ctx, s.ID, keeperLock) && d.now().Sub(end) < gradeGrace
}

// hold takes a lock of an exam, which all processes of the store share, unless somebody has it: then it returns
// nil. A process that ends loses it.
func (d *Desk) hold(ctx context.Context, id int64, holder string, share bool) (release func(), err error) {
	store, err := d.parts.Memory(ctx, labs.Learner{})
	if err != nil {
		return nil, err
	}
	return store.Hold(ctx, lockOf(id, holder), share)
}

// isHeld reports whether somebody holds a lock of an exam.
func (d *Desk) isHeld(ctx context.Context, id int64, holder string) bool {
	store, err := d.parts.Memory(ctx, labs.Learner{})
	if err != nil {
		return false
	}
	held, err := store.Held(ctx, lockOf(id, holder))
	return err == nil && held
}

func lockOf(id int64, holder string) string { return fmt.Sprintf("exams/%d.%s", id, holder) }

// takeSeat tells the keeper that a client is attached, until leave is called.
func (d *Desk) takeSeat(ctx context.Context, id int64) (leave func()) {
	// Without it the keeper only grades sooner.
	if release, err := d.hold(ctx, id, seatLock, true); err == nil && release != nil {
		return release
	}
	return func() {}
}

// gradingPause is how often somebody who waits to grade looks whether the other has finished.
const gradingPause = 100 * time.Millisecond

// takeGrading takes the right to end and grade an exam. It waits while another process has it, so
// that no question is graded twice. A process that ends loses it.
func (d *Desk) takeGrading(ctx context.Context, id int64) (release func(), err error) {
	for {
		release, err := d.hold(ctx, id, gradingLock, false)
		if err == nil && release == nil {
			select {
			case <-time.After(gradingPause):
				continue
			case <-ctx.Done():
				err = context.Cause(ctx)
			}
		}
		if err != nil {
			return nil, fmt.Errorf("wait for the grading of exam %d: %w", id, err)
		}
		return release, nil
	}
}
