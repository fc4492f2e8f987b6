package labs

import "testing"

// In an exam, doors are told how far a check has come, but no verdict.
func TestEventsWithoutResults(t *testing.T) {
	var got []Event
	emit := Emit(func(e Event) { got = append(got, e) })
	emit.Judge("a", 1, 2, []Result{{ID: "x"}})
	emit.WithoutResults().Judge("a", 2, 2, []Result{{ID: "y"}})
	Emit(nil).WithoutResults().Judge("a", 2, 2, nil)
	if len(got) != 2 || len(got[0].Results) != 1 || got[0].State != StepMoved {
		t.Fatalf("the events are %+v", got)
	}
	if got[1].Results != nil || got[1].Done != 2 || got[1].Total != 2 {
		t.Errorf("without results, the event is %+v", got[1])
	}
}
