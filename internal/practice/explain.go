package practice

import (
	"fmt"
	"time"

	"endstate/internal/attempts"
	"endstate/labs"
)

// explain says in words why a scenario is due, and what is missing for mastery.
func (s *Standing) explain(counted []*attempts.Attempt, now time.Time) {
	if s.State != Mastered {
		s.Needs = needs(counted, now)
	}
	switch {
	case s.State == Shaky && s.IsDue(now):
		s.WhyDue = fmt.Sprintf("you last worked on it %s, and got %d of %d without help.", ago(now.Sub(*s.Last)), *s.Latest, labs.Total)
	case s.State == Shaky:
		s.WhyDue = fmt.Sprintf("it comes back soon, because you got only %d of %d without help.", *s.Latest, labs.Total)
	case s.IsDue(now):
		s.WhyDue = fmt.Sprintf("you last worked on it %s, and the chance that you can still do it is %s.", ago(now.Sub(*s.Last)), percent(s.Recall))
	case s.Recall <= retention:
		s.WhyDue = "it is due a day after you last worked on it, at the earliest."
	default:
		s.WhyDue = fmt.Sprintf("the chance that you can still do it is %s; it is due when that falls to about %s.", percent(s.Recall), percent(retention))
	}
}

// needs says which attempts would show mastery. Successes before a failure still count as the first
// of the two.
func needs(counted []*attempts.Attempt, now time.Time) string {
	var first *attempts.Attempt
	for _, a := range counted {
		if unaided(a) == labs.Total && first == nil {
			first = a
		}
	}
	if first == nil {
		return "100 without help twice, on different seeds and at least a day apart."
	}
	text := "100 without help once more, on another seed"
	if from := first.Started.Add(masteryGap); from.After(now) {
		text += ", started after " + from.In(now.Location()).Format("2 Jan 15:04")
	}
	return text + "."
}
