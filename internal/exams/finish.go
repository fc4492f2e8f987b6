package exams

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"endstate/labs"
)

// Submit ends an exam and grades it. If the exam has already ended, Submit grades the
// questions again that could not be graded, or whose server could not be reached.
func (p *Proctor) Submit(ctx context.Context, id int64, emit labs.Emit) (*Sitting, error) {
	return p.end(ctx, id, emit, func(s *Sitting, now time.Time) error {
		s.End(now)
		return nil
	})
}

// End ends an exam that is not over, for an examiner, and grades it.
func (p *Proctor) End(ctx context.Context, id int64, examiner, why string, emit labs.Emit) (*Sitting, error) {
	return p.end(ctx, id, emit, func(s *Sitting, now time.Time) error { return s.EndBy(examiner, why, now) })
}

func (p *Proctor) end(ctx context.Context, id int64, emit labs.Emit, how func(*Sitting, time.Time) error) (*Sitting, error) {
	s, err := p.change(ctx, id, how)
	if err == nil {
		s, err = p.freeze(ctx, s)
	}
	if err != nil {
		return s, err
	}
	return p.grade(ctx, s, s.Gradable(), emit)
}

// Due returns the sittings whose time is up, or whose grading was interrupted.
func (p *Proctor) Due(ctx context.Context) ([]*Sitting, error) {
	open, err := p.Store.OpenExams(ctx)
	return slices.DeleteFunc(open, func(s *Sitting) bool {
		return !s.Due(p.Clock()) && (s.Ended.IsZero() || s.Done())
	}), err
}

// Finish ends an exam if its time is up, and grades the questions that nobody has tried to
// grade yet.
func (p *Proctor) Finish(ctx context.Context, id int64, emit labs.Emit) (*Sitting, error) {
	s, err := p.change(ctx, id, func(s *Sitting, now time.Time) error {
		if s.Due(now) {
			s.End(now)
		}
		return nil
	})
	if err != nil || s.Ended.IsZero() {
		return s, err
	}
	if s, err = p.freeze(ctx, s); err != nil {
		return s, err
	}
	return p.grade(ctx, s, s.Pending(), emit)
}

// Accept makes a question's late grade count, and removes its lab.
func (p *Proctor) Accept(ctx context.Context, id int64, n int, emit labs.Emit) (*Sitting, error) {
	s, err := p.change(ctx, id, func(s *Sitting, _ time.Time) error { return s.Accept(n) })
	if err != nil {
		return s, err
	}
	return p.removeLeftover(ctx, s, emit)
}

// freeze freezes the labs at the exam's end and records when each was frozen, so that later
// changes don't affect the grades. A lab that can't be frozen is graded as it is, and late.
func (p *Proctor) freeze(ctx context.Context, s *Sitting) (*Sitting, error) {
	numbers, freezeErr := p.Labs.Freeze(ctx, s)
	if ctx.Err() != nil {
		return s, context.Cause(ctx)
	}
	changed, err := p.change(ctx, s.ID, func(s *Sitting, now time.Time) error {
		for _, n := range numbers {
			if q := &s.Questions[n-1]; q.FrozenAt.IsZero() {
				q.FrozenAt = later(s.Ended, now)
			}
		}
		return nil
	})
	if err != nil {
		return s, errors.Join(err, freezeErr)
	}
	return changed, nil
}

// grade grades questions one by one, and removes the labs whose grades are final, also those
// that an interrupted process left. It stores each grade before it removes the lab.
func (p *Proctor) grade(ctx context.Context, s *Sitting, numbers []int, emit labs.Emit) (*Sitting, error) {
	s, failed := p.removeLeftover(ctx, s, emit)
	for _, n := range numbers {
		q := &s.Questions[n-1]
		end := emit.Step(labs.GradeQuestion, strconv.Itoa(n))
		grade, err := p.gradeWithRetries(ctx, s, q, emit)
		end(err)
		if err != nil {
			return s, err
		}
		id := s.ID
		if s, err = p.Store.ChangeExam(ctx, id, func(s *Sitting) error { return s.SetGrade(n, grade) }); err != nil {
			return s, err
		}
		if s, err = p.removeLeftover(ctx, s, emit); err != nil {
			failed = err
		}
	}
	return s, failed
}

