package report

import (
	"cmp"
	"fmt"
	"slices"

	"endstate/labs"
)

// checkCount is how often a check or a guard of a scenario was not passed.
type checkCount struct {
	Scenario, ID, Title     string // the title is that of one candidate
	Varies                  bool   // others have other names in it
	Guard                   bool
	Failed, Skipped, Graded int // of the graded questions with that scenario
}

// failedChecks counts over all candidates what was not passed, the most frequent first.
func (e *Exam) failedChecks() []checkCount {
	var all []checkCount
	for _, s := range e.Sittings {
		for _, q := range s.Questions {
			if q.Grade == nil || q.Grade.Report == nil {
				continue
			}
			all = countAll(all, q.Scenario, q.Grade.Report.Checks, false)
			all = countAll(all, q.Scenario, q.Grade.Report.Guards, true)
		}
	}
	all = slices.DeleteFunc(all, func(c checkCount) bool { return c.Failed+c.Skipped == 0 })
	slices.SortStableFunc(all, func(a, b checkCount) int {
		return cmp.Or(cmp.Compare(b.Failed*a.Graded, a.Failed*b.Graded), cmp.Compare(b.Failed, a.Failed), cmp.Compare(a.Scenario, b.Scenario))
	})
	return all
}

func countAll(all []checkCount, scenario string, results []labs.Result, guard bool) []checkCount {
	for _, r := range results {
		i := slices.IndexFunc(all, func(c checkCount) bool { return c.Scenario == scenario && c.ID == r.ID && c.Guard == guard })
		if i < 0 {
			i = len(all)
			all = append(all, checkCount{Scenario: scenario, ID: r.ID, Title: r.Title, Guard: guard})
		}
		all[i].Varies = all[i].Varies || r.Title != all[i].Title
		switch r.Verdict {
		case labs.Ungraded:
			continue
		case labs.Failed:
			all[i].Failed++
		case labs.Skipped:
			all[i].Skipped++
		case labs.Passed:
		}
		all[i].Graded++
	}
	return all
}

// bins is the number of bars of a distribution; each is ten percent wide.
const bins = 10

// distribution draws how many candidates reached which percentage of the points.
func (e *Exam) distribution() *barChart {
	var counts [bins]int
	var passMarks [bins]int
	most, without := 0, 0
	for _, s := range e.Sittings {
		if s.Result.Percent == nil {
			without++
			continue
		}
		i := min(bins-1, int(*s.Result.Percent)/bins)
		counts[i]++
		if *s.Result.Passed {
			passMarks[i]++
		}
		most = max(most, counts[i])
	}
	chart := newBars("Distribution of the results", bins)
	for i, n := range counts {
		to := i*bins + bins - 1
		if i == bins-1 {
			to = 100
		}
		chart.add(fmt.Sprintf("%d to %d %%", i*bins, to), fmt.Sprintf("%s, %d passed", labs.Count(n, "candidate"), passMarks[i]), float64(n), 0, float64(most), "plain")
	}
	if without > 0 {
		chart.Note = labs.Count(without, "candidate") + " without a result."
	}
	return chart
}

// columns returns the headings of the questions.
func (e *Exam) columns() []string {
	most := 0
	for _, s := range e.Sittings {
		most = max(most, len(s.Questions))
	}
	var names []string
	for n := range most {
		names = append(names, e.column(n))
	}
	return names
}

// cells returns what a candidate earned by question, as many as the exam has columns. A
// question that is not graded has a question mark.
func (s *Sitting) cells(columns []string) []string {
	cells := make([]string, len(columns))
	for n := range s.Questions {
		cells[n] = "?"
		if points := s.cell(n); points != "" {
			cells[n] = fmt.Sprintf("%s of %d", points, s.Questions[n].Points)
		}
	}
	return cells
}
