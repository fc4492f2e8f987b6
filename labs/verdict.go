package labs

import (
	"slices"
	"time"
)

// Verdict is the outcome of a check or a guard.
type Verdict string

// The verdicts. A guard that holds has passed. A check is skipped if a check that it needs
// has not passed, a guard if the state of the learner's system makes it impossible to check.
const (
	Passed   Verdict = "passed"
	Failed   Verdict = "failed"
	Skipped  Verdict = "skipped"
	Ungraded Verdict = "ungraded" // the grader itself failed
)

// Total is the sum of the points of a scenario's checks.
const Total = 100

// Result is the verdict on one check or guard.
type Result struct {
	ID      string   `json:"id"`
	Title   string   `json:"title"`
	Verdict Verdict  `json:"verdict"`
	Points  int      `json:"points"`            // what a check earns, or what breaking a guard costs
	Message string   `json:"message,omitempty"` // why it did not pass
	Acts    []Act    `json:"acts,omitempty"`    // what the learner can do when it could not be graded
	Defect  string   `json:"defect,omitempty"`  // a mistake in the scenario's expectation or message
	Notes   []string `json:"-"`                 // notes on the expectation for its author; only from proofs
	Place   string   `json:"-"`                 // where its author should look, as file:line
	Blocked bool     `json:"barred,omitempty"`  // the state of the learner's system made it impossible to check
	Took    Seconds  `json:"took"`
}

// Report is the result of a round of checks.
type Report struct {
	Scenario string    `json:"scenario"`
	Title    string    `json:"title"`
	Hash     string    `json:"hash"` // of the scenario's folder
	Seed     uint64    `json:"seed"`
	Lab      string    `json:"lab"`
	Owner    string    `json:"owner"`
	At       time.Time `json:"at"`
	Servers  []string  `json:"servers"` // the servers that the lab ran
	Checks   []Result  `json:"checks"`
	Guards   []Result  `json:"guards"`
	Hints    []Hint    `json:"hints"`    // the hints that were opened
	Assisted bool      `json:"assisted"` // the solution was shown
	// Held is the cost of the guards that could not be checked. It is withheld from the
	// score until they can be, but does not count as harm.
	Held int `json:"held"`
	// Score is null if something could not be graded.
	Score *int `json:"score"`
	Total int  `json:"total"`
}

// Graded reports whether every check and guard could be graded.
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

// Blocked reports whether the state of the learner's system made something impossible to check.
func (r *Report) Blocked() bool {
	return slices.ContainsFunc(r.Results(), func(result Result) bool { return result.Blocked })
}

// Charge records the help that the learner used and sets the score.
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

// Results returns the results of all checks, followed by those of all guards.
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
