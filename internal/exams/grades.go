package exams

import (
	"fmt"
	"time"

	"endstate/labs"
)

// lateness is from when on a grade counts as late: work may have been done after the end.
const lateness = 5 * time.Second

// Graded reports whether every question has a score.
func (s *Sitting) Graded() bool { return len(s.Ungraded()) == 0 }

// Ungraded returns the numbers of the questions that have no score.
func (s *Sitting) Ungraded() []int {
	return s.which(func(q *Question) bool { return q.Grade == nil || q.Grade.Score == nil })
}

// Pending returns the numbers of the questions that nobody has tried to grade yet.
func (s *Sitting) Pending() []int {
	return s.which(func(q *Question) bool { return q.Grade == nil })
}

// Gradable returns the numbers of the questions that may be graded now: those that have no
// score, and those whose score rests on a server that could not be reached.
func (s *Sitting) Gradable() []int {
	return s.which(func(q *Question) bool { return q.Grade == nil || q.Grade.Score == nil || q.Grade.Again })
}

func (s *Sitting) which(is func(*Question) bool) []int {
	var numbers []int
	for i := range s.Questions {
		if is(&s.Questions[i]) {
			numbers = append(numbers, s.Questions[i].Number)
		}
	}
	return numbers
}

// SetGrade keeps what came of a question. What is graded stays so: of two processes that
// grade at once, the first one counts. What was found late has no score, unless it was
// accepted: what was done after the end can't be told from what was done before.
func (s *Sitting) SetGrade(n int, grade Grade) error {
	q, err := s.Question(n)
	if err != nil {
		return err
	}
	if s.Ended.IsZero() {
		return fmt.Errorf("question %d of exam %d was graded before the exam's end", n, s.ID)
	}
	before := q.Grade
	if before != nil && before.Score != nil && !before.Again {
		return nil
	}
	grade.Late = max(0, s.found(q, grade).Sub(s.Ended))
	// Once more is enough: then a server that does not answer is how it was left.
	grade.Again = grade.Score != nil && grade.Report != nil && grade.Report.Barred() && (before == nil || before.Score == nil)
	if grade.CameLate() && grade.Score != nil && !grade.Accepted {
		grade.Score, grade.Again = nil, false
		grade.Why = "Its lab went on after the end: what was done then can't be told from what was done before."
	}
	q.Grade = &grade
	return nil
}

// found returns as of when a grade tells of the lab.
func (s *Sitting) found(q *Question, grade Grade) time.Time {
	if !q.Still.IsZero() && q.Still.Before(grade.At) {
		return q.Still
	}
	return grade.At
}

// Accept has what was found late count: an examiner says that nothing was done after the
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
	return nil
}

// Withheld reports whether there is a score that does not count, as it came late.
func (g *Grade) Withheld() bool {
	return g.Score == nil && g.Report != nil && g.Report.Graded() && g.CameLate()
}

// CameLate reports whether the lab went on notably after the exam's end. What was never
// opened is not late: there was nothing to look at.
func (g *Grade) CameLate() bool {
	return g.Late >= lateness && (g.Report != nil || g.Score == nil)
}
