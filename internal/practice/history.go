package practice

import (
	"time"

	"endstate/internal/attempts"
	"endstate/labs"
)

// Entry is an attempt in a learner's history.
type Entry struct {
	*attempts.Attempt
	Over bool         `json:"over"`
	Wall labs.Seconds `json:"wall"` // of wall-clock time
	// Change is the difference between the unaided score and that of the previous attempt at
	// the same scenario; nil if there is nothing to compare.
	Change *int `json:"change"`
}

// History returns the history of attempts, which must be in the order of their start.
func History(all []*attempts.Attempt, now time.Time) []Entry {
	entries := make([]Entry, 0, len(all))
	previous := map[string]*attempts.Attempt{}
	for _, a := range all {
		_, over := a.Over(now)
		entry := Entry{Attempt: a, Over: over, Wall: labs.Seconds{Duration: a.Wall(now)}}
		if counts(a, now) {
			if last := previous[a.Scenario]; last != nil {
				change := unaided(a) - unaided(last)
				entry.Change = &change
			}
			previous[a.Scenario] = a
		}
		entries = append(entries, entry)
	}
	return entries
}
