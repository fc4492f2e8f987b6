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
	Grade    *Grade    `json:"grade,omitempty"`   // set at the end
}

// Grade is what came of a question at the end.
type Grade struct {
	At     time.Time     `json:"at"`
	Late   time.Duration `json:"late"`             // nanoseconds between the exam's end and the look at the lab
	Report *labs.Report  `json:"report,omitempty"` // missing: the lab was never opened, or could not be looked at
	Score  *int          `json:"score"`            // of 100; missing: it could not be graded
	Why    string        `json:"why,omitempty"`    // why there is no report or no score
}

// Pause is a time in which the clock stands.
type Pause struct {
	From     time.Time `json:"from"`
	To       time.Time `json:"to,omitzero"` // zero: it still stands
	Question int       `json:"question"`    // which could not be graded, or whose lab was not ready
}

// Turn is a time in which the candidate was at a question.
type Turn struct {
	Question int       `json:"question"`
	From     time.Time `json:"from"`
	To       time.Time `json:"to,omitzero"` // zero: still
}

// Phase says where a sitting stands.
type Phase string

// The phases of a sitting, in their order; the clock may stand and go on.
const (
	Preparing Phase = "preparing" // no lab has been ready yet: the clock has not started
	Running   Phase = "running"
	Paused    Phase = "paused"   // a question could not be graded, or its lab is made ready: the clock stands
	Over      Phase = "over"     // its end has come, and not all of it is graded
	Finished  Phase = "finished" // all is graded
)

// Phase returns where the sitting stands. That its time is up is told by [Sitting.Due].
func (s *Sitting) Phase() Phase {
	switch {
	case !s.Ended.IsZero() && s.Graded():
		return Finished
	case !s.Ended.IsZero():
		return Over
	case s.Started.IsZero():
		return Preparing
	case s.pause() != nil:
		return Paused
	}
	return Running
}

// pause returns the pause that goes on, or nil.
func (s *Sitting) pause() *Pause {
	if n := len(s.Pauses); n > 0 && s.Pauses[n-1].To.IsZero() {
		return &s.Pauses[n-1]
	}
	return nil
}

// Deadline returns when time is up; while the clock stands, when it would be if the
// clock went on now.
func (s *Sitting) Deadline(now time.Time) time.Time {
	deadline := s.Started.Add(s.Blueprint.Length())
	for _, p := range s.Pauses {
		to := p.To
		if to.IsZero() {
			to = now
		}
		deadline = deadline.Add(to.Sub(p.From))
	}
	return deadline
}

// Left returns how much time is left: all of it before the clock has started.
func (s *Sitting) Left(now time.Time) time.Duration {
	if s.Started.IsZero() {
		return s.Blueprint.Length()
	}
	if !s.Ended.IsZero() {
		now = s.Ended
	}
	return max(0, s.Deadline(now).Sub(now))
}

// Due reports whether time is up and nobody has ended the exam yet.
func (s *Sitting) Due(now time.Time) bool {
	return s.Phase() == Running && !now.Before(s.Deadline(now))
}

