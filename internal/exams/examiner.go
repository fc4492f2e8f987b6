package exams

import (
	"fmt"
	"time"

	"endstate/labs"
)

const (
	// mostExtra limits the extra time of an exam. Its labs must outlive it.
	mostExtra = 4 * time.Hour
	// longestStop limits a pause by an examiner, for the same reason.
	longestStop = 4 * time.Hour
)

// CodePaused is the code of a [labs.Problem]: an examiner has paused the exam.
const CodePaused = "exam-paused"

// ExtraTime is time that an examiner gave a candidate.
type ExtraTime struct {
	At      time.Time `json:"at"`
	By      string    `json:"by"` // the examiner
	Seconds float64   `json:"seconds"`
	Why     string    `json:"why,omitempty"`
}

// Duration returns the extra time.
func (e ExtraTime) Duration() time.Duration { return time.Duration(e.Seconds * float64(time.Second)) }

// Allowance is extra time as an examiner gives it: a duration, or a percentage of the exam's
// minutes.
type Allowance struct {
	Percent float64
	Time    time.Duration
}

// Of returns the extra time for an exam of a length.
func (a Allowance) Of(length time.Duration) time.Duration {
	return (a.Time + time.Duration(a.Percent/100*float64(length))).Round(time.Second)
}

// Extend gives the candidate extra time.
func (s *Sitting) Extend(a Allowance, by, why string, now time.Time) error {
	if err := s.CheckOpen(now); err != nil {
		return err
	}
	more := a.Of(s.Blueprint.Length())
	if more < time.Second || s.extra()+more > mostExtra {
		return labs.Misuse(fmt.Sprintf("An exam can't get %s of extra time", labs.Duration(more)), fmt.Sprintf("Give at least a second, and at most %s in all.", labs.Duration(mostExtra)))
	}
	s.Extra = append(s.Extra, ExtraTime{At: now, By: by, Seconds: more.Seconds(), Why: why})
	return nil
}

// extra returns the sum of the extra times.
func (s *Sitting) extra() time.Duration {
	var sum time.Duration
	for _, e := range s.Extra {
		sum += e.Duration()
	}
	return sum
}

// Length returns how long the candidate may work, with the extra time.
func (s *Sitting) Length() time.Duration { return s.Blueprint.Length() + s.extra() }

// Stop stops the clock until [Sitting.Continue]. It ends any other pause.
func (s *Sitting) Stop(examiner, reason string, now time.Time) error {
	if err := s.CheckWork(now); err != nil {
		return err
	}
	switch pause := s.pause(now); {
	case pause != nil:
		pause.To = s.until(pause, now)
	case s.Started.IsZero():
		return labs.Misuse(fmt.Sprintf("The clock of exam %d has not started yet", s.ID), "It starts when the first lab is ready.")
	}
	s.endTurn(now)
	s.Pauses = append(s.Pauses, Pause{From: now, Question: s.Current, Why: ExaminerPause, Examiner: examiner, Reason: reason})
	return nil
}

// Continue restarts a clock that an examiner stopped.
func (s *Sitting) Continue(now time.Time) error {
	if !s.stopped(now) {
		return labs.Misuse(fmt.Sprintf("No examiner has paused exam %d", s.ID), "", labs.Act{Name: labs.ActExamStatus, For: "See where it stands", Exam: s.ID})
	}
	s.pause(now).To = now
	s.turn(now)
	return nil
}

// stopped reports whether an examiner has paused the exam.
func (s *Sitting) stopped(now time.Time) bool {
	pause := s.pause(now)
	return pause != nil && pause.Why == ExaminerPause
}

// EndBy ends the exam for an examiner.
func (s *Sitting) EndBy(examiner, why string, now time.Time) error {
	if err := s.CheckOpen(now); err != nil {
		return err
	}
	s.End(now)
	s.Way, s.EndedBy, s.EndedWhy = ByExaminer, examiner, why
	return nil
}

// CheckWork returns an error if the candidate can't work on the exam now, because it is over
// or an examiner has paused it.
func (s *Sitting) CheckWork(now time.Time) error {
	if err := s.CheckOpen(now); err != nil {
		return err
	}
	if s.stopped(now) {
		return &labs.Problem{
			Code: CodePaused, What: fmt.Sprintf("Exam %d is paused by the examiner", s.ID), Usage: true,
			Advice: "Its clock is stopped. Go on when the examiner says so.",
		}
	}
	return nil
}

// examiner checks what an examiner did.
func (d *doubts) examiner(s *Sitting) {
	for _, e := range s.Extra {
		d.add(e.Seconds <= 0 || e.By == "", "extra time of %s was given by %q", labs.Duration(e.Duration()), e.By)
	}
	d.add((s.Way == ByExaminer) != (s.EndedBy != ""), "it was ended by %q, and not in that way", s.EndedBy)
	d.add(s.extra() > mostExtra, "it has %s of extra time; the most is %s", labs.Duration(s.extra()), labs.Duration(mostExtra))
}
