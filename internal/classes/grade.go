package classes

import "time"

// Work is what a member did for one part of an assignment: a scenario at their seed, or an exam.
type Work struct {
	Attempts int
	Best     *int // of 100; nil: nothing was graded
	Last     *int
	Spent    time.Duration // at work, in all attempts
	Hints    int
	Late     bool  // the best score was reached after the date
	Attempt  int64 // with the best score, or else the latest; 0: none
	Exam     int64 // that was sat; 0: none
	Running  bool
}

// Check is a check that could be graded.
type Check struct {
	Attempt int64
	At      time.Time
	Score   int
}

// Add adds a check, in the order of time. A score that comes as late as the assignment's date counts as
// late only if nothing as good came in time.
func (w *Work) Add(a *Assignment, c Check) {
	w.Last = &c.Score
	if w.Best == nil || c.Score > *w.Best {
		w.Best, w.Late, w.Attempt = &c.Score, a.IsLate(c.At), c.Attempt
	}
}

// StuckAfter is how long somebody works without a gain until they count as stuck.
const StuckAfter = 10 * time.Minute

// Pace is how a member gets on in a lab.
type Pace struct {
	Last    *Check        // the latest check that could be graded; nil: none
	Best    int           // 0: nothing was gained yet
	Without time.Duration // at work since a check last gained points, or since the start
}

// Span is a period at work.
type Span struct{ Began, Ended time.Time }

// PaceOf returns how somebody gets on who started at a time, from their checks and their periods at work.
func PaceOf(started time.Time, checks []Check, spans []Span) Pace {
	p, gained := Pace{}, started
	for i, c := range checks {
		if c.Score > p.Best {
			p.Best, gained = c.Score, c.At
		}
		p.Last = &checks[i]
	}
	for _, span := range spans {
		began := span.Began
		if began.Before(gained) {
			began = gained
		}
		p.Without += max(0, span.Ended.Sub(began))
	}
	return p
}

// Stuck reports whether somebody has worked for [StuckAfter] without a gain, and has not solved the lab.
func (p Pace) Stuck() bool { return p.Best < 100 && p.Without >= StuckAfter }
