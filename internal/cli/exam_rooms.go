package cli

import (
	"context"
	"fmt"
	"os"

	"endstate/internal/attempts"
	"endstate/internal/exams"
	"endstate/internal/report"
	"endstate/labs"
)

// examRooms are the labs of exams, each an attempt that is remembered like any
// other.
type examRooms struct {
	*exams.Rooms
	app *app
}

func (r *examRooms) Open(ctx context.Context, s *exams.Sitting, q *exams.Question, emit labs.Emit) (*labs.Lab, error) {
	lab, err := r.Rooms.Open(ctx, s, q, emit)
	if err != nil {
		return nil, err
	}
	if attempt, err := r.app.attempts(ctx).Of(ctx, lab); err == nil {
		q.Attempt = attempt.ID
	}
	return lab, nil
}

func (r *examRooms) Check(ctx context.Context, s *exams.Sitting, q *exams.Question, emit labs.Emit) (*labs.Report, error) {
	found, err := r.Rooms.Check(ctx, s, q, emit)
	if err != nil {
		return nil, err
	}
	store := r.app.attempts(ctx)
	lab, err := r.Find(ctx, s, q)
	if err == nil {
		var attempt *attempts.Attempt
		if attempt, err = store.Of(ctx, lab); err == nil {
			err = store.AddCheck(ctx, attempt, found)
		}
	}
	if err != nil && ctx.Err() == nil {
		r.app.warn(err, "The check counts, but the attempt does not remember it.")
	}
	return found, nil
}

// finishDue ends the exams whose time is up, and grades what a command that was
// killed has left ungraded. What hinders it does not end the command.
func (a *app) finishDue(ctx context.Context) {
	if a.finished {
		return
	}
	a.finished = true
	if _, err := os.Stat(attempts.Path(a.home())); err != nil {
		return
	}
	store := a.store
	if store == nil {
		var err error
		if store, err = attempts.Open(ctx, attempts.Path(a.home())); err != nil {
			return // a command that needs the store says so
		}
		a.store, a.stored = store, true
	}
	p := exams.NewProctor(store, nil, a.scenarios(), a.Clock)
	due, err := p.Due(ctx)
	if err != nil || len(due) == 0 {
		return
	}
	if err := a.connect(ctx); err != nil {
		a.warn(err, fmt.Sprintf("Exam %d is over and can't be graded now; the next command tries again.", due[0].ID))
		return
	}
	for _, s := range due {
		if err := a.finish(ctx, store, s); err != nil && ctx.Err() == nil {
			a.warn(err, fmt.Sprintf("Exam %d is not graded whole; try again: endstate exam submit --exam %[1]d", s.ID))
		}
	}
}

func (a *app) finish(ctx context.Context, store *attempts.Store, s *exams.Sitting) error {
	p, err := a.proctorOf(store, &exams.Rooms{Runner: a.runner(nil), Scenarios: a.scenarios()})
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
		fmt.Fprintf(a.Err, "See what came of it: endstate exam status --exam %d\n\n", s.ID)
	}
	return err
}
