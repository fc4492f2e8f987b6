package exams

import (
	"fmt"
	"slices"
	"time"

	"endstate/internal/exams/spoken"
	"endstate/labs"
)

// Sitting is one candidate's exam, from drawing the questions to the grades.
type Sitting struct {
	ID        int64             `json:"exam"`
	Owner     string            `json:"owner"` // the account that started it
	Candidate string            `json:"candidate"`
	Examiner  string            `json:"examiner,omitempty"` // who assigned it; empty: its owner chose it
	Blueprint Blueprint         `json:"blueprint"`
	Topic     string            `json:"topic,omitempty"` // the chosen topic
	Seed      uint64            `json:"seed"`
	LabOwner  string            `json:"labs"` // the owner of its labs, unique to this sitting
	Created   time.Time         `json:"created"`
	Questions []Question        `json:"questions"`
	Spoken    []spoken.Question `json:"spoken,omitempty"` // come before the others
	Current   int               `json:"current"`          // number of the question the candidate is working on
	// The clock. Started is zero until the first spoken question is asked, or the first lab is
	// ready; Ended is zero until the exam
	// was submitted or time was up.
	Started  time.Time   `json:"started,omitzero"`
	Ended    time.Time   `json:"ended,omitzero"`
	Way      Way         `json:"way,omitempty"`
	EndedBy  string      `json:"ended_by,omitempty"`  // the examiner who ended it
	EndedWhy string      `json:"ended_why,omitempty"` // as they wrote
	Pauses   []Pause     `json:"pauses,omitempty"`
	Turns    []Turn      `json:"turns,omitempty"`
	Extra    []ExtraTime `json:"extra,omitempty"`
	Comments []Comment   `json:"comments,omitempty"` // on the exam as a whole
}

// Way is how an exam ended.
type Way string

// The ways an exam ends.
const (
	Submitted  Way = "submitted"
	TimeUp     Way = "time"     // time was up
	ByExaminer Way = "examiner" // an examiner ended it
)

// Words says how an exam ended.
func (w Way) Words() string {
	switch w {
	case TimeUp:
		return "Time was up"
	case ByExaminer:
		return "Ended by the examiner"
	}
	return "Submitted"
}

// Question is one exercise of an exam.
type Question struct {
	Number    int        `json:"number"`
	Scenario  string     `json:"scenario"`
	Title     string     `json:"title"`
	Topic     string     `json:"topic"`
	Level     int        `json:"level"`
	Minutes   int        `json:"minutes"` // par
	Hash      string     `json:"hash"`    // of the scenario's folder when drawn
	Seed      uint64     `json:"seed"`
	Points    int        `json:"points"`
	Required  bool       `json:"required,omitempty"` // it must reach the pass mark
	Flagged   bool       `json:"flagged,omitempty"`
	Ready     time.Time  `json:"ready,omitzero"`       // when its lab was first ready
	Attempt   string     `json:"attempt,omitempty"`    // of its lab, as in the store of attempts
	Checks    int        `json:"checks,omitempty"`     // before the end
	LastCheck *LastCheck `json:"last_check,omitempty"` // that could be graded, before the end
	Hints     int        `json:"hints,omitempty"`      // opened
	FrozenAt  time.Time  `json:"still,omitzero"`       // when, after the end, its lab was frozen
	Grade     *Grade     `json:"grade,omitempty"`      // set at the end
	Removed   bool       `json:"removed,omitempty"`    // its lab, after the final grade
	ByHand
}

// LastCheck is the latest check of a question.
type LastCheck struct {
	At    time.Time `json:"at"`
	Score int       `json:"score"` // that counts in the exam: 0 if harm fails the question
}

// Grade is a question's result at the end.
type Grade struct {
	At     time.Time    `json:"at"`
	Late   labs.Seconds `json:"late"`             // whole seconds from the exam's end until the lab was frozen; 0 if it was never opened
	Report *labs.Report `json:"report,omitempty"` // missing if the lab was never opened, or could not be checked
	Score  *int         `json:"score"`            // of 100; missing if it could not be graded
	// Harmed: the report shows harm that fails the question, so the score is 0.
	Harmed bool   `json:"harmed,omitempty"`
	Why    string `json:"why,omitempty"` // why there is no report, or no score
	// Retry: the grade depends on a server that could not be reached. The lab is kept, and
	// the question may be graded once more.
	Retry bool `json:"again,omitempty"`
	// Accepted: the grade is late, and an examiner accepted it.
	Accepted bool `json:"accepted,omitempty"`
}

// Turn is a period in which the candidate worked on a question.
type Turn struct {
	Question int       `json:"question"`
	From     time.Time `json:"from"`
	To       time.Time `json:"to,omitzero"` // zero while it lasts
}

// Question returns the question with a number, counting from 1.
func (s *Sitting) Question(n int) (*Question, error) {
	if n < 1 || n > len(s.Questions) {
		return nil, labs.Misuse(fmt.Sprintf("The exam has no question %d", n), fmt.Sprintf("Its questions are 1 to %d.", len(s.Questions)), labs.Act{Name: labs.ActExamStatus, For: "See them", Exam: s.ID})
	}
	return &s.Questions[n-1], nil
}

