package cli

import (
	"context"
	"fmt"
	"slices"

	"endstate/internal/attempts"
	"endstate/internal/desk"
	"endstate/internal/exams"
	"endstate/internal/report"
	"endstate/labs"
)

// examRooms are the labs of exams, each an attempt that is remembered like any
// other.
type examRooms struct {
	*desk.Rooms
	app  *app
	desk *desk.Desk
}

// Open opens the lab, and its attempt.
func (r *examRooms) Open(ctx context.Context, s *exams.Sitting, q *exams.Question, emit labs.Emit) (*labs.Lab, error) {
	lab, err := r.Rooms.Open(ctx, s, q, emit)
	if err == nil {
		r.learned(ctx, lab, q, func(store *attempts.View, attempt *attempts.Attempt) error {
			q.Attempt = attempt.UID
			return store.StopClock(ctx, attempt) // the candidate may be at another question
		})
	}
	return lab, err
}

// Check grades the question and keeps the report with the attempt.
func (r *examRooms) Check(ctx context.Context, s *exams.Sitting, q *exams.Question, emit labs.Emit) (*labs.Report, error) {
	lab, err := r.Find(ctx, s, q)
	if err != nil {
		return nil, err
	}
	found, err := r.Rooms.Check(ctx, s, q, emit)
	if err != nil {
		return nil, err
	}
	v, err := r.Scenarios.Variant(q.Scenario, q.Seed)
	if err != nil {
		return nil, err
	}
	s.Charge(q, v, found)
	r.learned(ctx, lab, q, func(store *attempts.View, attempt *attempts.Attempt) error {
		return store.AddCheck(ctx, attempt, found)
	})
	return found, nil
}

// Remove removes the lab and closes its attempt.
func (r *examRooms) Remove(ctx context.Context, s *exams.Sitting, q *exams.Question) error {
	lab, err := r.Find(ctx, s, q)
	if err != nil {
		lab = nil // which is no reason not to try
	}
	if lab != nil {
		r.desk.End(ctx, lab, r.app.emit)
	}
	return r.Rooms.Remove(ctx, s, q)
}

// learned notes something about a question's attempt. The exam does without.
func (r *examRooms) learned(ctx context.Context, lab *labs.Lab, q *exams.Question, note func(*attempts.View, *attempts.Attempt) error) {
	v, err := r.Scenarios.Variant(q.Scenario, q.Seed)
	if err == nil && ctx.Err() == nil {
		r.desk.Note(ctx, lab, v, "The exam goes on all the same.", r.app.emit, note)
	}
}

// finishDue ends the exams whose time is up, and grades what a command that was
// killed has left ungraded. What hinders it does not end the command.
func (a *app) finishDue(ctx context.Context) {
	if a.finished {
		return
	}
	a.finished = true
	at, err := a.Desk()
	if err != nil || !at.Remembers() {
		return
	}
	store, err := at.Memory(ctx, a.Who())
	if err != nil {
		return // a command that needs the store says so
	}
	p := exams.NewProctor(store, nil, at.Library(), a.Clock)
	due, err := p.Due(ctx)
	due = slices.DeleteFunc(due, a.keeperIsAtIt)
	if err != nil || len(due) == 0 {
		return
	}
	if err := at.Connect(ctx); err != nil {
		a.warn(err, fmt.Sprintf("Exam %d is over and can't be graded now; the next command tries again.", due[0].ID))
		return
	}
	if _, off := at.ClockOff(); off {
		at.WarnOfClock(a.emit)
		return
	}
	for _, s := range due {
		if err := a.finish(ctx, at, store, s); err != nil && ctx.Err() == nil {
			a.warn(err, fmt.Sprintf("Exam %d is not graded whole; try again: %s", s.ID, examLine("submit", s.ID)))
		}
	}
}

func (a *app) finish(ctx context.Context, at *desk.Desk, store *attempts.View, s *exams.Sitting) error {
	p, err := a.proctorOf(at, store, 0)
	if err != nil {
		return err
	}
	when := s.Ended
	if when.IsZero() {
		when = s.Deadline(a.Clock())
	}
	fmt.Fprintf(a.Err, "Exam %d of %s ended at %s and is graded now.\n", s.ID, report.Visible(s.Candidate), when.Local().Format("15:04:05"))
	err = a.progress(false, func(emit labs.Emit) error {
		_, err := p.Finish(ctx, s.ID, emit)
		return err
	})
	if err == nil {
		fmt.Fprintf(a.Err, "See what came of it: %s\n\n", examLine("status", s.ID))
	}
	return err
}
