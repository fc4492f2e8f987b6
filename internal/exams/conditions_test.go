package exams

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"endstate/labs"
)

// submitted returns an exam of three questions whose candidate reached these scores.
func submitted(t *testing.T, scores map[string]int, harms map[string]int, change func(*Blueprint)) *Sitting {
	t.Helper()
	h := newHall(t, change)
	h.room.points, h.room.harms = scores, harms
	for n := range 3 {
		h.goTo(n + 1)
	}
	s, err := h.proctor.Submit(t.Context(), h.id, nil)
	if err != nil {
		t.Fatal(err)
	}
	if found := s.Doubts(h.now); len(found) > 0 {
		t.Errorf("doubts: %q", found)
	}
	return s
}

func missed(s *Sitting) []string {
	result := s.Result()
	words := []string{}
	for _, c := range result.Missed() {
		words = append(words, c.Words())
	}
	return words
}

// Harm costs points, or all of them if the blueprint says so.
func TestHarmThatDecides(t *testing.T) {
	all, harm := map[string]int{"a": 100, "b": 100, "c": 100}, map[string]int{"c": 11}
	s := submitted(t, all, harm, nil)
	if g := s.Questions[2].Grade; *g.Score != 89 || g.Harmed || !*s.Result().Passed {
		t.Errorf("harm that costs: %+v, %+v", g, s.Result())
	}
	s = submitted(t, all, harm, func(b *Blueprint) { b.Harm = HarmFails })
	if g := s.Questions[2].Grade; *g.Score != 0 || !g.Harmed || *g.Report.Score != 89 {
		t.Errorf("harm that fails: %+v", g)
	}
	if result := s.Result(); result.Earned != 30 || !*result.Passed { // 50 % of 60
		t.Errorf("%+v", result)
	}
	// A candidate may know it, as far as the feedback goes.
	report := s.Questions[2].Grade.Report
	for feedback, want := range map[Feedback]bool{FeedbackNone: false, FeedbackScore: true, FeedbackFull: true} {
		answer := (&Blueprint{Feedback: feedback, Harm: HarmFails}).Answer(3, report)
		if answer.Harmed != want || want && *answer.Score != 0 {
			t.Errorf("feedback %s: %+v", feedback, answer)
		}
	}
	if *report.Score != 89 {
		t.Error("the report was changed")
	}
}

// A late grade that an examiner accepts is failed for harm all the same.
func TestHarmOfALateGrade(t *testing.T) {
	h := newHall(t, func(b *Blueprint) { b.Harm = HarmFails })
	h.room.points, h.room.harms = map[string]int{"a": 100}, map[string]int{"a": 11}
	h.goTo(1)
	h.after(70)
	if _, err := h.proctor.Finish(t.Context(), h.id, nil); err != nil {
		t.Fatal(err)
	}
	s, err := h.proctor.Accept(t.Context(), h.id, 1, nil)
	if err != nil || *s.Questions[0].Grade.Score != 0 || !s.Questions[0].Grade.Harmed {
		t.Errorf("%v, %+v", err, s.Questions[0].Grade)
	}
}

