package web

import (
	"testing"

	"endstate/labs"
)

// Pages show a lab again and again: its variant is drawn once for all of them, and not the one that checks
// observe with.
func TestPagesShareTexts(t *testing.T) {
	s := newSite(t)
	seen := map[*labs.Variant]int{}
	parts := s.server.Desk.Parts()
	for _, name := range []string{"ada", "eve"} {
		s.browser(name).post("/labs", false, "scenario", "first", "seed", "7")
		s.settles(name, "first")
		for range 2 {
			_, v, err := parts.FindToShow(t.Context(), labs.Learner{Name: name}, "first", nil)
			if err != nil {
				t.Fatal(err)
			}
			seen[v]++
		}
	}
	_, own, err := parts.Find(t.Context(), labs.Learner{Name: "ada"}, "first", nil)
	if err != nil || len(seen) != 1 || seen[own] != 0 {
		t.Errorf("%d variants were drawn, that of a check among them: %d; %v", len(seen), seen[own], err)
	}
	s.browser("bob").post("/labs", false, "scenario", "first", "seed", "8")
	s.settles("bob", "first")
	if _, v, err := parts.FindToShow(t.Context(), labs.Learner{Name: "bob"}, "first", nil); err != nil || v.Seed != 8 {
		t.Errorf("another seed has the variant %+v, %v", v, err)
	}
}
