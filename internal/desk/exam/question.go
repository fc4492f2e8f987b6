package exam

import (
	"context"
	"errors"

	"endstate/internal/desk"
	"endstate/internal/exams"
	"endstate/labs"
)

// Question is a question of an exam, with the candidate at it.
type Question struct {
	Exam   exams.View
	Number int
	Task   *desk.Task
}

// Current stands for the number of the question that the candidate is at.
const Current = -1

// number returns the number of a question that exists.
func number(s *exams.Sitting, n int) (int, error) {
	if n == Current {
		n = s.Current
	}
	_, err := s.Question(n)
	return n, err
}

// Goto brings the candidate to a question, and starts its lab if it does not exist. The clock
// starts, or runs again, when the lab is ready.
func (d *Desk) Goto(ctx context.Context, who labs.Learner, which Which, n int, host string, emit labs.Emit) (*Question, error) {
	at, err := d.session(ctx, who, which, n, host, emit)
	if err != nil {
		return nil, err
	}
	return at.enter(ctx, emit)
}

// Flag puts a flag on a question, or takes it away.
func (d *Desk) Flag(ctx context.Context, who labs.Learner, which Which, n int, emit labs.Emit) (exams.View, error) {
	p, s, err := d.sitting(ctx, who, which, false, emit)
	if err == nil {
		n, err = number(s, n)
	}
	if err == nil {
		s, err = p.Flag(ctx, s.ID, n)
	}
	if err != nil {
		return exams.View{}, err
	}
	return d.view(s), nil
}

// Reset puts the lab of the current question back to how it was at the start. Until the candidate has
// agreed, it returns [desk.Unconfirmed].
func (d *Desk) Reset(ctx context.Context, who labs.Learner, which Which, agreed bool, emit labs.Emit) (exams.View, error) {
	_, s, err := d.sitting(ctx, who, which, false, emit)
	if err == nil {
		err = s.CheckWork(d.now())
	}
	if err != nil {
		return exams.View{}, err
	}
	lab, err := d.parts.Stage(who).Find(ctx, s.LabOwner, s.Questions[s.Current-1].Scenario)
	switch {
	case errors.Is(err, labs.ErrNotFound):
		err = labs.Misuse("The question has no lab", "", labs.Act{Name: labs.ActExamResume, For: "Start one", Exam: s.ID})
	case err == nil && !agreed:
		err = &desk.Unconfirmed{Question: desk.AskReset}
	case err == nil:
		_, _, err = d.parts.Reset(ctx, lab, emit)
	}
	return d.view(s), err
}
