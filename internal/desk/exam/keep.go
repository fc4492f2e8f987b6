package exam

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"

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

// The locks of an exam on this machine, named for their holders.
const (
	keeperLock  = "keeper"
	seatLock    = "seat"
	gradingLock = "grading"
)

// Keep keeps an exam's time until the exam is graded or the store is gone. It returns at once
// if another process keeps it.
func (d *Desk) Keep(ctx context.Context, who labs.Learner, id int64) error {
	lock := d.lock(id, keeperLock)
	if mine, err := lock.TryLock(); err != nil || !mine {
		return err
	}
	defer lock.Close()
	store, err := d.parts.Memory(ctx, who)
	if err != nil {
		return err
	}
	for {
		s, err := store.Exam(ctx, id)
		if err != nil || !d.parts.Remembers() || d.isDone(s) {
			return err
		}
		if d.keeperIsDue(s) {
			_, _ = d.Finish(ctx, who, id, nil) // the next round tries again
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(min(keepPause, max(s.Left(d.now()), 50*time.Millisecond))):
		}
	}
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
func (d *Desk) keeperIsDue(s *exams.Sitting) bool {
	now := d.now()
	switch {
	case hasEnded(s):
		return now.Sub(s.Ended) > gradeGrace
	case !s.Due(now):
		return false
	}
	return !d.isHeld(s.ID, seatLock) || s.Due(now.Add(-seatGrace))
}

// keeperIsGrading reports whether an exam's keeper has begun to grade it within the last
// minute.
func (d *Desk) keeperIsGrading(s *exams.Sitting) bool {
	end := s.Ended
	if end.IsZero() {
		end = s.Deadline(d.now())
	}
	return d.isHeld(s.ID, keeperLock) && d.now().Sub(end) < gradeGrace
}

func (d *Desk) lock(id int64, holder string) *flock.Flock {
	dir := filepath.Join(d.base.Home, "exams")
	_ = os.MkdirAll(dir, 0o700) // taking the lock reports the error
	return flock.New(filepath.Join(dir, fmt.Sprintf("%d.%s", id, holder)))
}

// isHeld reports whether another process holds a lock of an exam.
func (d *Desk) isHeld(id int64, holder string) bool {
	lock := d.lock(id, holder)
	defer lock.Close()
	free, err := lock.TryLock()
	return err == nil && !free
}

// takeSeat tells the keeper that a client is attached, until leave is called.
func (d *Desk) takeSeat(id int64) (leave func()) {
	lock := d.lock(id, seatLock)
	_, _ = lock.TryRLock() // without it the keeper only grades sooner
	return func() { _ = lock.Close() }
}

// gradingPause is how often somebody who waits to grade looks whether the other has finished.
const gradingPause = 100 * time.Millisecond

// takeGrading takes the right to end and grade an exam. It waits while another process has it, so
// that no question is graded twice. A process that ends loses it.
func (d *Desk) takeGrading(ctx context.Context, id int64) (*flock.Flock, error) {
	lock := d.lock(id, gradingLock)
	if _, err := lock.TryLockContext(ctx, gradingPause); err != nil {
		_ = lock.Close()
		return nil, fmt.Errorf("wait for the grading of exam %d: %w", id, err)
	}
	return lock, nil
}
