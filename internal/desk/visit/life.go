package visit

import (
	"math"
	"slices"
	"time"

	"endstate/internal/desk"
	"endstate/labs"
)

// lifePause is how often a stay reads when its lab ends.
const lifePause = 20 * time.Second

// lifeWarnings are the times left at which the learner is warned, longest first.
var lifeWarnings = []time.Duration{15 * time.Minute, 5 * time.Minute}

// watchLife keeps the lab alive while the learner works in it, and warns before its end. An
// exam's labs live as long as the exam.
func (s *Stay) watchLife(lab *labs.Lab, variant *labs.Variant) {
	tick := time.NewTicker(lifePause)
	defer tick.Stop()
	pressed, left := int64(0), time.Duration(math.MaxInt64)
	for {
		select {
		case <-s.left.Done():
			return
		case <-tick.C:
			pressed, left = s.lookAtLife(lab, variant, pressed, left)
		}
	}
}

// lookAtLife extends the lab if a key was pressed since the last look, and warns if the time left
// has passed a mark since then.
func (s *Stay) lookAtLife(lab *labs.Lab, variant *labs.Variant, pressed int64, left time.Duration) (int64, time.Duration) {
	parts := s.visit.parts
	lab, err := parts.Stage(labs.Learner{Name: lab.Owner}).Find(s.left, lab.Owner, lab.Scenario) // others may have extended it
	if err != nil {
		return pressed, left // the next look tries again
	}
	last := s.pressed.Load()
	if last != pressed {
		if err := parts.KeepAlive(s.left, lab, variant, s.emit); err != nil {
			return pressed, left
		}
	}
	now := lab.Expires.Sub(parts.Engine().Now())
	passed := func(mark time.Duration) bool { return left > mark && now <= mark }
	if slices.ContainsFunc(lifeWarnings, passed) {
		s.emit.Warn(endsSoon(now, parts.CanLiveLonger(lab)), "")
	}
	return last, now
}

// endsSoon says that a lab ends soon, and how to give it more time if that is possible.
func endsSoon(left time.Duration, extends bool) *labs.Problem {
	minutes := max(1, int((left+time.Minute-time.Second)/time.Minute))
	problem := &labs.Problem{Code: desk.CodeLabEnds, What: "The lab ends in " + labs.Count(minutes, "minute")}
	if minutes == 1 {
		problem.What = "The lab ends in a minute"
	}
	if extends {
		problem.Acts = []labs.Act{{Name: labs.ActExtend, For: "More time"}}
	}
	return problem
}
