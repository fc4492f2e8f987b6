package practice

import (
	"time"

	fsrs "github.com/open-spaced-repetition/go-fsrs/v4"

	"endstate/internal/rehearsal"
)

// ScriptStanding is how well a learner knows a script by heart.
type ScriptStanding struct {
	State  State      `json:"state"`
	Best   int        `json:"best"` // the best free recital, in percent
	Last   *time.Time `json:"last"` // the last recital
	Due    *time.Time `json:"due"`  // when it should be said again
	Recall float64    `json:"recall"`
}

// What a free recital is worth, in percent of the script's words. For spaced repetition, only free
// recitals are reviews: again below hardRecital, hard below goodRecital, good below easyRecital.
const (
	hardRecital = 70
	goodRecital = 90
	easyRecital = 98
)

// AssessScript returns how well a learner knows a script. It is mastered after two good free
// recitals at least a day apart, until one is not good.
func AssessScript(s *rehearsal.Script, now time.Time) *ScriptStanding {
	standing := &ScriptStanding{State: Untried}
	f, card := scheduler(), fsrs.NewCard(s.Changed)
	goodSince := time.Time{}
	for i := range s.Recitals {
		r := s.Recitals[i]
		standing.Last = &r.At
		if standing.State == Untried {
			standing.State = Shaky
		}
		if r.Hidden < rehearsal.Free {
			continue
		}
		standing.Best = max(standing.Best, r.Percent)
		if next, err := f.Next(card, latest(card.LastReview, r.At), rateRecital(r.Percent)); err == nil {
			card = next.Card
			standing.Due = &card.Due
		}
		switch {
		case r.Percent < goodRecital:
			standing.State, goodSince = Shaky, time.Time{}
		case goodSince.IsZero():
			goodSince = r.At
		case r.At.Sub(goodSince) >= masteryGap:
			standing.State = Mastered
		}
	}
	if standing.Due != nil {
		standing.Recall, _ = f.Retrievability(card, now)
	}
	return standing
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func rateRecital(percent int) fsrs.Rating {
	switch {
	case percent < hardRecital:
		return fsrs.Again
	case percent < goodRecital:
		return fsrs.Hard
	case percent < easyRecital:
		return fsrs.Good
	}
	return fsrs.Easy
}
