package exam

import (
	"context"
	"fmt"
	"slices"

	"endstate/internal/desk"
	"endstate/internal/exams"
	"endstate/internal/report"
	"endstate/labs"
)

// Answer is what a candidate learns from a check.
type Answer struct {
	exams.Answer
	Total     int    // the highest score
	Obstacles string // why the question could not be graded; empty if it could
}

// Grade grades a question while the exam runs, and returns what the exam's rules let its
// candidate know. If the question can't be graded, the clock stops; the view shows this, and
// it comes with an error too. Once the exam has ended, Grade grades what could not be graded,
// and returns no answer.
func (d *Desk) Grade(ctx context.Context, who labs.Learner, which Which, n int, emit labs.Emit) (*Answer, exams.View, error) {
	p, s, err := d.sitting(ctx, who, which, true, emit)
	if err == nil && hasEnded(s) {
		v, err := d.submit(ctx, p, s, true, emit)
		return nil, v, err
	}
	if err == nil {
		n, err = number(s, n)
	}
	if err != nil {
		return nil, exams.View{}, err
	}
	answer, _, s, err := d.check(ctx, p, s, n, emit)
	return answer, d.view(s), err
}

// check grades a question while the exam runs. It returns the exam as it is afterwards, with
// an error too.
func (d *Desk) check(ctx context.Context, p *exams.Proctor, s *exams.Sitting, n int, emit labs.Emit) (*Answer, *labs.Report, *exams.Sitting, error) {
	changed, found, err := p.Check(ctx, s.ID, n, emit)
	if changed != nil {
		s = changed
	}
	if err != nil {
		return nil, nil, s, err
	}
	return answerOf(s, n, found), found, s, nil
}

// answerOf returns what a candidate learns from a report.
func answerOf(s *exams.Sitting, n int, found *labs.Report) *Answer {
	answer := &Answer{Answer: s.Blueprint.Answer(n, found), Total: found.Total}
	if !answer.Graded {
		answer.Obstacles = exams.Obstacles(found)
	}
	return answer
}

// Submit ends an exam and grades it. If the exam has ended, Submit grades again what could not
// be graded. Until the candidate has agreed to the end, it returns [desk.Unconfirmed].
func (d *Desk) Submit(ctx context.Context, who labs.Learner, which Which, agreed bool, emit labs.Emit) (exams.View, error) {
	p, s, err := d.sitting(ctx, who, which, true, emit)
	if err != nil {
		return exams.View{}, err
	}
	return d.submit(ctx, p, s, agreed, emit)
}

func (d *Desk) submit(ctx context.Context, p *exams.Proctor, s *exams.Sitting, agreed bool, emit labs.Emit) (exams.View, error) {
	if !agreed && !hasEnded(s) {
		return d.view(s), &desk.Unconfirmed{Question: askSubmit(d.view(s))}
	}
	grading, err := d.takeGrading(ctx, s.ID)
	if err != nil {
		return d.view(s), err
	}
	defer grading()
	graded, err := p.Submit(ctx, s.ID, emit)
	if err != nil {
		return d.view(s), err
	}
	return d.view(graded), nil
}

// End ends a candidate's exam and grades it, once the examiner has agreed: it can't go on afterwards. Only an
// examiner may do that for others; candidates end their own; see [Desk.Submit].
func (d *Desk) End(ctx context.Context, who labs.Learner, which Which, why string, agreed bool, emit labs.Emit) (exams.View, error) {
	const act = "end an exam"
	if !agreed {
		return d.ask(ctx, who, which, act, why, func(s *exams.Sitting) (string, error) {
			left := report.TimeLeft(d.view(s))
			return fmt.Sprintf("End the exam of %s with %s? It is graded as it is then, and can't go on.", s.Candidate, left), s.EndBy(who.Name, why, d.now())
		})
	}
	return d.decide(ctx, who, which, act, why, emit, func(p *exams.Proctor, s *exams.Sitting) (*exams.Sitting, error) {
		grading, err := d.takeGrading(ctx, s.ID)
		if err != nil {
			return nil, err
		}
		defer grading()
		return p.End(ctx, s.ID, who.Name, why, emit)
	})
}

