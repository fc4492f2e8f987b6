package exams

import (
	"slices"
	"time"

	"endstate/internal/exams/spoken"
	"endstate/labs"
)

// View is what a candidate may see of a sitting. While it runs, that excludes grades and
// anything that would let the candidate practise the same exercise elsewhere.
type View struct {
	ID        int64             `json:"exam"`
	Name      string            `json:"blueprint"`
	Title     string            `json:"title"`
	Candidate string            `json:"candidate"`
	Examiner  string            `json:"examiner,omitempty"` // who assigned it; missing: nobody
	Phase     Phase             `json:"phase"`
	Due       bool              `json:"due"` // time is up, and nobody has ended and graded it yet
	Way       Way               `json:"way,omitempty"`
	EndedBy   string            `json:"ended_by,omitempty"`  // the examiner who ended it
	EndedWhy  string            `json:"ended_why,omitempty"` // as they wrote
	Minutes   float64           `json:"minutes"`
	Feedback  Feedback          `json:"feedback"`
	Hints     Hints             `json:"hints"`
	Pass      int               `json:"pass"` // pass mark, in percent of the points
	Harm      Harm              `json:"harm"`
	Minimum   Minimum           `json:"minimum,omitempty"`
	Seed      *uint64           `json:"seed,omitempty"` // only at the end
	Started   time.Time         `json:"started,omitzero"`
	Deadline  time.Time         `json:"deadline,omitzero"`
	Ended     time.Time         `json:"ended,omitzero"`
	Left      float64           `json:"left"` // seconds
	Extra     []ExtraTime       `json:"extra"`
	Pauses    []Pause           `json:"pauses"`
	Current   int               `json:"current"`
	Questions []QuestionView    `json:"questions"`
	Spoken    []spoken.Question `json:"spoken,omitempty"`   // what was found in the answers only at the end
	Result    *Result           `json:"result,omitempty"`   // only at the end
	Comments  []Comment         `json:"comments,omitempty"` // of examiners, on the exam as a whole
	Doubts    []string          `json:"doubts"`             // inconsistencies, see [Sitting.Doubts]
}

// QuestionView is what a candidate may see of a question.
type QuestionView struct {
	Number   int       `json:"number"`
	Scenario string    `json:"scenario"`
	Title    string    `json:"title"`
	Topic    string    `json:"topic"`
	Level    int       `json:"level"`
	Minutes  int       `json:"minutes"`
	Points   int       `json:"points"`
	Required bool      `json:"required"`
	Flagged  bool      `json:"flagged"`
	Opened   bool      `json:"opened"`
	Ready    time.Time `json:"ready,omitzero"`
	Checks   int       `json:"checks"`
	Hints    int       `json:"hints"`
	Spent    float64   `json:"spent"` // seconds
	// Only at the end.
	Attempt string  `json:"attempt,omitempty"` // of its lab, as in the store of attempts
	Seed    *uint64 `json:"seed,omitempty"`
	Grade   *Grade  `json:"grade,omitempty"`
	// FrozenAt is when, after the end, its lab was frozen.
	FrozenAt time.Time `json:"still,omitzero"`
	ByHand
}

// Length returns the exam's time limit, with the extra time.
func (v *View) Length() time.Duration {
	length := time.Duration(v.Minutes * float64(time.Minute)).Round(time.Second)
	for _, e := range v.Extra {
		length += e.Duration()
	}
	return length
}

// BeingGraded reports whether the exam is over, and questions are left that nobody has tried to
// grade yet.
func (v *View) BeingGraded() bool {
	return v.Phase == Over && slices.ContainsFunc(v.Questions, func(q QuestionView) bool { return q.Grade == nil })
}

// GradesAgain reports whether the exam is over, and grading it again may help: a question could not be
// graded, or its server did not answer. A late grade stays late.
func (v *View) GradesAgain() bool {
	return !v.Ended.IsZero() && slices.ContainsFunc(v.Questions, func(q QuestionView) bool {
		return q.Grade != nil && !q.Grade.final() && !q.Grade.Withheld()
	})
}

