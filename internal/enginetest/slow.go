//go:build engine

package enginetest

import (
	"context"
	"slices"
	"time"

	"github.com/docker/docker/api/types/container"

	"endstate/labs"
)

// Slow is a quota of 2 % of a processor, for [Runner.Throttle].
const Slow = 2000

// Throttle limits each host of a lab to a quota of processor time, in microseconds per 100
// milliseconds.
func (r *Runner) Throttle(lab *labs.Lab, quota int64) {
	r.t.Helper()
	for _, host := range lab.Hosts {
		update := container.UpdateConfig{Resources: container.Resources{CPUPeriod: 100_000, CPUQuota: quota}}
		if _, err := r.API.ContainerUpdate(r.t.Context(), host.ID, update); err != nil {
			r.t.Fatal(err)
		}
	}
}

// Patient grades a lab and waits up to ten minutes.
func (r *Runner) Patient(lab *labs.Lab, v *labs.Variant) *labs.Report {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.t.Context(), 10*time.Minute)
	defer cancel()
	report, err := r.Check(ctx, lab, v)
	if err != nil {
		r.t.Fatal(err)
	}
	return report
}

// Same fails the test unless every verdict of a report equals the one before, or is ungraded.
func (r *Runner) Same(before, after *labs.Report) {
	r.t.Helper()
	if after.Harm() != before.Harm() || after.Held != before.Held {
		r.t.Errorf("harm %d, held back %d; before %d and %d", after.Harm(), after.Held, before.Harm(), before.Held)
	}
	old := slices.Concat(before.Checks, before.Guards)
	for i, result := range slices.Concat(after.Checks, after.Guards) {
		r.t.Logf("%s is %s after %v %s", result.ID, result.Verdict, result.Took.Round(time.Millisecond), result.Message)
		if result.Verdict != old[i].Verdict && result.Verdict != labs.Ungraded {
			r.t.Errorf("%s is %s, and was %s", result.ID, result.Verdict, old[i].Verdict)
		}
	}
}
