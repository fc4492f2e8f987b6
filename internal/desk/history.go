package desk

import (
	"context"

	"endstate/internal/attempts"
	"endstate/internal/practice"
	"endstate/labs"
)

// History is a learner's attempts, the latest at the end.
type History struct {
	Entries []practice.Entry
	More    bool           // there are earlier ones
	Trend   practice.Trend // of the scenario, if one is selected
}

// Past selects a part of a learner's past.
type Past struct {
	Scenario string // empty: of all
	Last     int    // how many of the latest; 0: all
	Whole    bool   // complete attempts instead of outlines
}

// History returns a learner's attempts.
func (d *Desk) History(ctx context.Context, who labs.Learner, wanted Past) (*History, error) {
	if wanted.Last < 0 {
		return nil, labs.Misuse("A history can't have a negative number of attempts", "Ask for one or more; 0 shows all.")
	}
	all, err := d.past(ctx, who, wanted)
	if err != nil {
		return nil, err
	}
	if wanted.Scenario != "" && len(all) == 0 {
		// Attempts at a scenario that no longer exists are shown; an unknown name is a mistake.
		if _, err := d.library().Variant(wanted.Scenario, 1); err != nil {
			return nil, err
		}
	}
	entries := practice.History(all, d.Clock())
	if wanted.Last > 0 {
		entries = entries[max(0, len(entries)-wanted.Last):]
	}
	return &History{Entries: entries, More: len(all) > len(entries), Trend: practice.TrendOf(all)}, nil
}

// past reads the attempts of a history, complete or in outline, and no more of them than needed.
func (d *Desk) past(ctx context.Context, who labs.Learner, wanted Past) ([]*attempts.Attempt, error) {
	store, err := d.memory(ctx, who)
	switch {
	case err != nil:
		return nil, err
	case wanted.Whole:
		return store.List(ctx, wanted.Scenario)
	case wanted.Scenario == "" && wanted.Last > 0:
		return store.Latest(ctx, wanted.Last+1)
	}
	return store.Outlines(ctx, wanted.Scenario)
}
