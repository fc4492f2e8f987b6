package exams

import "endstate/labs"

// Result is what came of an exam as a whole.
type Result struct {
	Earned   float64  `json:"earned"`   // of Points
	Points   int      `json:"points"`   // that there were to earn
	Percent  *float64 `json:"percent"`  // missing: not all could be graded
	Pass     int      `json:"pass"`     // percent that pass
	Passed   *bool    `json:"passed"`   // missing: not all could be graded
	Ungraded []int    `json:"ungraded"` // numbers of the questions without a score
}

// Result adds up the grades. The pass mark is compared in whole numbers, so that
// nobody fails by a rounding.
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

// Charge charges a report of a question the hints that were opened, at what they
// cost in the exam.
func (s *Sitting) Charge(q *Question, v *labs.Variant, report *labs.Report) {
	report.Charge(s.Blueprint.Hints.Charged(v.Hints[:min(q.Hints, len(v.Hints))]), false)
}

// Earned returns the points that a question earned, and whether it is graded.
func (q *Question) Earned() (float64, bool) { return earned(q.Grade, q.Points) }

// Earned returns the points that a question earned, and whether it is graded.
func (q *QuestionView) Earned() (float64, bool) {
	return earned(q.Grade, q.Points)
}

func earned(grade *Grade, points int) (float64, bool) {
	if grade == nil || grade.Score == nil {
		return 0, false
	}
	return float64(*grade.Score*points) / labs.Total, true
}
