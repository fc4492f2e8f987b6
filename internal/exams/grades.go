package exams

import (
	"fmt"
	"time"

	"endstate/labs"
)

// lateness is the delay from which a grade counts as late, because the candidate may have
// worked after the end.
const lateness = 5 * time.Second

// Graded reports whether every question has a score.
func (s *Sitting) Graded() bool { return len(s.Ungraded()) == 0 }

// Ungraded returns the numbers of the questions that have no score.
func (s *Sitting) Ungraded() []int {
	return s.numbersWhere(func(q *Question) bool { return q.Grade == nil || q.Grade.Score == nil })
}

// Pending returns the numbers of the questions that nobody has tried to grade yet.
func (s *Sitting) Pending() []int {
	return s.numbersWhere(func(q *Question) bool { return q.Grade == nil })
}

// Leftover returns the numbers of the questions whose grade is final and whose labs are still
// to be removed.
func (s *Sitting) Leftover() []int {
	return s.numbersWhere(func(q *Question) bool { return q.Grade.final() && !q.Removed })
}

// Done reports whether the exam has ended and nothing is left to do: somebody has tried to
// grade every question, and the labs of the graded ones are gone.
func (s *Sitting) Done() bool {
	return !s.Ended.IsZero() && len(s.Pending()) == 0 && len(s.Leftover()) == 0
}

// Gradable returns the numbers of the questions that may be graded now: those that have no
// score, and those whose score rests on a server that could not be reached.
func (s *Sitting) Gradable() []int {
	return s.numbersWhere(func(q *Question) bool { return !q.Grade.final() })
}

func (s *Sitting) numbersWhere(is func(*Question) bool) []int {
	var numbers []int
	for i := range s.Questions {
		if is(&s.Questions[i]) {
			numbers = append(numbers, s.Questions[i].Number)
		}
	}
	return numbers
}

// SetGrade stores a question's grade. A graded question keeps its grade, so if two
// processes grade at once, the first one counts. A late grade has no score unless it was
// accepted, because work done after the end can't be told from work done before.
func (s *Sitting) SetGrade(n int, grade Grade) error {
	q, err := s.Question(n)
	if err != nil {
		return err
	}
	if s.Ended.IsZero() {
		return fmt.Errorf("question %d of exam %d was graded before the exam's end", n, s.ID)
	}
	before := q.Grade
	if before.final() {
		return nil
	}
	if !grade.NeverOpened() {
		grade.Late.Duration = max(0, s.stateTime(q, grade).Sub(s.Ended)).Truncate(time.Second)
	}
	// Retry once only: if the server still does not answer, that is how the candidate left
	// it.
	grade.Retry = grade.Score != nil && grade.Report != nil && grade.Report.Blocked() && (before == nil || before.Score == nil)
	if grade.CameLate() && grade.Score != nil && !grade.Accepted {
		grade.Score, grade.Retry = nil, false
		grade.Why = "Its lab went on after the end, so work done after the end can't be told from work done before."
	}
	q.Grade = &grade
	grade.count(s.Blueprint.Harm)
	return nil
}

// count sets the score to 0 if the report shows harm that fails the question.
func (g *Grade) count(harm Harm) {
	if g.Harmed = g.Score != nil && harm.fails(g.Report); g.Harmed {
		nothing := 0
		g.Score = &nothing
	}
}

// counted returns the grade that a graded report counts for in the exam.
func (b *Blueprint) counted(report *labs.Report) Grade {
	grade := Grade{Score: report.Score, Report: report}
	grade.count(b.Harm)
	return grade
}

// stateTime returns the time whose state of the lab a grade reflects.
func (s *Sitting) stateTime(q *Question, grade Grade) time.Time {
	if !q.FrozenAt.IsZero() && q.FrozenAt.Before(grade.At) {
		return q.FrozenAt
	}
	return grade.At
}

// Accept makes a late grade count: an examiner has decided that nothing was done after the
// end, or that it may count.
func (s *Sitting) Accept(n int) error {
	q, err := s.Question(n)
	if err != nil {
		return err
	}
	g := q.Grade
	if g == nil || !g.Withheld() {
		return labs.Misuse(fmt.Sprintf("Question %d has no late grade to accept", n), "", labs.Act{Name: labs.ActExamStatus, For: "See", Exam: s.ID})
	}
	g.Score, g.Accepted, g.Why = g.Report.Score, true, ""
	g.count(s.Blueprint.Harm)
	return nil
}

// final reports whether there is a score that no later grade replaces.
func (g *Grade) final() bool { return g != nil && g.Score != nil && !g.Retry }

// Withheld reports whether there is a score that does not count because it is late.
func (g *Grade) Withheld() bool {
	return g.Score == nil && g.Report != nil && g.Report.Graded() && g.CameLate()
}

// CameLate reports whether the lab ran on noticeably after the exam's end. A question that
// was never opened can't be late.
func (g *Grade) CameLate() bool { return g.Late.Duration >= lateness && !g.NeverOpened() }

// NeverOpened reports whether the candidate never opened the question, so that there was no lab to
// grade.
func (g *Grade) NeverOpened() bool { return g.Report == nil && g.Score != nil }
