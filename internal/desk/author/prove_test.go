package author

import (
	"slices"
	"testing"

	"endstate/labs"
)

// Every job has its turn, and those of a variant come after the one that makes its snapshot.
func TestTurns(t *testing.T) {
	var all []job
	for _, v := range []*labs.Variant{{Seed: 1}, {Seed: 2}, {Seed: 3}} {
		for range 5 {
			all = append(all, job{variant: v})
		}
	}
	if got, want := turns(all, 1), []int{0, 1, 2, 3, 5, 4, 6, 7, 8, 10, 9, 11, 12, 13, 14}; !slices.Equal(got, want) {
		t.Errorf("one at once: got %v, want %v", got, want)
	}
	if got, want := turns(all, 3), []int{0, 5, 10, 1, 6, 11, 2, 7, 12, 3, 8, 13, 4, 9, 14}; !slices.Equal(got, want) {
		t.Errorf("three at once: got %v, want %v", got, want)
	}
	for _, parallel := range []int{2, 3, 20} {
		order := turns(all, parallel)
		for _, first := range []int{5, 10} {
			if slices.Index(order, first) > slices.Index(order, first+1) {
				t.Errorf("%d at once: %v", parallel, order)
			}
		}
		slices.Sort(order)
		if !slices.Equal(order, []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14}) {
			t.Errorf("%d at once: not everyone's turn: %v", parallel, order)
		}
	}
}
