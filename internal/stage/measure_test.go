package stage

import (
	"errors"
	"strings"
	"testing"

	"endstate/labs"
	"endstate/labs/kit"
)

// A fact whose look meets an obstacle is a mistake in the scenario; any other error is not.
func TestFactThatCannotBeMeasured(t *testing.T) {
	v := &labs.Variant{Scenario: labs.Scenario{Name: "one"}, Seed: 7}
	fact := labs.Fact{Name: "rows", Place: "one/scenario.yaml:12"}
	var problem *labs.Problem
	err := notMeasured(v, fact, &kit.Obstacle{Message: "Unknown column 'nmae'."})
	if !errors.As(err, &problem) || problem.Code != labs.CodeSetup || problem.What != "The fact `rows` of one can't be measured at seed 7" ||
		problem.Err.Error() != "one/scenario.yaml:12: Unknown column 'nmae'." {
		t.Errorf("%v", err)
	}
	if err := notMeasured(v, fact, labs.ErrNotFound); errors.As(err, &problem) || !errors.Is(err, labs.ErrNotFound) || !strings.Contains(err.Error(), "rows") {
		t.Errorf("%v", err)
	}
}
