package labs

import (
	"slices"
	"testing"
)

type recorded string

func (r recorded) Variable() string   { return "found" }
func (r recorded) AnswerName() string { return string(r) }

// The answers of a variant are those that its checks look at, each once.
func TestAnswers(t *testing.T) {
	v := &Variant{}
	for _, look := range []Look{recorded("q2"), recorded(""), recorded("q1"), recorded("q2"), unrecorded{}} {
		v.Checks = append(v.Checks, Check{Assertion: Assertion{Look: look}})
	}
	if got := v.Answers(); !slices.Equal(got, []string{"q1", "q2"}) {
		t.Errorf("got %q", got)
	}
}

type unrecorded struct{}

func (unrecorded) Variable() string { return "rows" }
