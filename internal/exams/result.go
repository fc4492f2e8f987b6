package exams

import "endstate/labs"

// Result is the outcome of an exam.
type Result struct {
	Earned   float64  `json:"earned"`   // out of Points
	Points   int      `json:"points"`   // the maximum
	Percent  *float64 `json:"percent"`  // missing if not every question could be graded
	Pass     int      `json:"pass"`     // pass mark, in percent
	Passed   *bool    `json:"passed"`   // missing if not every question could be graded
	Ungraded []int    `json:"ungraded"` // numbers of the questions that have no score
}

// Result adds up the grades. It compares the pass mark in integers, so that rounding can't
// fail anybody.
func (s *Sitting) Result() Result {
	result := Result{Pass: s.Blueprint.Pass, Ungraded: append([]int{}, s.Ungraded()...)}
	hundredths := 0
	for _, q := range s.Questions {
		result.Points += q.Points
		if q.Grade != nil && q.Grade.Score != nil {
			hundredths += *q.Grade.Score * q.Points
		}
	}
	result.Earned = float64(hundredths) / 100
	if len(result.Ungraded) > 0 || result.Points == 0 {
		return result
	}
	percent := float64(hundredths) / float64(result.Points)
	passed := hundredths >= s.Blueprint.Pass*result.Points
	result.Percent, result.Passed = &percent, &passed
	return result
}

// Charge adds the costs of the opened hints to a question's report, at the costs of this
// exam.
func (s *Sitting) Charge(q *Question, v *labs.Variant, report *labs.Report) {
	report.Charge(s.Blueprint.Hints.Charged(v.Hints[:min(q.Hints, len(v.Hints))]), false)
}

// Earned returns the points earned, and whether the question is graded.
func (q *Question) Earned() (float64, bool) { return earned(q.Grade, q.Points) }

// Earned returns the points earned, and whether the question is graded.
func (q *QuestionView) Earned() (float64, bool) {
	return earned(q.Grade, q.Points)
}

func earned(grade *Grade, points int) (float64, bool) {
	if grade == nil || grade.Score == nil {
		return 0, false
	}
	return float64(*grade.Score*points) / labs.Total, true
}
