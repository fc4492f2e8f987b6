package practice

import (
	"time"

	fsrs "github.com/open-spaced-repetition/go-fsrs/v4"

	"endstate/internal/attempts"
	"endstate/labs"
)

// An attempt is a review, as spaced repetition speaks of it:
//
//	again  less than 60 without help, or the solution was seen before it was right
//	hard   60 or more without help; or 100 in more than one and a half times par
//	good   100 without help
//	easy   100 without help in half of par or less
//
// A hint ends what is without help, so what was reached before it counts.
const (
	enough  = 60
	slowly  = 1.5
	swiftly = 0.5
)

func rate(a *attempts.Attempt) fsrs.Rating {
	score := unaided(a)
	switch {
	case score < enough:
		return fsrs.Again
	case score < labs.Total:
		return fsrs.Hard
	}
	switch par := parsTaken(a); {
	case par > slowly:
		return fsrs.Hard
	case par > 0 && par <= swiftly:
		return fsrs.Easy
	}
	return fsrs.Good
}

// parsTaken is the active time until the best score, in pars; 0 if that is not known.
func parsTaken(a *attempts.Attempt) float64 {
	if a.Took == nil || a.Minutes == 0 {
		return 0
	}
	return a.Took.Minutes() / float64(a.Minutes)
}

// scheduler is FSRS with the parameters that its makers found for most people. A lab
// is no flash card: it is due in days, never in minutes.
func scheduler() *fsrs.FSRS {
	parameters := fsrs.DefaultParam()
	parameters.EnableShortTerm = false
	parameters.EnableFuzz = false
	return fsrs.NewFSRS(parameters)
}

// schedule says when a scenario is due, and how well it is remembered now. Imported
// attempts may overlap: a review is never earlier than the one before it.
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

func (s *Standing) due(now time.Time) bool { return s.Due != nil && !s.Due.After(now) }
