package labs

import (
	"slices"
	"time"
)

// Verdict is what came of a check or a guard.
type Verdict string

// The four verdicts. A guard that holds has passed.
const (
	Passed   Verdict = "passed"
	Failed   Verdict = "failed"
	Skipped  Verdict = "skipped"  // a check it needs has not passed; of a guard: the learner's system stands in the way of looking
	Ungraded Verdict = "ungraded" // the grader could not look
)

// Total is what the points of a scenario's checks add up to.
const Total = 100

// Result is the verdict on one check or guard, explained.
type Result struct {
	ID      string        `json:"id"`
	Title   string        `json:"title"`
	Verdict Verdict       `json:"verdict"`
	Points  int           `json:"points"`            // a check's points, or what breaking a guard costs
	Message string        `json:"message,omitempty"` // why it did not pass
	Defect  string        `json:"defect,omitempty"`  // what is wrong with expectation or message: the scenario's mistake
	Met     []string      `json:"-"`                 // what the expectation met, for its author; only proofs ask
	Barred  bool          `json:"barred,omitempty"`  // it could not be looked at: the learner's own system stands in the way
	Took    time.Duration `json:"took"`              // nanoseconds
}

// Report is what a round of checks found.
type Report struct {
	Scenario string    `json:"scenario"`
	Title    string    `json:"title"`
	Hash     string    `json:"hash"` // of the scenario's folder
	Seed     uint64    `json:"seed"`
	Lab      string    `json:"lab"`
	Owner    string    `json:"owner"`
	At       time.Time `json:"at"`
	Servers  []string  `json:"servers"` // what was graded on
	Checks   []Result  `json:"checks"`
	Guards   []Result  `json:"guards"`
	Hints    []Hint    `json:"hints"`    // those opened
	Assisted bool      `json:"assisted"` // the solution was shown
	// Held is what the guards cost that could not be looked at. It is no harm, but kept
	// back from the score until they can be.
	Held int `json:"held"`
	// Score is missing when something could not be graded.
	Score *int `json:"score"`
	Total int  `json:"total"`
}

// Graded reports whether every check and guard could be looked at.
func (r *Report) Graded() bool { return r.Score != nil }

// Passed reports whether every check passed and every guard holds.
func (r *Report) Passed() bool {
	for _, result := range r.Results() {
		if result.Verdict != Passed {
			return false
		}
	}
	return true
}

// Earned returns the points of the passed checks.
func (r *Report) Earned() int { return points(r.Checks, Passed) }

// Harm returns the costs of the broken guards.
func (r *Report) Harm() int { return points(r.Guards, Failed) }

// Help returns the costs of the opened hints.
func (r *Report) Help() int {
	sum := 0
	for _, hint := range r.Hints {
		sum += hint.Costs
	}
	return sum
}

// Barred reports whether something could not be looked at as the learner's own system
// stands in the way.
func (r *Report) Barred() bool {
	return slices.ContainsFunc(r.Results(), func(result Result) bool { return result.Barred })
}

// Charge sets the help that the learner had, and with it the score.
func (r *Report) Charge(hints []Hint, assisted bool) {
	r.Hints, r.Assisted = append([]Hint{}, hints...), assisted
	r.Total, r.Held, r.Score = Total, points(r.Guards, Skipped), nil
	for _, result := range r.Results() {
		if result.Verdict == Ungraded {
			return
		}
	}
	score := max(0, r.Earned()-r.Harm()-r.Held-r.Help())
	r.Score = &score
}

// Results returns what came of all checks and guards.
func (r *Report) Results() []Result {
	return append(append([]Result(nil), r.Checks...), r.Guards...)
}

func points(results []Result, verdict Verdict) int {
	sum := 0
	for _, result := range results {
		if result.Verdict == verdict {
			sum += result.Points
		}
	}
	return sum
}
