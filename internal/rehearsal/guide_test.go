package rehearsal

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var guide = &Guide{
	Seconds: [2]int{5, 10}, Research: true,
	Holds: []Point{{"what you built", []string{"build", "wrote"}}, {"why here", []string{"open source"}}},
	Avoid: []Warning{{"Leave money for later.", []string{"salary", "paid more"}}},
}

var notes = []string{"They publish Kestrel, an open-source billing system", "https://example.com/values: curiosity"}

func TestReview(t *testing.T) {
	const fine = "I've built billing systems, and I follow Kestrel because it is open source and well tested."
	for name, c := range map[string]struct {
		script string
		notes  []string
		want   []Remark
	}{
		"ready": {fine, notes, nil},
		"placeholders": {
			fine + " [company] and <project> {name} ___ TODO", notes,
			[]Remark{{Placeholder, "Fill this in", "[company]"}, {Placeholder, "Fill this in", "<project>"}, {Placeholder, "Fill this in", "{name}"}, {Placeholder, "Fill this in", "___"}, {Placeholder, "Fill this in", "TODO"}},
		},
		"in another form, over a line": {
			strings.ReplaceAll(fine, "open source", "open\nsources"), notes, nil,
		},
		"missing": {
			"Kestrel is what I know, and I want to work on it every day of my life with you.", notes,
			[]Remark{{Missing, "what you built", ""}, {Missing, "why here", ""}},
		},
		"a warning": {
			fine + " I want to be paid more.", notes, []Remark{{Avoid, "Leave money for later.", "paid more"}},
		},
		"no research": {
			fine, nil, []Remark{{Research, "Find out what the company does, its projects and its values, and note them first", ""}},
		},
		"research not used": {
			fine, []string{"They bake bread"}, []Remark{{Research, "It uses none of your notes about the company", ""}},
		},
		"too short": {
			"I built Kestrel, open source.", notes, []Remark{{Length, "It takes about 2 s to say; 5 to 10 s is right", ""}},
		},
		"too long": {
			strings.Repeat(fine+" ", 3), notes, []Remark{{Length, "It takes about 20 s to say; 5 to 10 s is right", ""}},
		},
	} {
		if diff := cmp.Diff(c.want, Review(c.script, guide, c.notes)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// A script of one's own for a debrief has no guide; what is to be filled in is still found.
func TestReviewWithoutGuide(t *testing.T) {
	if got := Review("Text with [a gap]", nil, nil); len(got) != 1 || got[0].Kind != Placeholder {
		t.Errorf("%+v", got)
	}
}
