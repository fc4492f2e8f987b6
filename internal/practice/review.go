package practice

import (
	"time"

	fsrs "github.com/open-spaced-repetition/go-fsrs/v4"

	"endstate/internal/attempts"
	"endstate/labs"
)

// For spaced repetition, an attempt is a review with one of these ratings:
//
//	again  less than 60 without help
//	hard   60 or more without help, or 100 in more than one and a half times par
//	good   100 without help
//	easy   100 without help in at most half of par
//
// Only what was reached before the first hint or the solution is without help.
const (
	hardScore = 60
	slowPars  = 1.5
	fastPars  = 0.5
)

func rate(a *attempts.Attempt) fsrs.Rating {
	score := unaided(a)
	switch {
	case score < hardScore:
		return fsrs.Again
	case score < labs.Total:
		return fsrs.Hard
	}
	switch pars := parsTaken(a); {
	case pars > slowPars:
		return fsrs.Hard
	case pars > 0 && pars <= fastPars:
		return fsrs.Easy
	}
	return fsrs.Good
}

// parsTaken returns the active time until the best score as a multiple of par, or 0 if that
// is not known.
func parsTaken(a *attempts.Attempt) float64 {
	if a.Took == nil || a.Minutes == 0 {
		return 0
	}
	return a.Took.Minutes() / float64(a.Minutes)
}

// retention is the chance that a learner can still do a scenario at which it is due.
const retention = 0.9

// scheduler returns FSRS with its default parameters. Unlike a flash card, a lab is due in
// days, never in minutes.
func scheduler() *fsrs.FSRS {
	parameters := fsrs.DefaultParam()
	parameters.EnableShortTerm = false
	parameters.EnableFuzz = false
	parameters.RequestRetention = retention
	return fsrs.NewFSRS(parameters)
}

// schedule computes when a scenario is due and how well the learner remembers it now.
// Imported attempts may overlap, so a review is never earlier than the previous one.
func (s *Standing) schedule(all []*attempts.Attempt, now time.Time) {
	f := scheduler()
	card := fsrs.NewCard(all[0].Worked)
	for _, a := range all {
		at := a.Worked
		if at.Before(card.LastReview) {
			at = card.LastReview
		}
		if next, err := f.Next(card, at, rate(a)); err == nil {
			card = next.Card
		}
	}
	due := card.Due
	s.Due = &due
	if recall, err := f.Retrievability(card, now); err == nil {
		s.Recall = recall
	}
}

// IsDue reports whether a scenario is due.
func (s *Standing) IsDue(now time.Time) bool { return s.Due != nil && !s.Due.After(now) }
