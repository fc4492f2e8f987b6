package exams

import (
	"strings"
	"testing"
	"time"
)

// Points by hand change the result, within the points of the question.
func TestPointsByHand(t *testing.T) {
	s := submitted(t, map[string]int{"a": 50, "b": 100, "c": 0}, nil, func(b *Blueprint) { b.Items[2].Required, b.Minimum = true, Minimum{"mysql": 40} })
	give := func(n, points int, why string) error {
		return s.Adjust(n, Adjustment{At: time.Unix(1, 0), By: "vera", Points: points, Why: why})
	}
	for want, err := range map[string]error{
		"can't get +6 points": give(1, 6, "x"), "can't get -6 points": give(1, -6, "x"), "need a number other than 0": give(1, 0, "x"),
		"and a reason": give(1, 1, " "), "has no question 4": give(4, 1, "x"),
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q: %v", want, err)
		}
	}
	if result := s.Result(); result.Earned != 25 || result.ByHand != 0 || *result.Passed {
		t.Errorf("%+v", result)
	}
	for _, err := range []error{give(1, 5, "the right idea"), give(3, 15, "explained it"), give(2, -1, "copied")} {
		if err != nil {
			t.Fatal(err)
		}
	}
	result := s.Result()
	if result.Earned != 44 || result.ByHand != 19 || !*result.Passed {
		t.Errorf("%+v", result)
	}
	if err := give(1, 1, "more than all"); err == nil {
		t.Error("a question earned more than its points")
	}
	v := s.View(s.Ended)
	if earned, _ := v.Questions[2].Earned(); earned != 15 || v.Questions[2].Adjustments[0].By != "vera" {
		t.Errorf("%v, %+v", earned, v.Questions[2])
	}
	if found := s.Doubts(s.Ended); len(found) > 0 {
		t.Errorf("%q", found)
	}
	s.Questions[0].Adjustments[0].By = ""
	if found := s.Doubts(s.Ended); len(found) != 1 || found[0] != "question 1: nobody gave a reason for +5 points" {
		t.Errorf("%q", found)
	}
}

// An ungraded question gets no points by hand, and a running exam no comments.
func TestByHandNeedsAGrade(t *testing.T) {
	h := newHall(t, nil)
	h.goTo(1)
	s := h.sitting()
	if err := s.Adjust(1, Adjustment{By: "vera", Points: 1, Why: "x"}); err == nil || !strings.Contains(err.Error(), "is not graded") {
		t.Errorf("%v", err)
	}
	if err := s.Note(0, Comment{By: "vera", Text: "x"}); err == nil || !strings.Contains(err.Error(), "still running") {
		t.Errorf("%v", err)
	}
	s.End(h.now)
	for n, want := range map[int]string{0: "", 1: "", 4: "has no question 4"} {
		if err := s.Note(n, Comment{By: "vera", Text: "x"}); err == nil != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("question %d: %v", n, err)
		}
	}
	if err := s.Note(1, Comment{By: "vera"}); err == nil {
		t.Error("an empty comment is kept")
	}
	if v := s.View(h.now); len(v.Comments) != 1 || len(v.Questions[0].Comments) != 1 {
		t.Errorf("%+v", v)
	}
}