// askSubmit reminds a candidate of what they may have forgotten.
func askSubmit(v exams.View) string {
	flagged, unopened := 0, 0
	for _, q := range v.Questions {
		if q.Flagged {
			flagged++
		}
		if !q.Opened {
			unopened++
		}
	}
	text := "End the exam with " + report.TimeLeft(v)
	if unopened > 0 {
		text += fmt.Sprintf(", %d never opened", unopened)
	}
	if flagged > 0 {
		text += fmt.Sprintf(", %d flagged", flagged)
	}
	return text + "?"
}

// Accept makes the late grade of a question count, once the examiner has agreed. Only an examiner may do
// that.
func (d *Desk) Accept(ctx context.Context, who labs.Learner, which Which, n int, agreed bool, emit labs.Emit) (exams.View, error) {
	const act = "accept a late grade"
	if n == Current {
		return exams.View{}, labs.Misuse("No question is named", "Name the one whose late grade should count.",
			labs.Act{Name: labs.ActExamStatus, For: "See them", Exam: which.ID})
	}
	if !agreed {
		return d.ask(ctx, who, which, act, "", func(s *exams.Sitting) (string, error) {
			return fmt.Sprintf("Let the late grade of question %d count? This can't be undone.", n), s.Accept(n)
		})
	}
	return d.decide(ctx, who, which, act, "", emit, func(p *exams.Proctor, s *exams.Sitting) (*exams.Sitting, error) {
		return p.Accept(ctx, s.ID, n, emit)
	})
}

// GradeAgain grades what could not be graded of an exam that is over. Only an examiner may do that for
// others; candidates can grade again their own; see [Desk.Grade].
func (d *Desk) GradeAgain(ctx context.Context, who labs.Learner, which Which, emit labs.Emit) (exams.View, error) {
	p, s, err := d.examined(ctx, who, which, "grade an exam again", emit)
	if err == nil && !hasEnded(s) {
		err = labs.Misuse(fmt.Sprintf("Exam %d is not over", s.ID), "Its questions are graded when it is.")
	}
	if err != nil {
		return exams.View{}, err
	}
	return d.submit(ctx, p, s, true, emit)
}

// Due returns the learner's exams that [Desk.Finish] should end or grade now: their time is up,
// or a process was killed while it graded them. Exams that another process is grading are not
// among them. If they can't be graded now, it warns and returns none.
func (d *Desk) Due(ctx context.Context, who labs.Learner, emit labs.Emit) []exams.View {
	if !d.parts.Remembers() {
		return nil
	}
	store, err := d.parts.Memory(ctx, who)
	if err != nil {
		return nil // an act that needs the store says so
	}
	due, err := exams.NewProctor(store, nil, d.parts.Library(), d.base.Clock).Due(ctx)
	due = slices.DeleteFunc(due, func(s *exams.Sitting) bool { return d.keeperIsGrading(ctx, s) || d.isHeld(ctx, s.ID, gradingLock) })
	if err != nil || len(due) == 0 {
		return nil
	}
	if err := d.parts.Connect(ctx); err != nil {
		emit.Warn(err, fmt.Sprintf("Exam %d is over and can't be graded now; the next command tries again.", due[0].ID))
		return nil
	}
	if d.parts.ClocksDiffer(emit) {
		return nil
	}
	return d.views(due)
}

// Finish ends an exam whose time is up, and grades the questions that have no grade yet.
func (d *Desk) Finish(ctx context.Context, who labs.Learner, id int64, emit labs.Emit) (exams.View, error) {
	store, err := d.parts.Memory(ctx, who)
	if err == nil {
		err = d.parts.Connect(ctx)
	}
	if err != nil {
		return exams.View{}, err
	}
	grading, err := d.takeGrading(ctx, id)
	if err != nil {
		return exams.View{}, err
	}
	defer grading()
	s, err := d.proctorOf(store, who).Finish(ctx, id, emit)
	if err != nil {
		return exams.View{}, err
	}
	return d.view(s), nil
}