// Withheld returns the numbers of the questions whose late grades an examiner has to decide about.
func (v *View) Withheld() []int {
	var numbers []int
	for _, q := range v.Questions {
		if q.Grade != nil && q.Grade.Withheld() {
			numbers = append(numbers, q.Number)
		}
	}
	return numbers
}

// StoppedBy returns the pause by an examiner that lasts, or nil.
func (v *View) StoppedBy() *Pause {
	if n := len(v.Pauses); n > 0 && v.Phase == Paused && v.Pauses[n-1].Why == ExaminerPause {
		return &v.Pauses[n-1]
	}
	return nil
}

// View returns what the candidate may see at a time.
func (s *Sitting) View(now time.Time) View {
	over := !s.Ended.IsZero()
	view := View{
		ID: s.ID, Name: s.Blueprint.Name, Title: s.Blueprint.Title, Candidate: s.Candidate, Examiner: s.Examiner, Phase: s.Phase(now), Due: s.Due(now), Way: s.Way, EndedBy: s.EndedBy, EndedWhy: s.EndedWhy,
		Minutes: s.Blueprint.Minutes, Feedback: s.Blueprint.Feedback, Hints: s.Blueprint.Hints,
		Pass: s.Blueprint.Pass, Harm: s.Blueprint.Harm, Minimum: s.Blueprint.Minimum, Started: s.Started, Ended: s.Ended,
		Left: seconds(s.Left(now)), Current: s.Current, Extra: append([]ExtraTime{}, s.Extra...), Pauses: append([]Pause{}, s.Pauses...),
		Doubts: s.Doubts(now), Spoken: s.Spoken,
	}
	if !over {
		view.Spoken = spoken.Hide(s.Spoken)
	}
	if !s.Started.IsZero() {
		view.Deadline = s.Deadline(now)
	}
	for _, q := range s.Questions {
		one := QuestionView{
			Number: q.Number, Scenario: q.Scenario, Title: q.Title, Topic: q.Topic, Level: q.Level, Minutes: q.Minutes, Points: q.Points, Required: q.Required,
			Flagged: q.Flagged, Opened: s.Opened(q.Number), Ready: q.Ready, Checks: q.Checks, Hints: q.Hints, Spent: seconds(s.Spent(q.Number, now)),
		}
		if over {
			one.Attempt, one.Seed, one.Grade, one.FrozenAt, one.ByHand = q.Attempt, &q.Seed, q.Grade, q.FrozenAt, q.ByHand
		}
		view.Questions = append(view.Questions, one)
	}
	if over {
		result := s.Result()
		view.Seed, view.Result, view.Comments = &s.Seed, &result, s.Comments
	}
	return view
}

// seconds returns whole seconds, so that every output shows the same.
func seconds(d time.Duration) float64 { return d.Round(time.Second).Seconds() }

// Answer is what a check tells a candidate while the exam runs.
type Answer struct {
	Question int          `json:"question"`
	Graded   bool         `json:"graded"` // false: it could not be checked, and the clock is stopped
	Score    *int         `json:"score,omitempty"`
	Harmed   bool         `json:"harmed,omitempty"` // harm fails the question, so the score is 0
	Report   *labs.Report `json:"report,omitempty"`
}

// Answer returns what the feedback of the exam reveals of a report. The report is nil if the
// question could not be checked.
func (b *Blueprint) Answer(n int, report *labs.Report) Answer {
	answer := Answer{Question: n, Graded: report != nil && report.Graded()}
	full := b.Feedback == FeedbackFull
	if full {
		answer.Report = report
	}
	if answer.Graded && (full || b.Feedback == FeedbackScore) {
		grade := b.counted(report)
		answer.Score, answer.Harmed = grade.Score, grade.Harmed
	}
	return answer
}
