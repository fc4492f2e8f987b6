package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
	"github.com/spf13/cobra"

	"endstate/internal/attempts"
	"endstate/internal/cli/door"
	"endstate/internal/desk"
	"endstate/internal/exams"
)

// The keeper of an exam is a process that its start leaves behind: it has the labs stand
// still when time is up, and grades them, though nobody is attached. It ends with the
// exam's grades. If it is killed, the next command does its work, late.
const (
	keepOften = 2 * time.Second
	// seatGrace is what a client that is attached has to end its shell and to grade.
	seatGrace = 2 * time.Second
	// gradeGrace is after how long a grading that another process began counts as cut off.
	gradeGrace = time.Minute
	// keepLonger is how long after an exam's end its keeper tries to grade it.
	keepLonger = 24 * time.Hour
)

func (a *app) examKeepCommand() *cobra.Command {
	var id int64
	c := &cobra.Command{
		Use:    "keep",
		Short:  "Keep an exam's time until it is graded",
		Hidden: true,
		Args:   door.Exactly(0, "no arguments"),
		RunE:   func(c *cobra.Command, _ []string) error { return a.keep(c.Context(), id) },
	}
	c.Flags().Int64Var(&id, "exam", 0, "the exam's number")
	return c
}

// sendKeeper starts an exam's keeper. There may be one: then the new one ends at once.
func (a *app) sendKeeper(id int64) {
	if a.Detach == nil {
		return
	}
	args := []string{"exam", "keep", "--exam", fmt.Sprint(id), "--owner", a.Owner()}
	for _, folder := range a.Flags.Scenarios {
		if whole, err := filepath.Abs(folder); err == nil {
			folder = whole
		}
		args = append(args, "--scenarios", folder)
	}
	if err := a.Detach(args...); err != nil {
		a.warn(err, "Nobody keeps the exam's time while no client is attached.")
	}
}

// keep keeps an exam's time until it is graded, the store is gone, or another process does.
func (a *app) keep(ctx context.Context, id int64) error {
	lock := a.examLock(id, "keeper")
	if mine, err := lock.TryLock(); err != nil || !mine {
		return err
	}
	defer lock.Close()
	at, err := a.Desk()
	if err != nil {
		return err
	}
	store, err := at.Memory(ctx, a.Who())
	if err != nil {
		return err
	}
	for {
		s, err := store.Exam(ctx, id)
		if err != nil || !at.Remembers() || a.kept(s) {
			return err
		}
		if a.keeperIsDue(s) {
			_ = a.finishQuietly(ctx, at, store, id) // it is tried again
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(min(keepOften, max(s.Left(a.Clock()), 50*time.Millisecond))):
		}
	}
}

// kept reports whether nothing is left to be done for an exam.
func (a *app) kept(s *exams.Sitting) bool {
	return !s.Ended.IsZero() && (len(s.Pending()) == 0 || a.Clock().Sub(s.Ended) > keepLonger)
}

// keeperIsDue reports whether an exam's time is up, or its grading was cut off. A client
// that is attached comes first.
func (a *app) keeperIsDue(s *exams.Sitting) bool {
	now := a.Clock()
	switch {
	case !s.Ended.IsZero():
		return now.Sub(s.Ended) > gradeGrace
	case !s.Due(now):
		return false
	}
	return !a.seated(s.ID) || s.Due(now.Add(-seatGrace))
}

func (a *app) finishQuietly(ctx context.Context, at *desk.Desk, store *attempts.View, id int64) error {
	if err := at.Connect(ctx); err != nil {
		return err
	}
	p, err := a.proctorOf(at, store, 0)
	if err == nil {
		_, err = p.Finish(ctx, id, nil)
	}
	return err
}

// examLock is a lock of an exam on this machine.
func (a *app) examLock(id int64, what string) *flock.Flock {
	dir := filepath.Join(a.Home(), "exams")
	_ = os.MkdirAll(dir, 0o700) // a lock that can't be made is told by who takes it
	return flock.New(filepath.Join(dir, fmt.Sprintf("%d.%s", id, what)))
}

// keeperIsAtIt reports whether an exam has a keeper, who has just begun to grade it.
func (a *app) keeperIsAtIt(s *exams.Sitting) bool {
	over := s.Ended
	if over.IsZero() {
		over = s.Deadline(a.Clock())
	}
	return a.held(s.ID, "keeper") && a.Clock().Sub(over) < gradeGrace
}

// seated reports whether a client is attached to an exam.
func (a *app) seated(id int64) bool { return a.held(id, "seat") }

// held reports whether another process has a lock of an exam.
func (a *app) held(id int64, what string) bool {
	lock := a.examLock(id, what)
	defer lock.Close()
	free, err := lock.TryLock()
	return err == nil && !free
}

// takeSeat says that a client is attached, until it leaves.
func (a *app) takeSeat(id int64) (leave func()) {
	lock := a.examLock(id, "seat")
	_, _ = lock.TryRLock() // it is a courtesy of the keeper's
	return func() { _ = lock.Close() }
}
