package exams

import (
	"slices"

	"endstate/labs"
)

// Result is the outcome of an exam.
type Result struct {
	Earned   float64  `json:"earned"`   // out of Points
	Points   int      `json:"points"`   // the maximum
	Percent  *float64 `json:"percent"`  // missing if not every question could be graded
	Pass     int      `json:"pass"`     // pass mark, in percent
	Passed   *bool    `json:"passed"`   // missing if not every question could be graded
	Ungraded []int    `json:"ungraded"` // numbers of the questions that have no score
	ByHand   int      `json:"by_hand"`  // points that examiners gave and took, which are part of Earned
	// Conditions are what was needed to pass. There are none if not every question could be
	// graded.
	Conditions []Condition `json:"conditions"`
}

// Missed returns the conditions that were not met.
func (r *Result) Missed() []Condition {
	return slices.DeleteFunc(slices.Clone(r.Conditions), func(c Condition) bool { return c.Met })
}

// Result adds up the grades.
func (s *Sitting) Result() Result {
	result := Result{Pass: s.Blueprint.Pass, Ungraded: append([]int{}, s.Ungraded()...), Conditions: []Condition{}}
	var whole share
	for i := range s.Questions {
		whole.add(&s.Questions[i])
		result.ByHand += s.Questions[i].Adjusted()
	}
	result.Points, result.Earned = whole.points, float64(whole.hundredths)/100
	if len(result.Ungraded) > 0 || result.Points == 0 {
		return result
	}
	result.Conditions = s.conditions()
	percent, passed := result.Conditions[0].Reached, len(result.Missed()) == 0
	result.Percent, result.Passed = &percent, &passed
	return result
}

// hundredths returns the points earned, in hundredths; 0 if the question is not graded.
func (q *Question) hundredths() int {
	if q.Grade == nil || q.Grade.Score == nil {
		return 0
	}
	return q.ByHand.hundredths(*q.Grade.Score, q.Points)
}

// Charge adds the costs of the opened hints to a question's report, at the costs of this
// exam.
func (s *Sitting) Charge(q *Question, v *labs.Variant, report *labs.Report) {
	report.Charge(s.Blueprint.Hints.Charged(v.Hints[:min(q.Hints, len(v.Hints))]), false)
}

// Earned returns the points earned, and whether the question is graded.
func (q *Question) Earned() (float64, bool) { return q.earned(q.Grade, q.Points) }

// Earned returns the points earned, and whether the question is graded.
func (q *QuestionView) Earned() (float64, bool) {
	return q.earned(q.Grade, q.Points)
}

func (b ByHand) earned(grade *Grade, points int) (float64, bool) {
	if grade == nil || grade.Score == nil {
		return 0, false
	}
	return float64(b.hundredths(*grade.Score, points)) / labs.Total, true
}
