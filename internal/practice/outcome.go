package practice

import (
	"fmt"
	"time"

	"endstate/internal/attempts"
	"endstate/labs"
)

// Outcome is the result of a check for its learner: the report, what changed since the check
// before, and what comes next once everything is solved.
type Outcome struct {
	*labs.Report
	Change *Change  `json:"change,omitempty"` // missing for the first check, and if this one could not be graded
	Solved *Closing `json:"solved,omitempty"` // missing while something is left to do
}

// Change is how a check differs from the last one before it that could be graded.
type Change struct {
	Since time.Time `json:"since"` // when the earlier check was made
	Score int       `json:"score"` // its score
	Gain  int       `json:"gain"`  // the points gained since then; negative if points were lost
	// Verdicts holds the earlier verdicts of the checks and guards whose verdict has changed, by ID.
	Verdicts map[string]labs.Verdict `json:"verdicts"`
}

// String says how the score differs.
func (c *Change) String() string {
	switch {
	case c.Gain > 0:
		return fmt.Sprintf("+%d, was %d", c.Gain, c.Score)
	case c.Gain < 0:
		return fmt.Sprintf("−%d, was %d", -c.Gain, c.Score)
	}
	return "as before"
}

// Closing is what a learner can know and do once everything is solved.
type Closing struct {
	Attempt int64      `json:"attempt"` // the attempt's number
	Spent   float64    `json:"spent"`   // seconds at work until it was first solved
	Par     float64    `json:"par"`     // seconds; 0: not stated
	Next    *Pick      `json:"next,omitempty"`
	Acts    []labs.Act `json:"acts"`
}

// Compare sets the change since an earlier check, which may be nil.
func (o *Outcome) Compare(before *attempts.Check) {
	if before == nil || !before.Report.Graded() || !o.Graded() {
		return
	}
	o.Change = &Change{
		Since: before.At, Score: *before.Report.Score, Gain: *o.Score - *before.Report.Score, Verdicts: map[string]labs.Verdict{},
	}
	earlier := map[string]labs.Verdict{}
	for _, result := range before.Report.Results() {
		earlier[result.ID] = result.Verdict
	}
	for _, result := range o.Results() {
		if was, known := earlier[result.ID]; known && was != result.Verdict {
			o.Change.Verdicts[result.ID] = was
		}
	}
}

// ClosingOf returns what the learner of a solved attempt can know and do. next is what to
// practise next; it may be nil.
func ClosingOf(a *attempts.Attempt, next *Pick) *Closing {
	s := &Closing{
		Attempt: a.ID, Par: (time.Duration(a.Minutes) * time.Minute).Seconds(), Next: next,
		Acts: []labs.Act{
			{Name: labs.ActDebrief, For: "Explain it in your own words, then see the model answer", Scenario: a.Scenario},
			{Name: labs.ActNext, For: "See what to practise next, and why"},
			{Name: labs.ActStop, For: "Remove the lab and all its traces", Scenario: a.Scenario},
		},
	}
	if a.Solved != nil {
		s.Spent = a.Solved.Seconds()
	}
	return s
}