// removeLeftover removes the labs of the questions whose grades are final, and records that
// they are gone. It returns the exam, with an error too.
func (p *Proctor) removeLeftover(ctx context.Context, s *Sitting, emit labs.Emit) (*Sitting, error) {
	numbers := s.Leftover()
	if len(numbers) == 0 {
		return s, nil
	}
	var failed []error
	numbers = slices.DeleteFunc(numbers, func(n int) bool {
		err := p.Labs.Remove(ctx, s, &s.Questions[n-1], emit)
		failed = append(failed, err)
		return err != nil
	})
	changed, err := p.Store.ChangeExam(ctx, s.ID, func(s *Sitting) error {
		for _, n := range numbers {
			s.Questions[n-1].Removed = true
		}
		return nil
	})
	if err != nil {
		return s, errors.Join(append(failed, err)...)
	}
	return changed, errors.Join(failed...)
}

const (
	settleTime  = 20 * time.Second
	settlePause = 4 * time.Second
)

// gradeWithRetries grades one question. If the question could not be graded before, or its
// server can't be reached now, it retries for a while unless the question has full marks: a
// server that was just restarted does not answer yet, and that is not the candidate's
// fault. The best grade counts, because nobody has worked on the question since.
func (p *Proctor) gradeWithRetries(ctx context.Context, s *Sitting, q *Question, emit labs.Emit) (Grade, error) {
	best, err := p.look(ctx, s, q, emit)
	blocked := best.Report != nil && best.Report.Blocked()
	if best.Score == nil || q.Grade == nil && !blocked {
		return best, err
	}
	for patience := settleTime; err == nil && *best.Score < labs.Total && patience > 0; patience -= settlePause {
		select {
		case <-ctx.Done():
			return best, context.Cause(ctx)
		case <-time.After(settlePause):
		}
		var next Grade
		if next, err = p.look(ctx, s, q, emit); next.Score != nil && *next.Score > *best.Score {
			best = next
		}
	}
	return best, err
}

// look grades one question. It returns an error only if grading was interrupted; a question
// that could not be graded gets a grade that says so.
func (p *Proctor) look(ctx context.Context, s *Sitting, q *Question, emit labs.Emit) (Grade, error) {
	grade := Grade{At: p.Clock()}
	if !s.Opened(q.Number) {
		nothing := 0
		grade.Score, grade.Why = &nothing, "It was never opened."
		return grade, nil
	}
	report, err := p.Labs.Check(ctx, s, q, emit.Warnings())
	if err == nil {
		err = p.charge(s, q.Number, report)
	}
	switch {
	case ctx.Err() != nil:
		return grade, context.Cause(ctx)
	case errors.Is(err, labs.ErrNotFound):
		grade.Why = "Its lab no longer exists: it was removed, or it expired."
	case err != nil:
		grade.Why = errorText(err)
	default:
		grade.At, grade.Report, grade.Score = report.At, report, report.Score
		if !report.Graded() {
			grade.Why = Obstacles(report)
		}
	}
	return grade, nil
}

// errorText returns an error as one line.
func errorText(err error) string {
	var problem *labs.Problem
	if !errors.As(err, &problem) {
		return labs.Cause(err)
	}
	text := strings.TrimSuffix(problem.What, ".") + "."
	if problem.Err != nil {
		text += " (" + labs.Cause(problem.Err) + ")"
	}
	return text
}

// Obstacles returns the reasons why a report is not graded, without duplicates, one per
// line.
func Obstacles(report *labs.Report) string {
	var lines []string
	for _, result := range slices.Concat(report.Checks, report.Guards) {
		line, _, _ := strings.Cut(result.Message, "\n")
		if result.Verdict == labs.Ungraded && !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}
