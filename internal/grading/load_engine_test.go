//go:build engine

package grading_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"endstate/internal/enginetest"
	"endstate/internal/grading"
	"endstate/labs"
)

// counts holds how many verdicts were right, ungraded and wrong, and how long each check took.
type counts struct {
	mu                     sync.Mutex
	right, ungraded, wrong int
	took                   []time.Duration
}

// judge compares the verdicts of a report with those that a proof states, and counts them.
func (c *counts) judge(t *testing.T, when string, proof labs.Proof, report *labs.Report, took time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.took = append(c.took, took)
	for _, result := range slices.Concat(report.Checks, report.Guards) {
		want := labs.Passed
		switch {
		case slices.Contains(proof.Fails, result.ID):
			want = labs.Failed
		case slices.Contains(proof.Skips, result.ID):
			want = labs.Skipped
		}
		switch result.Verdict {
		case want:
			c.right++
		case labs.Ungraded:
			c.ungraded++
			t.Logf("%s: %s is ungraded: %s", when, result.ID, result.Message)
		default:
			c.wrong++
			t.Errorf("%s: %s is %s, not %s: %s", when, result.ID, result.Verdict, want, result.Message)
		}
	}
}

func (c *counts) row(name string) string {
	slices.Sort(c.took)
	return fmt.Sprintf("| %s | %d | %d | %d | %d | %.1f | %.1f |\n", name, len(c.took), c.right, c.ungraded, c.wrong,
		c.took[len(c.took)/2].Seconds(), c.took[len(c.took)-1].Seconds())
}

// loadOf returns the scenarios to run: those that ENDSTATE_LOAD names, or all of them.
func loadOf(t *testing.T, r *enginetest.Runner) []string {
	t.Helper()
	var all []string
	for _, one := range r.Scenarios.List() {
		all = append(all, one.Name)
	}
	switch wanted := os.Getenv("ENDSTATE_LOAD"); wanted {
	case "":
		t.Skip("to run this, set ENDSTATE_LOAD to all, or names of scenarios")
	case "all":
	default:
		all = strings.Fields(wanted)
	}
	return all
}

// TestLoad checks untouched and solved labs, as many in parallel as -parallel says, first
// with unlimited processor time and then with 2 % of one processor. No verdict may be wrong;
// ungraded ones are checked again.
func TestLoad(t *testing.T) {
	names := loadOf(t, enginetest.Open(t))
	table := map[string]*counts{}
	kinds := []string{"untouched", "solved", "untouched, at 2 %", "solved, at 2 %"}
	for _, kind := range kinds {
		table[kind] = &counts{}
	}
	t.Run("labs", func(t *testing.T) {
		for _, name := range names {
			for _, quota := range []int64{0, enginetest.Slow} {
				t.Run(fmt.Sprintf("%s at %d", name, quota), func(t *testing.T) {
					t.Parallel()
					play(t, name, quota, table)
				})
			}
		}
	})
	var out strings.Builder
	out.WriteString("| labs | checks | verdicts right | ungraded | wrong | median, s | slowest, s |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: |\n")
	for _, kind := range kinds {
		if len(table[kind].took) > 0 {
			out.WriteString(table[kind].row(kind))
		}
	}
	t.Logf("%d scenarios", len(names))
	logRows(t, out.String())
}

// logRows logs rows of the table and appends them to the file that ENDSTATE_LOAD_TABLE names.
func logRows(t *testing.T, rows string) {
	t.Helper()
	t.Logf("\n%s", rows)
	path := os.Getenv("ENDSTATE_LOAD_TABLE")
	if path == "" {
		return
	}
	file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err == nil {
		_, err = file.WriteString(rows)
		err = errors.Join(err, file.Close())
	}
	if err != nil {
		t.Error(err)
	}
}

// TestClass checks ENDSTATE_LOAD_CLASS solved labs at the same moment. None may be ungraded.
func TestClass(t *testing.T) {
	n, err := strconv.Atoi(os.Getenv("ENDSTATE_LOAD_CLASS"))
	if err != nil {
		t.Skip("to run this, set ENDSTATE_LOAD_CLASS to the number of labs in a class")
	}
	class := make([]*enginetest.Runner, n)
	all := make([]*labs.Lab, n)
	for i := range class {
		class[i] = enginetest.Open(t)
		v := class[i].Variant(enginetest.Git, enginetest.Seed)
		all[i] = class[i].Lab(v)
		class[i].Solve(all[i], v)
	}
	var found counts
	var running sync.WaitGroup
	for i, r := range class {
		v := r.Variant(enginetest.Git, enginetest.Seed)
		running.Go(func() {
			begun := time.Now()
			report, err := r.Check(t.Context(), all[i], v)
			if err != nil {
				t.Error(err)
				return
			}
			found.judge(t, all[i].Owner, labs.Proof{}, report, time.Since(begun))
		})
	}
	running.Wait()
	if found.ungraded > 0 {
		t.Errorf("%d verdicts are ungraded", found.ungraded)
	}
	logRows(t, found.row(fmt.Sprintf("%d solved Git labs at the same moment", n)))
}

// play checks one lab of a scenario, untouched and solved.
func play(t *testing.T, name string, quota int64, table map[string]*counts) {
	r := enginetest.Open(t)
	v := r.Variant(name, r.NewSeed())
	lab := r.Lab(v)
	kind := ""
	if quota > 0 {
		kind = ", at 2 %"
	}
	look := func(when string, proof labs.Proof) {
		if quota > 0 {
			r.Throttle(lab, quota)
			defer r.Throttle(lab, 200_000)
		}
		for range 3 {
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
			begun := time.Now()
			report, err := r.Check(ctx, lab, v)
			cancel()
			if err != nil {
				t.Fatal(err)
			}
			table[when+kind].judge(t, when, proof, report, time.Since(begun))
			if report.Graded() {
				break
			}
		}
	}
	look("untouched", grading.Plays(v)[0][0])
	r.Solve(lab, v)
	look("solved", labs.Proof{})
}
