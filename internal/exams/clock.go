package exams

import (
	"slices"
	"time"
)

// Pause is a period in which the exam's clock is stopped.
type Pause struct {
	From     time.Time `json:"from"`
	To       time.Time `json:"to,omitzero"` // zero while it lasts
	Question int       `json:"question"`    // the question that caused it
	Why      PauseKind `json:"why,omitempty"`
	// By is the process that is preparing the lab. It keeps updating Renewed, and the pause
	// ends when it stops doing so.
	By      string    `json:"by,omitempty"`
	Renewed time.Time `json:"renewed,omitzero"`
	// Of a pause by an examiner: who, and why.
	Examiner string `json:"examiner,omitempty"`
	Reason   string `json:"reason,omitempty"`
}

// PauseKind says why the clock is stopped.
type PauseKind string

// The kinds of pauses.
const (
	OpeningPause  PauseKind = "opening"  // a lab is being prepared
	UngradedPause PauseKind = "ungraded" // a question could not be graded
	ExaminerPause PauseKind = "examiner" // an examiner stopped it
)

const (
	// lapse is how long an opening pause lasts after it was last renewed.
	lapse = 20 * time.Second
	// longestPause limits a single pause; [Sitting.allPauses] limits their sum.
	longestPause = 30 * time.Minute
)

// Phase is the stage a sitting is in.
type Phase string

// The phases of a sitting, in order. A sitting may go from Running to Paused and back.
const (
	Preparing Phase = "preparing" // no lab has been ready yet, so the clock has not started
	Running   Phase = "running"
	Paused    Phase = "paused"   // the clock is stopped: a question could not be graded, or its lab is being prepared
	Over      Phase = "over"     // ended, but not fully graded
	Finished  Phase = "finished" // fully graded
)

// Phase returns the sitting's phase at a time. A sitting is still Running when its time is
// up; see [Sitting.Due].
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

// pause returns the current pause, or nil. A pause that was not renewed, or has become too
// long, is over.
func (s *Sitting) pause(now time.Time) *Pause {
	p := s.lastPause()
	if p == nil || s.until(p, now).Before(now) {
		return nil
	}
	return p
}

// lastPause returns the pause that has no recorded end, or nil.
func (s *Sitting) lastPause() *Pause {
	if n := len(s.Pauses); n > 0 && s.Pauses[n-1].To.IsZero() {
		return &s.Pauses[n-1]
	}
	return nil
}

// until returns the end of a pause that has no recorded end: now, or the time at which it
// lapsed or reached its limit.
func (s *Sitting) until(p *Pause, now time.Time) time.Time {
	most := longestStop
	if p.Why != ExaminerPause {
		most = min(longestPause, s.allowance(p))
	}
	end := earlier(now, p.From.Add(most))
	if p.Why == OpeningPause && now.Sub(p.Renewed) > lapse {
		end = earlier(end, p.Renewed)
	}
	return later(p.From, end)
}

// allowance returns how long pause p may last, given how long the others lasted.
func (s *Sitting) allowance(p *Pause) time.Duration {
	left := s.allPauses()
	for i := range s.Pauses {
		if one := &s.Pauses[i]; one != p && one.Why != ExaminerPause {
			left -= max(0, one.To.Sub(one.From))
		}
	}
	return max(0, left)
}

// allPauses limits the sum of an exam's pauses, without those by an examiner: to half its
// length, or to the longest single pause if that is more. It limits what candidates gain who find a way to stop the
// clock.
func (s *Sitting) allPauses() time.Duration { return max(longestPause, s.Blueprint.Length()/2) }

// Wait stops the clock while a process prepares a question's lab, which should not cost the
// candidate time. The process must call Renew until the lab is ready.
func (s *Sitting) Wait(n int, by string, now time.Time) {
	if s.Phase(now) == Running && !s.Due(now) {
		s.endTurn(now)
		s.Pauses = append(s.Pauses, Pause{From: now, Question: n, Why: OpeningPause, By: by, Renewed: now})
	}
}

// Renew records that the process that holds the pause is still working.
func (s *Sitting) Renew(by string, now time.Time) {
	if p := s.pause(now); p != nil && p.Why == OpeningPause && p.By == by {
		p.Renewed = later(p.Renewed, now)
	}
}

// Hold makes the pause last even though the process stops, because the lab could not be
// prepared. That is not the candidate's fault, and may take any time to fix.
func (s *Sitting) Hold(by string, now time.Time) {
	if p := s.pause(now); p != nil && p.Why == OpeningPause && p.By == by {
		p.Why = UngradedPause
	}
}

// Resume restarts the clock if it is stopped. If another process held the pause, only the
// time up to its last renewal counts as a pause.
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

// settle records the end of a pause that lapsed or reached its limit.
func (s *Sitting) settle(now time.Time) {
	p := s.lastPause()
	if p == nil || s.pause(now) != nil || !s.Ended.IsZero() {
		return
	}
	p.To = s.until(p, now)
	s.turn(p.To)
}

// settledAt returns a copy of the sitting, settled at a time.
func (s *Sitting) settledAt(now time.Time) *Sitting {
	one := *s
	one.Pauses, one.Turns = slices.Clone(s.Pauses), slices.Clone(s.Turns)
	one.settle(now)
	return &one
}

// Deadline returns when time is up. While the clock is stopped, it assumes that the clock
// restarts now.
func (s *Sitting) Deadline(now time.Time) time.Time {
	deadline := s.Started.Add(s.Length())
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

// Left returns the remaining time: all of it before the clock has started, and never more
// than all, even if clocks disagree.
func (s *Sitting) Left(now time.Time) time.Duration {
	if s.Started.IsZero() {
		return s.Length()
	}
	if !s.Ended.IsZero() {
		now = s.Ended
	}
	return min(s.Length(), max(0, s.Deadline(now).Sub(now)))
}

// Due reports whether time is up and the exam has not been ended yet.
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