// An exam is failed without its required questions, or below the minimum of a topic, however
// many points it has.
func TestConditions(t *testing.T) {
	for name, test := range map[string]struct {
		scores map[string]int
		change func(*Blueprint)
		want   []string
	}{
		"the pass mark alone": {map[string]int{"a": 0, "b": 0, "c": 100}, nil, []string{}},
		"below it":            {map[string]int{"a": 100, "b": 98, "c": 0}, nil, []string{"all questions: 49.33 %, at least 50 % needed"}},
		"a required question, missed": {
			map[string]int{"a": 49, "b": 100, "c": 100},
			func(b *Blueprint) { b.Items[0].Required = true },
			[]string{"question 1 is required: 49 %, at least 50 % needed"},
		},
		"a required question, reached": {map[string]int{"a": 50, "b": 100, "c": 100}, func(b *Blueprint) { b.Items[0].Required = true }, []string{}},
		"a topic, missed": {
			map[string]int{"a": 100, "b": 100, "c": 59}, func(b *Blueprint) { b.Minimum = Minimum{"mysql": 60} }, []string{"mysql: 59 %, at least 60 % needed"},
		},
		"a topic, by a hair": {
			map[string]int{"a": 99, "b": 60, "c": 100}, func(b *Blueprint) { b.Minimum = Minimum{"git": 74} }, []string{"git: 73 %, at least 74 % needed"},
		},
		"every topic, and one of its own": {
			map[string]int{"a": 39, "b": 39, "c": 100},
			func(b *Blueprint) { b.Minimum = Minimum{EachTopic: 40, "mysql": 100, "mongodb": 90} },
			[]string{"git: 39 %, at least 40 % needed"},
		},
		"all at once": {
			map[string]int{},
			func(b *Blueprint) { b.Minimum, b.Items[2].Required = Minimum{EachTopic: 1}, true },
			[]string{"all questions: 0 %, at least 50 % needed", "question 3 is required: 0 %, at least 50 % needed", "git: 0 %, at least 1 % needed", "mysql: 0 %, at least 1 % needed"},
		},
	} {
		s := submitted(t, test.scores, nil, test.change)
		if diff := cmp.Diff(test.want, missed(s)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if got := *s.Result().Passed; got != (len(test.want) == 0) {
			t.Errorf("%s: passed %v", name, got)
		}
	}
}

func TestPercentageIsNotRoundedUp(t *testing.T) {
	for want, s := range map[string]share{
		"59.99 %, at least 60 %": {hundredths: 17999, points: 300}, "91.25 %, at least 60 %": {hundredths: 3650, points: 40}, "60 %, at least 60 %": {hundredths: 2400, points: 40},
	} {
		if got := s.decide(Condition{Needed: 60}).Words(); !strings.Contains(got, want) {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestMinimumInWords(t *testing.T) {
	for want, m := range map[string]Minimum{
		"": nil, "at least 60 % in mysql": {"mysql": 60}, "at least 40 % in every topic": {EachTopic: 40},
		"at least 50 % in git, 60 % in mysql, 40 % in every other topic": {EachTopic: 40, "mysql": 60, "git": 50},
	} {
		if got := m.Words(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// The candidate may see the rules from the start.
func TestRulesAreInTheView(t *testing.T) {
	h := newHall(t, func(b *Blueprint) { b.Harm, b.Minimum, b.Items[1].Required = HarmFails, Minimum{"git": 10}, true })
	v := h.sitting().View(h.now)
	if v.Harm != HarmFails || v.Minimum["git"] != 10 || v.Pass != 50 || v.Questions[0].Required || !v.Questions[1].Required {
		t.Errorf("%+v", v)
	}
}

// A store in which somebody hid harm, or made it up, contradicts itself.
func TestHarmThatWasChanged(t *testing.T) {
	all, harm := map[string]int{"a": 100, "b": 100, "c": 100}, map[string]int{"c": 11}
	s := submitted(t, all, harm, func(b *Blueprint) { b.Harm = HarmFails })
	score := 89
	s.Questions[2].Grade.Score, s.Questions[2].Grade.Harmed = &score, false
	none := 0
	s.Questions[0].Grade.Score, s.Questions[0].Grade.Harmed = &none, true
	found := s.Doubts(s.Ended)
	for _, want := range []string{"question 3: its report shows harm, which should fail it", "question 1: it was failed for harm that its report does not show"} {
		if !slices.Contains(found, want) {
			t.Errorf("%q is not in %q", want, found)
		}
	}
}

func TestItemMayAsk(t *testing.T) {
	one := labs.Scenario{Name: "one", Topic: "git", Level: 2}
	for want, items := range map[bool][]Item{
		true:  {{Scenario: "one"}, {Topic: EachTopic}, {Topic: ChosenTopic, Level: 2}, {Level: 2}},
		false: {{Scenario: "two"}, {Topic: "mysql"}, {Topic: EachTopic, Level: 1}},
	} {
		for _, item := range items {
			if item.MayAsk(one) != want {
				t.Errorf("%+v: %v", item, !want)
			}
		}
	}
}
