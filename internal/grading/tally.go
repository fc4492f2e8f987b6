package grading

import (
	"fmt"
	"slices"
	"sync"

	"endstate/labs"
)

// tally collects the results of a round, and emits each as soon as it is final: that of a check is
// final once all checks that it needs are.
type tally struct {
	variant *labs.Variant
	emit    labs.Emit

	mu     sync.Mutex
	report *labs.Report
	done   int64
	judged map[string]bool // the checks that were looked at, by ID
	final  map[string]bool // the checks whose result was emitted, by ID
}

func newTally(v *labs.Variant, report *labs.Report, emit labs.Emit) *tally {
	return &tally{variant: v, report: report, emit: emit, judged: map[string]bool{}, final: map[string]bool{}}
}

// guard takes the result of a guard, which is final.
func (t *tally) guard(i int, result labs.Result) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.report.Guards[i] = result
	t.moved([]labs.Result{result})
}

// check takes the result of a check.
func (t *tally) check(i int, result labs.Result) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.report.Checks[i] = result
	t.judged[result.ID] = true
	t.moved(t.settle())
}

func (t *tally) moved(final []labs.Result) {
	t.done++
	t.emit.Judge(t.variant.Name, t.done, int64(len(t.variant.Checks)+len(t.variant.Guards)), final)
}

// settle returns the results that have become final. A check that needs one that has not passed is
// skipped. Checks may be declared in any order, so it repeats until nothing changes.
func (t *tally) settle() []labs.Result {
	var settled []labs.Result
	for changed := true; changed; {
		changed = false
		for i, check := range t.variant.Checks {
			if t.final[check.ID] || !t.judged[check.ID] || slices.ContainsFunc(check.Needs, t.pending) {
				continue
			}
			t.skip(check, &t.report.Checks[i])
			t.final[check.ID], changed = true, true
			settled = append(settled, t.report.Checks[i])
		}
	}
	return settled
}

// pending reports whether the result of a check may still change.
func (t *tally) pending(id string) bool {
	return !t.final[id] && slices.ContainsFunc(t.variant.Checks, func(c labs.Check) bool { return c.ID == id })
}

// skip marks a check as skipped if one that it needs has not passed.
func (t *tally) skip(check labs.Check, result *labs.Result) {
	for _, need := range check.Needs {
		i := slices.IndexFunc(t.report.Checks, func(r labs.Result) bool { return r.ID == need })
		if i >= 0 && t.report.Checks[i].Verdict == labs.Passed {
			continue
		}
		title := need
		if i >= 0 {
			title = t.report.Checks[i].Title
		}
		result.Verdict, result.Defect, result.Blocked = labs.Skipped, "", false
		result.Message = fmt.Sprintf("Waits for: %s.", title)
		return
	}
}
