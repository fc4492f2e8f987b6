package practice

import (
	"time"

	"endstate/internal/attempts"
)

// Entry is an attempt as a history tells of it.
type Entry struct {
	*attempts.Attempt
	Over bool          `json:"over"`
	Wall time.Duration `json:"wall"` // nanoseconds, by the clock on the wall
	// Change is by how much the unaided score differs from that of the attempt before at
	// the same scenario; missing where there is nothing to compare.
	Change *int `json:"change"`
}

// History tells of attempts, which are given in the order in which they began.
func History(all []*attempts.Attempt, now time.Time) []Entry {
	entries := make([]Entry, 0, len(all))
	before := map[string]*attempts.Attempt{}
	for _, a := range all {
		_, over := a.Over(now)
		entry := Entry{Attempt: a, Over: over, Wall: a.Wall(now)}
		if counts(a, now) {
			if last := before[a.Scenario]; last != nil {
				change := unaided(a) - unaided(last)
				entry.Change = &change
			}
			before[a.Scenario] = a
		}
		entries = append(entries, entry)
	}
	return entries
}
