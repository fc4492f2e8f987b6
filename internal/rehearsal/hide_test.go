package rehearsal

import (
	"strings"
	"testing"
)

const sample = "Hello, I'm Ada.\n\nI've built two services – in Go – and I'd like to build more."

func TestHide(t *testing.T) {
	if got := Hide(sample, 0, 1); got != sample {
		t.Errorf("nothing hidden: %q", got)
	}
	if got, want := Hide(sample, 100, 1), "_____, ___ ___.\n\n____ _____ ___ ________ – __ __ – ___ ___ ____ __ _____ ____."; got != want {
		t.Errorf("all hidden:\n%q\n%q", got, want)
	}
}

// Each step hides more, and what one step hides the next one hides too.
func TestHideTakesWordsAway(t *testing.T) {
	for seed := range uint64(20) {
		before, count := Hide(sample, 0, seed), 0
		for _, percent := range []int{25, 50, 75, 100} {
			after := Hide(sample, percent, seed)
			for i, r := range before {
				if r == '_' && after[i] != '_' {
					t.Fatalf("seed %d, %d%%: %q is back in %q", seed, percent, before, after)
				}
			}
			if n := strings.Count(after, "_"); n < count {
				t.Fatalf("seed %d, %d%%: %d letters hidden, %d before", seed, percent, n, count)
			} else {
				before, count = after, n
			}
		}
	}
}
