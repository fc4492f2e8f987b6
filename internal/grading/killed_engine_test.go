//go:build engine

package grading_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/docker/docker/api/types/container"

	"endstate/internal/enginetest"
	"endstate/labs"
)

func TestHostStoppedFromOutsideLeavesChecksUngraded(t *testing.T) {
	t.Parallel()
	grace := 5 // seconds
	for name, strike := range map[string]func(context.Context, *enginetest.Runner, string) error{
		"killed": func(ctx context.Context, r *enginetest.Runner, id string) error {
			return r.API.ContainerKill(ctx, id, "KILL")
		},
		"stopped": func(ctx context.Context, r *enginetest.Runner, id string) error {
			return r.API.ContainerStop(ctx, id, container.StopOptions{Timeout: &grace})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := enginetest.Open(t)
			v := r.Variant(enginetest.MySQL, enginetest.Seed)
			lab := r.Lab(v)
			if err := strike(t.Context(), r, r.HostID(lab, "db")); err != nil {
				t.Fatal(err)
			}
			report := r.Grade(lab, v)
			result := r.Result(report, "database-exists")
			if report.Graded() || result.Verdict != labs.Ungraded || !strings.Contains(result.Message, "outside") ||
				!slices.ContainsFunc(result.Acts, func(act labs.Act) bool { return act.Name == "reset" && act.Scenario == v.Name }) {
				t.Errorf("database-exists is %s: %s; acts %v; score %v", result.Verdict, result.Message, result.Acts, report.Score)
			}
			if result := r.Result(report, "dump-unchanged"); result.Verdict != labs.Passed {
				t.Errorf("dump-unchanged does not need the host, but is %s: %s", result.Verdict, result.Message)
			}
			found, err := r.Find(t.Context(), lab.Owner, lab.Scenario)
			if err != nil {
				t.Fatal(err)
			}
			if host, err := found.Host("db"); err != nil || host.State != labs.HostStopped {
				t.Errorf("the host is listed as %+v, %v", host, err)
			}
			mended, err := r.Reset(t.Context(), found, v, nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Solve(mended, v)
			r.Passes(mended, v)
		})
	}
}

func TestHostRemovedFromOutsideIsReportedAndReset(t *testing.T) {
	t.Parallel()
	r := enginetest.Open(t)
	v := r.Variant(enginetest.MySQL, enginetest.Seed)
	lab := r.Lab(v)
	if err := r.API.ContainerRemove(t.Context(), r.HostID(lab, "db"), container.RemoveOptions{Force: true}); err != nil {
		t.Fatal(err)
	}
	found, err := r.Find(t.Context(), lab.Owner, lab.Scenario)
	if err != nil {
		t.Fatal(err)
	}
	report, err := r.Check(t.Context(), found, v)
	if err == nil || !strings.Contains(err.Error(), "incomplete") {
		t.Errorf("checking a lab without one of its hosts: %+v, %v", report, err)
	}
	mended, err := r.Reset(t.Context(), found, v, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Solve(mended, v)
	r.Passes(mended, v)
}

// A damaged lab may still hold work, so only an explicit command removes it.
func TestDamagedLabStays(t *testing.T) {
	t.Parallel()
	for _, gone := range []string{labs.Workspace, "db"} {
		t.Run("without "+gone, func(t *testing.T) {
			t.Parallel()
			r := enginetest.Open(t)
			v := r.Variant(enginetest.MySQL, enginetest.Seed)
			lab := r.Lab(v)
			if err := r.API.ContainerRemove(t.Context(), r.HostID(lab, gone), container.RemoveOptions{Force: true}); err != nil {
				t.Fatal(err)
			}
			var problem *labs.Problem
			if _, err := r.Start(t.Context(), r.Variant(enginetest.MySQL, enginetest.Seed+1), r.Owner, time.Hour, nil); !errors.As(err, &problem) ||
				!strings.Contains(problem.What, "has lost a host") || len(problem.Acts) == 0 || problem.Acts[0].Name != "reset" {
				t.Errorf("starting it again: %v", err)
			}
			r.Stage.Engine = later{r.Engine, 20 * time.Minute}
			if swept, err := r.Sweep(t.Context(), nil); len(swept) > 0 || err != nil {
				t.Errorf("20 minutes later, the sweep removed %+v, %v", swept, err)
			}
			if found, err := r.Find(t.Context(), lab.Owner, lab.Scenario); err != nil || !found.Damaged() || len(found.Hosts) != 1 {
				t.Errorf("the lab is listed as %+v, %v", found, err)
			}
		})
	}
}

// later is an engine whose clock is ahead.
type later struct {
	labs.Engine
	by time.Duration
}

func (e later) Now() time.Time { return e.Engine.Now().Add(e.by) }
