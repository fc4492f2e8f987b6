package pace

import (
	"testing"

	"endstate/internal/exams"
	"endstate/labs"
)

func TestPace(t *testing.T) {
	for par, want := range map[int]Fit{61: FitTight, 60: FitGood, 30: FitGood, 29: FitLoose, 0: FitLoose} {
		if got := Of([]exams.Question{{Minutes: par - par/2}, {Minutes: par / 2}}, 60); got.Fit != want || got.Par != par {
			t.Errorf("%d minutes of par in 60: %+v, want %s", par, got, want)
		}
	}
}

// A survey finds the seeds whose questions do not fit into the exam's minutes.
func TestSurvey(t *testing.T) {
	bank := exams.Bank{Scenarios: []labs.Scenario{{Name: "long", Topic: "git", Minutes: 50}, {Name: "short", Topic: "git", Minutes: 4}}}
	one := &exams.Blueprint{Name: "one", Minutes: 40, Items: []exams.Item{{Scenario: "long", Count: 1, Points: 1}}}
	if got, err := SurveyOf(one, bank); err != nil || got.Tight != got.Seeds || got.Least != 50 || got.Most != 50 || got.Loose != 0 {
		t.Errorf("%+v, %v", got, err)
	}
	// Of several drawings, one that fits is taken.
	drawn := &exams.Blueprint{Name: "drawn", Minutes: 40, Items: []exams.Item{{Topic: "git", Count: 1, Points: 1}}}
	if got, err := SurveyOf(drawn, bank); err != nil || got.Tight != 0 || got.Loose != got.Seeds || got.Most != 4 {
		t.Errorf("%+v, %v", got, err)
	}
	many := &exams.Blueprint{Name: "many", Minutes: 40, Items: []exams.Item{{Topic: "git", Count: 3, Points: 1}}}
	if _, err := SurveyOf(many, bank); err == nil {
		t.Error("three of two can be drawn")
	}
}