// Ready records that a question's lab is ready. The clock starts with the first.
func (s *Sitting) Ready(n int, now time.Time) error {
	q, err := s.Question(n)
	if err != nil {
		return err
	}
	if q.Ready.IsZero() {
		q.Ready = now
	}
	if s.Phase(now) == Preparing && n == s.Current {
		s.Started = now
		s.turn(now)
	}
	return nil
}

// Goto takes the candidate to a question, and restarts the clock if it was stopped. by is
// the process that calls it.
func (s *Sitting) Goto(n int, by string, now time.Time) error {
	if _, err := s.Question(n); err != nil {
		return err
	}
	if err := s.CheckWork(now); err != nil {
		return err
	}
	moved := s.Current != n
	s.Current = n
	switch {
	case s.pause(now) != nil:
		s.Resume(by, now)
	case moved && s.Phase(now) == Running:
		s.turn(now)
	}
	return nil
}

// Begin starts the clock of an exam that begins with spoken questions.
func (s *Sitting) Begin(now time.Time) error {
	err := s.CheckWork(now)
	if err == nil && s.Started.IsZero() {
		s.Started = now
	}
	return err
}

// Say records the answer to a spoken question; see [spoken.Say].
func (s *Sitting) Say(n int, answer spoken.Answer, now time.Time) error {
	if err := s.CheckWork(now); err != nil {
		return err
	}
	return spoken.Say(s.Spoken, n, answer)
}

// CheckOpen returns an error if the exam is over.
func (s *Sitting) CheckOpen(now time.Time) error {
	if s.Ended.IsZero() && !s.Due(now) {
		return nil
	}
	return labs.Misuse(fmt.Sprintf("Exam %d is over", s.ID), "", labs.Act{Name: labs.ActExamStatus, For: "See the result", Exam: s.ID})
}

// turn ends the current turn and begins one at the current question.
func (s *Sitting) turn(now time.Time) {
	s.endTurn(now)
	s.Turns = append(s.Turns, Turn{Question: s.Current, From: now})
}

func (s *Sitting) endTurn(now time.Time) {
	if n := len(s.Turns); n > 0 && s.Turns[n-1].To.IsZero() {
		s.Turns[n-1].To = later(s.Turns[n-1].From, now)
	}
}

// Flag toggles the flag of a question.
func (s *Sitting) Flag(n int, now time.Time) error {
	q, err := s.Question(n)
	if err == nil {
		err = s.CheckOpen(now)
	}
	if err == nil {
		q.Flagged = !q.Flagged
	}
	return err
}

// RecordCheck records a check of a question. asked is when it was requested. If the check
// could not be graded, check is nil and the clock stops as of asked; otherwise it restarts.
func (s *Sitting) RecordCheck(n int, check *LastCheck, asked, now time.Time) error {
	q, err := s.Question(n)
	if err != nil {
		return err
	}
	if !s.Ended.IsZero() {
		return s.CheckOpen(now)
	}
	graded := check != nil
	if graded {
		q.Checks++
		q.LastCheck = check
	}
	pause := s.pause(now)
	switch {
	case !graded && pause == nil && s.Phase(now) == Running:
		// Time that had run out before the request is not given back.
		if asked.Before(s.Deadline(asked)) {
			s.endTurn(asked)
			s.Pauses = append(s.Pauses, Pause{From: asked, Question: n, Why: UngradedPause})
		}
	case graded && pause != nil && pause.Question == n && pause.Why != ExaminerPause:
		s.Resume(pause.By, now)
	}
	return nil
}

// OpenHint records that the next hint of a question was opened.
func (s *Sitting) OpenHint(n int, now time.Time) error {
	q, err := s.Question(n)
	if err == nil {
		err = s.CheckWork(now)
	}
	if err == nil && !s.Blueprint.Hints.Allowed {
		err = labs.Misuse("This exam allows no hints", "Read the task again.")
	}
	if err == nil {
		q.Hints++
	}
	return err
}

// End ends the exam, no later than at its deadline. Later calls do nothing.
func (s *Sitting) End(now time.Time) {
	if !s.Ended.IsZero() {
		return
	}
	s.settle(now)
	if s.Due(now) {
		now, s.Way = s.Deadline(now), TimeUp
	} else {
		s.Way = Submitted
	}
	if pause := s.pause(now); pause != nil {
		pause.To = s.until(pause, now)
	}
	s.endTurn(now)
	s.Ended = later(s.Started, now)
}

// Opened reports whether the candidate ever worked on a question in its lab. Going to it is
// not enough, because that may have been interrupted.
func (s *Sitting) Opened(n int) bool {
	return !s.Questions[n-1].Ready.IsZero() && slices.ContainsFunc(s.Turns, func(t Turn) bool { return t.Question == n })
}

// Spent returns how long the candidate worked on a question, without pauses.
func (s *Sitting) Spent(n int, now time.Time) time.Duration {
	var sum time.Duration
	s = s.settledAt(now)
	for _, t := range s.Turns {
		to := t.To
		if to.IsZero() {
			to = now
			if s.Due(now) {
				to = s.Deadline(now)
			}
		}
		if t.Question == n {
			sum += max(0, to.Sub(t.From))
		}
	}
	return sum
}
