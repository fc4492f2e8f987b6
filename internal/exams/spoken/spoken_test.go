package spoken

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

func topics(subjects ...string) []Topic {
	var all []Topic
	for i, s := range subjects {
		all = append(all, Topic{Text: fmt.Sprintf("%s %d?", s, i), Subject: s, Scenario: fmt.Sprintf("%s-%d", s, i)})
	}
	return all
}

// The weakest topics are asked, one a subject as long as there are others.
func TestDraw(t *testing.T) {
	own := []Topic{{Text: "A?", Interview: 1, Subject: "1"}, {Text: "B?", Interview: 2, Subject: "2"}, {Text: "C?", Interview: 3, Subject: "3"}}
	all := topics("git", "git", "mysql", "git", "mongodb", "mysql")
	for explained, want := range map[int][]string{
		0: {},
		2: {"git-0", "mysql-2"},
		3: {"git-0", "mongodb-4", "mysql-2"},
		5: {"git-0", "git-1", "mongodb-4", "mysql-2", "mysql-5"},
		9: {"git-0", "git-1", "git-3", "mongodb-4", "mysql-2", "mysql-5"},
	} {
		drawn := Plan{Introductory: 2, Explained: explained}.Draw(own, all, rand.New(rand.NewPCG(1, 2)))
		asked, introductory := []string{}, []int{}
		for i, q := range drawn {
			if q.Number != i+1 || q.Minutes == 0 || q.Answer != nil {
				t.Errorf("%+v", q)
			}
			if q.Kind == Introductory {
				introductory = append(introductory, q.Interview)
			} else {
				asked = append(asked, q.Scenario)
			}
		}
		slices.Sort(asked)
		slices.Sort(introductory)
		if !slices.Equal(asked, want) || !slices.Equal(introductory, []int{1, 2}) {
			t.Errorf("%d explained: %v and %v, want %v", explained, introductory, asked, want)
		}
	}
}

func TestWhatARunningExamShows(t *testing.T) {
	percent := 80
	all := []Question{
		{Number: 1, Answer: &Answer{Text: "I build services.", Percent: &percent}},
		{Number: 2, Answer: &Answer{Text: "A merge…", Points: []Point{{"Both intentions", true}, {"Markers", false}}}},
		{Number: 3},
	}
	if n := all[1].Answer.Touched(); n != 1 {
		t.Errorf("%d points touched", n)
	}
	if q := Next(all); q == nil || q.Number != 3 {
		t.Errorf("next is %+v", q)
	}
	if Next(all[:2]) != nil {
		t.Error("an answered question is asked again")
	}
	hidden := Hide(all)
	if hidden[0].Answer.Percent != nil || hidden[1].Answer.Points != nil || hidden[1].Answer.Text == "" {
		t.Errorf("%+v, %+v", hidden[0].Answer, hidden[1].Answer)
	}
	if all[1].Answer.Points == nil {
		t.Error("hiding changes the sitting")
	}
}

func TestWords(t *testing.T) {
	for plan, want := range map[Plan]string{
		{}: "", {Introductory: 1}: "1 question about yourself", {Explained: 3}: "3 questions to explain",
		{Introductory: 2, Explained: 8}: "2 questions about yourself and 8 to explain",
	} {
		if got := plan.Words(); got != want {
			t.Errorf("%+v: %q, want %q", plan, got, want)
		}
	}
	if m := (Plan{Introductory: 2, Explained: 8}).Minutes(); m != 28 {
		t.Errorf("%v minutes", m)
	}
}
