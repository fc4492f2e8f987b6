package author

import (
	"fmt"
	"slices"

	"endstate/internal/scenario"
	"endstate/labs"
)

// searched is among how many seeds, from the first one on, those of a scenario are chosen.
const searched = 200

// Played says at which seeds a scenario is proved, and which of its alternatives none of them takes.
type Played struct {
	Scenario string
	Seeds    []uint64
	Choices  int      // how many alternatives there are
	Missed   []string // those that no seed takes, such as "fault: dropped"
}

// candidate is a seed with the alternatives that it takes.
type candidate struct {
	seed  uint64
	takes []string
}

// seedsOf chooses the seeds of a scenario: the first one, and those that together take as many of the
// scenario's alternatives as possible. The same scenario and first seed always give the same ones.
func seedsOf(library *scenario.Library, name string, first uint64, count int) (Played, error) {
	played := Played{Scenario: name}
	pool, all, err := candidates(library, name, first, count)
	if err != nil {
		return played, err
	}
	played.Choices, played.Missed = len(all), all
	for len(played.Seeds) < count {
		at := 0 // the first seed, whatever it takes
		if len(played.Seeds) > 0 {
			at = best(pool, played.Missed)
		}
		played.Seeds = append(played.Seeds, pool[at].seed)
		played.Missed = without(played.Missed, pool[at].takes)
		pool = slices.Delete(pool, at, at+1)
	}
	slices.Sort(played.Seeds)
	return played, nil
}

// candidates returns at least count seeds, in order, and all alternatives of the scenario.
func candidates(library *scenario.Library, name string, first uint64, count int) (pool []candidate, all []string, err error) {
	most := max(searched, count)
	if count == 1 {
		most = 1 // nothing to choose from
	}
	if first > labs.MaxSeed || uint64(count) > labs.MaxSeed-first+1 {
		return nil, nil, labs.Misuse(fmt.Sprintf("There are not %d seeds from %d on: %v", count, first, labs.ErrSeed), "Use a smaller seed.")
	}
	for seed := first; seed <= labs.MaxSeed && len(pool) < most; seed++ {
		one := candidate{seed: seed}
		if one.takes, all, err = library.Choices(name, seed); err != nil {
			return nil, nil, err
		}
		pool = append(pool, one)
	}
	slices.Sort(all)
	return pool, slices.Compact(all), nil
}

// best returns the index of the candidate that takes most of the missing alternatives, the first of
// several.
func best(pool []candidate, missing []string) int {
	found, least := 0, len(missing)
	for i, one := range pool {
		if left := len(without(missing, one.takes)); left < least {
			found, least = i, left
		}
	}
	return found
}

func without(missing, taken []string) []string {
	return slices.DeleteFunc(slices.Clone(missing), func(one string) bool { return slices.Contains(taken, one) })
}