// Question returns the question of that number.
func (s *Sitting) Question(n int) (*Question, error) {
	if n < 1 || n > len(s.Questions) {
		return nil, labs.Misuse(fmt.Sprintf("The exam has no question %d", n), fmt.Sprintf("Its questions are 1 to %d; see: endstate exam status", len(s.Questions)))
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
	if s.Phase() == Preparing && n == s.Current {
		s.Started = now
		s.turn(now)
	}
	return nil
}

// Goto brings the candidate to a question; the clock goes on if it stood.
func (s *Sitting) Goto(n int, now time.Time) error {
	if _, err := s.Question(n); err != nil {
		return err
	}
	if err := s.open(now); err != nil {
		return err
	}
	moved := s.Current != n
	s.Current = n
	switch {
	case s.pause() != nil:
		s.Resume(now)
	case moved && s.Phase() == Running:
		s.turn(now)
	}
	return nil
}

// Wait stops the clock while a question's lab is made ready, as that is not the
// candidate's time.
func (s *Sitting) Wait(n int, now time.Time) {
	if s.Phase() == Running && !s.Due(now) {
		s.endTurn(now)
		s.Pauses = append(s.Pauses, Pause{From: now, Question: n})
	}
}

// open refuses what can't be done once the exam is over.
func (s *Sitting) open(now time.Time) error {
	if s.Ended.IsZero() && !s.Due(now) {
		return nil
	}
	return labs.Misuse(fmt.Sprintf("Exam %d is over", s.ID), "See what came of it: endstate exam status --exam "+fmt.Sprint(s.ID))
}

// turn begins a turn at the current question and ends the one before.
func (s *Sitting) turn(now time.Time) {
	s.endTurn(now)
	s.Turns = append(s.Turns, Turn{Question: s.Current, From: now})
}

func (s *Sitting) endTurn(now time.Time) {
	if n := len(s.Turns); n > 0 && s.Turns[n-1].To.IsZero() {
		s.Turns[n-1].To = now
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
	pause := s.pause()
	switch {
	case !graded && pause == nil && s.Phase() == Running:
		// Time that was up before the check was asked for is not given back.
		if asked.Before(s.Deadline(asked)) {
			s.endTurn(asked)
			s.Pauses = append(s.Pauses, Pause{From: asked, Question: n})
		}
	case graded && pause != nil && pause.Question == n:
		s.Resume(now)
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

// Resume lets the clock go on, if it stands.
func (s *Sitting) Resume(now time.Time) {
	if pause := s.pause(); pause != nil {
		pause.To = now
		s.turn(now)
	}
}

// End ends the exam, at its deadline if that has passed. It is done once.
func (s *Sitting) End(now time.Time) {
	if !s.Ended.IsZero() {
		return
	}
	if s.Due(now) {
		now, s.Way = s.Deadline(now), TimeUp
	} else {
		s.Way = Submitted
	}
	if pause := s.pause(); pause != nil {
		pause.To = now
	}
	s.endTurn(now)
	s.Ended = now
}

// Opened reports whether the candidate was ever at a question, in its lab: to turn to it is
// not enough, as that may have been cut off.
func (s *Sitting) Opened(n int) bool {
	return !s.Questions[n-1].Ready.IsZero() && slices.ContainsFunc(s.Turns, func(t Turn) bool { return t.Question == n })
}

// Spent returns the time that the candidate was at a question, pauses not counted.
func (s *Sitting) Spent(n int, now time.Time) time.Duration {
	var sum time.Duration
	for _, t := range s.Turns {
		to := t.To
		if to.IsZero() {
			to = now
			if s.Due(now) {
				to = s.Deadline(now)
			}
		}
		if t.Question == n {
			sum += to.Sub(t.From)
		}
	}
	return sum
}

// Graded reports whether every question has a score.
func (s *Sitting) Graded() bool { return len(s.Ungraded()) == 0 }

// Ungraded returns the numbers of the questions that have no score.
func (s *Sitting) Ungraded() []int {
	var numbers []int
	for _, q := range s.Questions {
		if q.Grade == nil || q.Grade.Score == nil {
			numbers = append(numbers, q.Number)
		}
	}
	return numbers
}

// Pending returns the numbers of the questions that nobody has tried to grade yet.
func (s *Sitting) Pending() []int {
	var numbers []int
	for _, q := range s.Questions {
		if q.Grade == nil {
			numbers = append(numbers, q.Number)
		}
	}
	return numbers
}

// SetGrade keeps what came of a question. What is graded stays so: of two processes
// that grade at once, the first one counts.
func (s *Sitting) SetGrade(n int, grade Grade) error {
	q, err := s.Question(n)
	if err != nil {
		return err
	}
	if s.Ended.IsZero() {
		return fmt.Errorf("question %d of exam %d was graded before the exam's end", n, s.ID)
	}
	if q.Grade != nil && q.Grade.Score != nil {
		return nil
	}
	grade.Late = max(0, grade.At.Sub(s.Ended))
	q.Grade = &grade
	return nil
}
