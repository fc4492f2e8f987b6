package exams

import (
	"fmt"
	"strings"
	"time"

	"endstate/labs"
)

// ByHand is what examiners added to the grade of a question.
type ByHand struct {
	Adjustments []Adjustment `json:"adjustments,omitempty"`
	Comments    []Comment    `json:"comments,omitempty"`
}

// Adjustment is points that an examiner gave or took.
type Adjustment struct {
	At     time.Time `json:"at"`
	By     string    `json:"by"` // the examiner
	Points int       `json:"points"`
	Why    string    `json:"why"`
}

// Comment is what an examiner wrote about a question or an exam.
type Comment struct {
	At   time.Time `json:"at"`
	By   string    `json:"by"` // the examiner
	Text string    `json:"text"`
}

// Adjusted returns the sum of the points that examiners gave and took.
func (b ByHand) Adjusted() int {
	sum := 0
	for _, a := range b.Adjustments {
		sum += a.Points
	}
	return sum
}

// hundredths returns the points that a graded question earned, in hundredths: at least 0, and
// at most all of its points.
func (b ByHand) hundredths(score, points int) int {
	return min(max(0, score*points+labs.Total*b.Adjusted()), labs.Total*points)
}

// Adjust gives or takes points of a question that has a score.
func (s *Sitting) Adjust(n int, a Adjustment) error {
	q, err := s.Question(n)
	if err != nil {
		return err
	}
	see := labs.Act{Name: labs.ActExamStatus, For: "See where it stands", Exam: s.ID}
	if q.Grade == nil || q.Grade.Score == nil {
		return labs.Misuse(fmt.Sprintf("Question %d of exam %d is not graded", n, s.ID), "Only points of a graded question can be changed.", see)
	}
	if a.Points == 0 || strings.TrimSpace(a.Why) == "" {
		return labs.Misuse("Points by hand need a number other than 0, and a reason", "The report shows both.")
	}
	after := *q.Grade.Score*q.Points + labs.Total*(q.Adjusted()+a.Points)
	if after < 0 || after > labs.Total*q.Points {
		return labs.Misuse(fmt.Sprintf("Question %d can't get %+d points", n, a.Points),
			fmt.Sprintf("It has %.4g of %d.", float64(q.hundredths())/labs.Total, q.Points), see)
	}
	q.Adjustments = append(q.Adjustments, a)
	return nil
}

// Note adds a comment to a question, or to the exam if n is 0. The exam must have ended,
// because its candidate can read comments.
func (s *Sitting) Note(n int, c Comment) error {
	if s.Ended.IsZero() {
		return labs.Misuse(fmt.Sprintf("Exam %d is still running", s.ID), "Comments are for exams that are over.")
	}
	if strings.TrimSpace(c.Text) == "" {
		return labs.Misuse("The comment is empty", "Write what the candidate should read.")
	}
	if n == 0 {
		s.Comments = append(s.Comments, c)
		return nil
	}
	q, err := s.Question(n)
	if err == nil {
		q.Comments = append(q.Comments, c)
	}
	return err
}

// byHand checks what examiners added to a question.
func (d *doubts) byHand(q *Question) {
	for _, a := range q.Adjustments {
		d.add(a.By == "" || a.Why == "", "question %d: nobody gave a reason for %+d points", q.Number, a.Points)
	}
	d.add(len(q.Adjustments) > 0 && (q.Grade == nil || q.Grade.Score == nil), "question %d: it has points by hand and no score", q.Number)
}
