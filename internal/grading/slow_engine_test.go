//go:build engine

package grading_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/docker/docker/api/types/container"

	"endstate/internal/enginetest"
	"endstate/labs"
)

// twoPercent is 2 % of a processor, as a quota in microseconds per 100 milliseconds.
const twoPercent = 2000

// hold limits the hosts of a lab to a quota of the processor.
func hold(t *testing.T, r *enginetest.Runner, lab *labs.Lab, quota int64) {
	t.Helper()
	for _, host := range lab.Hosts {
		update := container.UpdateConfig{Resources: container.Resources{CPUPeriod: 100_000, CPUQuota: quota}}
		if _, err := r.API.ContainerUpdate(t.Context(), host.ID, update); err != nil {
			t.Fatal(err)
		}
	}
}

// same fails the test unless every verdict of a report equals the one before, or is ungraded.
func same(t *testing.T, when string, before, after *labs.Report) {
	t.Helper()
	if after.Harm() != before.Harm() || after.Held != before.Held {
		t.Errorf("%s: harm %d, held back %d; before %d and %d", when, after.Harm(), after.Held, before.Harm(), before.Held)
	}
	old := slices.Concat(before.Checks, before.Guards)
	for i, result := range slices.Concat(after.Checks, after.Guards) {
		t.Logf("%s: %s is %s after %v %s", when, result.ID, result.Verdict, result.Took.Round(time.Millisecond), result.Message)
		if result.Verdict != old[i].Verdict && result.Verdict != labs.Ungraded {
			t.Errorf("%s: %s is %s, and was %s", when, result.ID, result.Verdict, old[i].Verdict)
		}
	}
}

// patient checks a lab until it can be graded.
func patient(t *testing.T, r *enginetest.Runner, lab *labs.Lab, v *labs.Variant) *labs.Report {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	report, err := r.Check(ctx, lab, v)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func TestSlownessCostsNoPoints(t *testing.T) {
	t.Parallel()
	for _, name := range []string{enginetest.MySQL, enginetest.MongoDB, enginetest.Git} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := enginetest.Open(t)
			v := r.Variant(name, enginetest.Seed)
			lab := r.Lab(v)
			untouched := r.Grade(lab, v)
			hold(t, r, lab, twoPercent)
			same(t, "untouched", untouched, patient(t, r, lab, v))
			hold(t, r, lab, 100_000)
			r.Solve(lab, v)
			r.Passes(lab, v)
			solved := r.Grade(lab, v)
			hold(t, r, lab, twoPercent)
			same(t, "solved", solved, patient(t, r, lab, v))
		})
	}
}

// The grader waits for a server that was restarted from outside, as by a reboot.
func TestGraderWaitsForARestartedServer(t *testing.T) {
	t.Parallel()
	for name, strike := range map[string]func(context.Context, *enginetest.Runner, string) error{
		"restarted": func(ctx context.Context, r *enginetest.Runner, id string) error {
			return r.API.ContainerRestart(ctx, id, container.StopOptions{})
		},
		"killed and started": func(ctx context.Context, r *enginetest.Runner, id string) error {
			if err := r.API.ContainerKill(ctx, id, "KILL"); err != nil {
				return err
			}
			return r.API.ContainerStart(ctx, id, container.StartOptions{})
		},
	} {
		for _, scenario := range []string{enginetest.MySQL, enginetest.MongoDB} {
			t.Run(name+" "+scenario, func(t *testing.T) {
				t.Parallel()
				r := enginetest.Open(t)
				v := r.Variant(scenario, enginetest.Seed)
				lab := r.Lab(v)
				r.Solve(lab, v)
				for range 2 {
					if err := strike(t.Context(), r, r.HostID(lab, "db")); err != nil {
						t.Fatal(err)
					}
					r.Passes(lab, v)
				}
			})
		}
	}
}

// A server that its learner shuts down comes back, and the grader waits for it too.
func TestServerShutDownByItsLearnerComesBack(t *testing.T) {
	t.Parallel()
	r := enginetest.Open(t)
	v := r.Written(strings.NewReplacer("IMAGE", "mysql", "LOOK", "mysql: SELECT 1 AS one, expect: rows.size() == 1").Replace(fragile))
	lab := r.Lab(v)
	for range 3 {
		r.Execute(lab, "db", labs.Command{Args: []string{"bash", "-c", "kill -KILL $(pidof mysqld)"}})
		r.Passes(lab, v)
	}
}
