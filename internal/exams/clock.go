package exams

import (
	"slices"
	"time"
)

// Pause is a time in which the clock stands.
type Pause struct {
	From     time.Time `json:"from"`
	To       time.Time `json:"to,omitzero"` // zero: it still stands
	Question int       `json:"question"`    // which could not be graded, or whose lab was not ready
	Why      PauseKind `json:"why,omitempty"`
	// By is the process that makes the lab ready, and Renewed when it last said so: the
	// pause ends with it.
	By      string    `json:"by,omitempty"`
	Renewed time.Time `json:"renewed,omitzero"`
}

// PauseKind says why the clock stands.
type PauseKind string

// The kinds of pauses.
const (
	OpeningPause  PauseKind = "opening"  // a lab is made ready
	UngradedPause PauseKind = "ungraded" // a question could not be graded
)

const (
	// lapse is after how much silence of the process that holds it a pause is over, from
	// when it was last renewed.
	lapse = 20 * time.Second
	// longestPause bounds each pause; see [Sitting.allPauses] for all together.
	longestPause = 30 * time.Minute
)

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
func (s *Sitting) Phase(now time.Time) Phase {
	switch {
	case !s.Ended.IsZero() && s.Graded():
		return Finished
	case !s.Ended.IsZero():
		return Over
	case s.Started.IsZero():
		return Preparing
	case s.pause(now) != nil:
		return Paused
	}
	return Running
}

// pause returns the pause that goes on, or nil. One that nobody renews, or that has become
// too long, does not.
func (s *Sitting) pause(now time.Time) *Pause {
	p := s.lastPause()
	if p == nil || s.until(p, now).Before(now) {
		return nil
	}
	return p
}

// lastPause returns the pause that nobody has ended, or nil.
func (s *Sitting) lastPause() *Pause {
	if n := len(s.Pauses); n > 0 && s.Pauses[n-1].To.IsZero() {
		return &s.Pauses[n-1]
	}
	return nil
}

// until returns how far a pause that nobody has ended has come: to now, or to where it was
// over.
func (s *Sitting) until(p *Pause, now time.Time) time.Time {
	most := min(longestPause, s.allowance(p))
	end := earlier(now, p.From.Add(most))
	if p.Why == OpeningPause && now.Sub(p.Renewed) > lapse {
		end = earlier(end, p.Renewed)
	}
	return later(p.From, end)
}

// allowance returns how much of the time for pauses the ones before p have left.
func (s *Sitting) allowance(p *Pause) time.Duration {
	left := s.allPauses()
	for i := range s.Pauses {
		if one := &s.Pauses[i]; one != p {
			left -= max(0, one.To.Sub(one.From))
		}
	}
	return max(0, left)
}

// allPauses bounds the pauses of an exam together: half its length, or one pause if that is
// longer. Who could stop the clock at will gains no more.
func (s *Sitting) allPauses() time.Duration { return max(longestPause, s.Blueprint.Length()/2) }

// Wait stops the clock while a process makes a question's lab ready, as that is not the
// candidate's time. The process is to renew it.
func (s *Sitting) Wait(n int, by string, now time.Time) {
	if s.Phase(now) == Running && !s.Due(now) {
		s.endTurn(now)
		s.Pauses = append(s.Pauses, Pause{From: now, Question: n, Why: OpeningPause, By: by, Renewed: now})
	}
}

// Renew says that the process that holds the pause is still at work.
func (s *Sitting) Renew(by string, now time.Time) {
	if p := s.pause(now); p != nil && p.Why == OpeningPause && p.By == by {
		p.Renewed = later(p.Renewed, now)
	}
}

// Hold has a pause last though the lab can't be made ready: that is not the candidate's
// mistake, nor is it known how long it takes to mend.
func (s *Sitting) Hold(by string, now time.Time) {
	if p := s.pause(now); p != nil && p.Why == OpeningPause && p.By == by {
		p.Why = UngradedPause
	}
}

// Resume lets the clock go on, if it stands. Of a pause that another process held, what it
// did not renew does not count.
func (s *Sitting) Resume(by string, now time.Time) {
	pause := s.pause(now)
	if pause == nil {
		return
	}
	end := s.until(pause, now)
	if pause.Why == OpeningPause && pause.By != by {
		end = earlier(end, later(pause.From, pause.Renewed))
	}
	pause.To = end
	s.turn(end)
}

// settle ends a pause that is over by itself.
func (s *Sitting) settle(now time.Time) {
	p := s.lastPause()
	if p == nil || s.pause(now) != nil || !s.Ended.IsZero() {
		return
	}
	p.To = s.until(p, now)
	s.turn(p.To)
}

// at returns the sitting as it stands at a time.
func (s *Sitting) at(now time.Time) *Sitting {
	one := *s
	one.Pauses, one.Turns = slices.Clone(s.Pauses), slices.Clone(s.Turns)
	one.settle(now)
	return &one
}

// Deadline returns when time is up; while the clock stands, when it would be if the
// clock went on now.
func (s *Sitting) Deadline(now time.Time) time.Time {
	deadline := s.Started.Add(s.Blueprint.Length())
	for i := range s.Pauses {
		p := &s.Pauses[i]
		to := p.To
		if to.IsZero() {
			to = s.until(p, now)
		}
		deadline = deadline.Add(max(0, to.Sub(p.From)))
	}
	return deadline
}

// Left returns how much time is left: all of it before the clock has started, and never
// more, whatever the clocks say.
func (s *Sitting) Left(now time.Time) time.Duration {
	if s.Started.IsZero() {
		return s.Blueprint.Length()
	}
	if !s.Ended.IsZero() {
		now = s.Ended
	}
	return min(s.Blueprint.Length(), max(0, s.Deadline(now).Sub(now)))
}

// Due reports whether time is up and nobody has ended the exam yet.
func (s *Sitting) Due(now time.Time) bool {
	return s.Phase(now) == Running && !now.Before(s.Deadline(now))
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
