package exams

import (
	"fmt"
	"slices"
	"time"

	"endstate/labs"
)

// Sitting is one candidate's exam, from its drawing to its grades.
type Sitting struct {
	ID        int64      `json:"exam"`
	Owner     string     `json:"owner"` // whose command line it was started at
	Candidate string     `json:"candidate"`
	Blueprint Blueprint  `json:"blueprint"`
	Topic     string     `json:"topic,omitempty"` // the chosen one
	Seed      uint64     `json:"seed"`
	LabOwner  string     `json:"labs"` // the owner of its labs, which no other sitting has
	Created   time.Time  `json:"created"`
	Questions []Question `json:"questions"`
	Current   int        `json:"current"` // number of the question that the candidate is at
	// The clock. Started is zero until the first lab is ready; Ended, until it was
	// submitted or time was up.
	Started time.Time `json:"started,omitzero"`
	Ended   time.Time `json:"ended,omitzero"`
	Way     Way       `json:"way,omitempty"`
	Pauses  []Pause   `json:"pauses,omitempty"`
	Turns   []Turn    `json:"turns,omitempty"`
}

// Way is how an exam came to its end.
type Way string

// The ways to an exam's end.
const (
	Submitted Way = "submitted"
	TimeUp    Way = "time" // its time was up
)

// Question is one exercise of an exam.
type Question struct {
	Number   int       `json:"number"`
	Scenario string    `json:"scenario"`
	Title    string    `json:"title"`
	Topic    string    `json:"topic"`
	Level    int       `json:"level"`
	Minutes  int       `json:"minutes"` // par
	Hash     string    `json:"hash"`    // of the scenario's folder when it was drawn
	Seed     uint64    `json:"seed"`
	Points   int       `json:"points"`
	Flagged  bool      `json:"flagged,omitempty"`
	Ready    time.Time `json:"ready,omitzero"`    // when its lab was first ready
	Attempt  string    `json:"attempt,omitempty"` // of its lab, as the store of attempts names it
	Checks   int       `json:"checks,omitempty"`  // how often it was checked before the end
	Hints    int       `json:"hints,omitempty"`   // how many were opened
	Still    time.Time `json:"still,omitzero"`    // when, after the end, its lab stood still
	Grade    *Grade    `json:"grade,omitempty"`   // set at the end
}

// Grade is what came of a question at the end.
type Grade struct {
	At     time.Time     `json:"at"`
	Late   time.Duration `json:"late"`             // nanoseconds between the exam's end and when the lab stood still
	Report *labs.Report  `json:"report,omitempty"` // missing: the lab was never opened, or could not be looked at
	Score  *int          `json:"score"`            // of 100; missing: it could not be graded
	Why    string        `json:"why,omitempty"`    // why there is no report or no score
	// Again: it rests on a server that could not be reached. The lab is kept, and the
	// question may be graded once more.
	Again bool `json:"again,omitempty"`
	// Accepted: it came late, and an examiner has it count.
	Accepted bool `json:"accepted,omitempty"`
}

// Turn is a time in which the candidate was at a question.
type Turn struct {
	Question int       `json:"question"`
	From     time.Time `json:"from"`
	To       time.Time `json:"to,omitzero"` // zero: still
}

// Question returns the question of that number.
func (s *Sitting) Question(n int) (*Question, error) {
	if n < 1 || n > len(s.Questions) {
		return nil, labs.Misuse(fmt.Sprintf("The exam has no question %d", n), fmt.Sprintf("Its questions are 1 to %d.", len(s.Questions)), labs.Act{Name: labs.ActExamStatus, For: "See them", Exam: s.ID})
	}
	return &s.Questions[n-1], nil
}

// Ready notes that a question's lab is ready. With the first one the clock starts.
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

// Goto brings the candidate to a question; the clock goes on if it stood. by is the process
// that does so.
func (s *Sitting) Goto(n int, by string, now time.Time) error {
	if _, err := s.Question(n); err != nil {
		return err
	}
	if err := s.open(now); err != nil {
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

// open refuses what can't be done once the exam is over.
func (s *Sitting) open(now time.Time) error {
	if s.Ended.IsZero() && !s.Due(now) {
		return nil
	}
	return labs.Misuse(fmt.Sprintf("Exam %d is over", s.ID), "", labs.Act{Name: labs.ActExamStatus, For: "See what came of it", Exam: s.ID})
}

// turn begins a turn at the current question and ends the one before.
func (s *Sitting) turn(now time.Time) {
	s.endTurn(now)
	s.Turns = append(s.Turns, Turn{Question: s.Current, From: now})
}

func (s *Sitting) endTurn(now time.Time) {
	if n := len(s.Turns); n > 0 && s.Turns[n-1].To.IsZero() {
		s.Turns[n-1].To = later(s.Turns[n-1].From, now)
	}
}

// Flag puts a flag on a question, or takes it away.
func (s *Sitting) Flag(n int, now time.Time) error {
	q, err := s.Question(n)
	if err == nil {
		err = s.open(now)
	}
	if err == nil {
		q.Flagged = !q.Flagged
	}
	return err
}

// Checked notes a check of a question that was asked for at a time. One that could
// not be graded stops the clock from that time on; one that could lets it go on.
func (s *Sitting) Checked(n int, graded bool, asked, now time.Time) error {
	q, err := s.Question(n)
	if err != nil {
		return err
	}
	if !s.Ended.IsZero() {
		return s.open(now)
	}
	if graded {
		q.Checks++
	}
	pause := s.pause(now)
	switch {
	case !graded && pause == nil && s.Phase(now) == Running:
		// Time that was up before the check was asked for is not given back.
		if asked.Before(s.Deadline(asked)) {
			s.endTurn(asked)
			s.Pauses = append(s.Pauses, Pause{From: asked, Question: n, Why: UngradedPause})
		}
	case graded && pause != nil && pause.Question == n:
		s.Resume(pause.By, now)
	}
	return nil
}

// OpenHint notes that one more hint of a question was opened.
func (s *Sitting) OpenHint(n int, now time.Time) error {
	q, err := s.Question(n)
	if err == nil {
		err = s.open(now)
	}
	if err == nil && !s.Blueprint.Hints.Allowed {
		err = labs.Misuse("This exam allows no hints", "Look at the task again.")
	}
	if err == nil {
		q.Hints++
	}
	return err
}

// End ends the exam, at its deadline if that has passed. It is done once.
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

// Opened reports whether the candidate was ever at a question, in its lab: to turn to it is
// not enough, as that may have been cut off.
func (s *Sitting) Opened(n int) bool {
	return !s.Questions[n-1].Ready.IsZero() && slices.ContainsFunc(s.Turns, func(t Turn) bool { return t.Question == n })
}

// Spent returns the time that the candidate was at a question, pauses not counted.
func (s *Sitting) Spent(n int, now time.Time) time.Duration {
	var sum time.Duration
	s = s.at(now)
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
