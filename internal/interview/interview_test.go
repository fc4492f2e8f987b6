package interview

import (
	"io/fs"
	"slices"
	"testing"

	"endstate/scenarios"
)

// Every scenario of the bank belongs to one question, and every question is practised with either
// a guide or labs.
func TestQuestionsNameTheBank(t *testing.T) {
	var named []string
	for i, q := range Questions() {
		if q.Number != i+1 || q.Text == "" {
			t.Errorf("question %d is %d, %q", i+1, q.Number, q.Text)
		}
		if q.Guide != nil && len(q.Scenarios) > 0 {
			t.Errorf("question %d has a guide and labs", q.Number)
		}
		named = append(named, q.Scenarios...)
	}
	folders, err := fs.ReadDir(scenarios.Files, ".")
	if err != nil {
		t.Fatal(err)
	}
	var bank []string
	for _, folder := range folders {
		if folder.IsDir() {
			bank = append(bank, folder.Name())
		}
	}
	slices.Sort(named)
	if !slices.Equal(named, bank) {
		t.Errorf("the questions name %v\nthe bank has %v", named, bank)
	}
}

func TestFind(t *testing.T) {
	for _, number := range []int{0, -1, 17} {
		if _, err := Find(number); err == nil {
			t.Errorf("question %d was found", number)
		}
	}
	if q, err := Find(11); err != nil || !slices.Contains(q.Scenarios, "git-merge-conflict") {
		t.Errorf("%+v, %v", q, err)
	}
}

// A guide has something to say about its length, its points and its warnings.
func TestGuides(t *testing.T) {
	for _, q := range Questions()[:4] {
		g := q.Guide
		if g == nil || g.Seconds[0] < 30 || g.Seconds[1] <= g.Seconds[0] || len(g.Holds) < 3 || len(g.Avoid) < 3 {
			t.Fatalf("question %d: %+v", q.Number, g)
		}
		for _, p := range g.Holds {
			if p.Point == "" || len(p.Words) < 3 {
				t.Errorf("question %d: %+v", q.Number, p)
			}
		}
		for _, w := range g.Avoid {
			if w.Advice == "" || len(w.Words) < 3 {
				t.Errorf("question %d: %+v", q.Number, w)
			}
		}
	}
}
