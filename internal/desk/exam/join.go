package exam

import (
	"context"
	"errors"
	"fmt"

	"endstate/internal/desk"
	"endstate/internal/exams"
	"endstate/labs"
)

// CodeClockStopped is the code of the problem that nobody can work on an exam while its clock is
// stopped.
const CodeClockStopped = "clock-stopped"

// Join begins another session at the question that the candidate is at. In contrast to [Desk.Sit] and
// [Session.Enter], it goes to no other question and never lets a stopped clock run again, so a
// terminal can use it to connect again by itself. Close the session when the candidate leaves.
func (d *Desk) Join(ctx context.Context, who labs.Learner, which Which, n int, host string, emit labs.Emit) (*Session, error) {
	at, err := d.join(ctx, who, which, n, host, emit)
	if err != nil {
		return nil, err
	}
	at.leaveSeat = d.takeSeat(ctx, at.id)
	at.prepare(ctx)
	return at, nil
}

// join joins without a seat.
func (d *Desk) join(ctx context.Context, who labs.Learner, which Which, n int, host string, emit labs.Emit) (*Session, error) {
	at, err := d.session(ctx, who, which, n, host, emit)
	if err == nil {
		err = d.isAt(at.sitting, at.number)
	}
	if err != nil {
		return nil, err
	}
	return at, at.findLab(ctx, who)
}

// findLab begins the visit to the question's lab, which must exist.
func (s *Session) findLab(ctx context.Context, who labs.Learner) error {
	lab, err := s.desk.parts.Stage(who).Find(ctx, s.sitting.LabOwner, s.sitting.Questions[s.number-1].Scenario)
	if errors.Is(err, labs.ErrNotFound) {
		return labs.Misuse("The question has no lab", "", labs.Act{Name: labs.ActExamResume, For: "Start one", Exam: s.id})
	}
	if err != nil {
		return err
	}
	return s.visitLab(lab)
}

// isAt returns an error unless the candidate can work on a question without going to it first.
func (d *Desk) isAt(s *exams.Sitting, n int) error {
	if err := s.CheckWork(d.now()); err != nil {
		return err
	}
	again := []labs.Act{{Name: labs.ActExamGoto, For: fmt.Sprintf("Go to question %d", n), Exam: s.ID, Question: n}}
	switch {
	case s.Current != n:
		return labs.Misuse(fmt.Sprintf("You are at question %d", s.Current), "", again...)
	case s.Phase(d.now()) == exams.Running && !s.Questions[n-1].Ready.IsZero():
		return nil
	case s.Started.IsZero():
		return labs.Misuse("The clock has not started yet", "It starts when the first lab is ready.", again...)
	}
	return &labs.Problem{
		Code: CodeClockStopped, What: "The clock is stopped", Usage: true, Advice: "It runs again when you continue.",
		Acts: []labs.Act{{Name: labs.ActExamGoto, For: "Continue", Exam: s.ID, Question: n}},
	}
}

// Paper is what a candidate has before them at a question.
type Paper struct {
	Exam   exams.View
	Number int
	// Help says why the candidate can't work on the question now. Then there is nothing else.
	Help      *labs.Problem
	Task      *desk.Task
	OpenHosts []string
	Hints     []labs.Hint // that are open, at what they cost in the exam
	HintsLeft int         // that may still be opened
	Price     int         // of the next hint
	Last      *Answer     // to the last check; nil: there was none
}

// Paper returns what a candidate has before them at a question. It changes nothing, and shows the
// task only while the clock runs and the candidate is at that question.
func (d *Desk) Paper(ctx context.Context, who labs.Learner, which Which, n int) (*Paper, error) {
	p, s, err := d.sitting(ctx, who, which, false, nil)
	if err == nil {
		n, err = number(s, n)
	}
	if err != nil {
		return nil, err
	}
	paper := &Paper{Exam: d.view(s), Number: n}
	if paper.Help = helpOf(d.isAt(s, n)); paper.Help != nil {
		return paper, nil
	}
	at := &Session{desk: d, id: s.ID, proctor: p, sitting: s, number: n, host: labs.Workspace}
	if err := at.findLab(ctx, who); err != nil {
		return nil, err
	}
	return paper, d.fill(ctx, paper, at)
}

func helpOf(err error) *labs.Problem {
	if err == nil {
		return nil
	}
	var problem *labs.Problem
	if errors.As(err, &problem) {
		return problem
	}
	return &labs.Problem{Code: CodeClockStopped, What: "The question can't be shown", Err: err}
}

// fill writes the question on the paper.
func (d *Desk) fill(ctx context.Context, paper *Paper, at *Session) error {
	v, rules, q := at.visit.Variant, at.sitting.Blueprint.Hints, at.sitting.Questions[at.number-1]
	paper.Task, paper.OpenHosts = at.visit.Task(), v.OpenHosts()
	all := rules.Charged(v.Hints)
	open := min(q.Hints, len(all))
	paper.Hints = all[:open]
	if rules.Allowed && open < len(all) {
		paper.HintsLeft, paper.Price = len(all)-open, all[open].Costs
	}
	if q.LastCheck == nil {
		return nil
	}
	store, err := d.parts.Memory(ctx, labs.Learner{Name: at.visit.Lab.Owner})
	if err != nil {
		return err
	}
	attempt, err := store.OfLab(ctx, at.visit.Lab)
	if err != nil || attempt == nil {
		return err
	}
	last, err := store.LastCheck(ctx, attempt)
	if err == nil && last != nil {
		paper.Last = answerOf(at.sitting, at.number, last.Report)
	}
	return err
}

// Hint opens one more hint of the question that the candidate is at; see [Session.Hint].
func (d *Desk) Hint(ctx context.Context, who labs.Learner, which Which, n int, agreed bool, emit labs.Emit) ([]labs.Hint, error) {
	at, err := d.join(ctx, who, which, n, labs.Workspace, emit)
	if err != nil {
		return nil, err
	}
	return at.Hint(ctx, agreed, emit)
}
