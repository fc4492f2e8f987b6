//go:build engine

package grading_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"endstate/internal/enginetest"
	"endstate/internal/grading"
	"endstate/internal/site"
	"endstate/labs"
)

// A command that is limited in time, in a host that may wait for it for longer.
const waiting = `
-- scenario.yaml --
hosts:
  workspace: {image: git}
checks:
  - id: runs
    title: The program runs
    points: 100
    run: {image: git, copy: /home/learner/program, command: sh main.sh}
    expect: run.status == 0 && run.stdout == 'done\n'
-- setup/workspace.sh --
install -o learner -d /home/learner/program
`

// A judge with a server beside it.
const waitingWithServer = `
-- scenario.yaml --
hosts:
  workspace: {image: git}
checks:
  - id: runs
    title: The program is there, and so is the server
    points: 100
    run: {image: python, copy: /home/learner/program, judge: hidden/judge.py, server: mysql}
    expect: run.found == [true, 1]
-- hidden/judge.py --
import os

import endstate

endstate.report([os.path.exists("/work/main.sh"), endstate.MySQL().run("SELECT 1 AS n")[0]["n"]])
-- setup/workspace.sh --
install -o learner -d /home/learner/program
`

func TestStandbyKeepsAHostReady(t *testing.T) {
	t.Parallel()
	for name, draw := range map[string]func(*enginetest.Runner) *labs.Variant{
		"a judge":               func(r *enginetest.Runner) *labs.Variant { return r.Variant(enginetest.Git, enginetest.Seed) },
		"a command":             func(r *enginetest.Runner) *labs.Variant { return r.Written(waiting) },
		"a judge with a server": func(r *enginetest.Runner) *labs.Variant { return r.Written(waitingWithServer) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := enginetest.Open(t)
			v := draw(r)
			lab := r.Lab(v)
			r.Grader.Standbys, r.Grader.Sites.Places = &grading.Standbys{}, nil
			standby := r.Grader.StandBy(t.Context(), lab, v)
			first := waitReady(t, r, nil)
			// Longer than a command may be idle.
			time.Sleep(4 * time.Second)
			if still := ready(t, r); !slices.Equal(still, first) {
				t.Errorf("ready were %v, and after a while %v", first, still)
			}
			if name == "a judge" {
				r.Solve(lab, v)
			} else {
				r.Learner(lab, "echo echo done > program/main.sh")
			}
			r.Passes(lab, v)
			second := waitReady(t, r, first)
			standby.Close()
			if left := ready(t, r); len(left) > 0 {
				t.Errorf("ready were %v, then %v, and %v is left", first, second, left)
			}
		})
	}
}

func TestStandbyKeepsAServerReady(t *testing.T) {
	t.Parallel()
	r := enginetest.Open(t)
	servers := &site.Servers{}
	defer servers.Close()
	v := r.Variant(enginetest.MongoDB, enginetest.Seed)
	lab := r.Lab(v)
	r.Grader.Standbys, r.Grader.Sites.Places, r.Grader.Sites.Servers = &grading.Standbys{}, nil, servers
	standby := r.Grader.StandBy(t.Context(), lab, v)
	defer standby.Close()
	first := waitReady(t, r, nil)
	r.Solve(lab, v)
	r.Passes(lab, v)
	if then := ready(t, r); !slices.Equal(first, then) {
		t.Errorf("the check used %v, not the server that was ready: %v", then, first)
	}
}

// forgetful is a snapshot store that has lost all records.
type forgetful struct{ labs.Snapshots }

func (forgetful) Record(context.Context, *labs.Lab) (labs.Record, error) {
	return labs.Record{}, labs.ErrNotFound
}

// A check in a lab where somebody works asks for no record, as the standby has it. A lab that was
// started since may have another record, so its check asks.
func TestStandbyHasTheRecord(t *testing.T) {
	t.Parallel()
	r := enginetest.Open(t)
	v := r.Variant(enginetest.Git, enginetest.Seed)
	lab := r.Lab(v)
	r.Grader.Standbys, r.Grader.Sites.Places = &grading.Standbys{}, nil
	standby := r.Grader.StandBy(t.Context(), lab, v)
	defer standby.Close()
	waitReady(t, r, nil)
	r.Grader.Snapshots = forgetful{r.Grader.Snapshots}
	if report, err := r.Grader.Check(t.Context(), lab, v, nil); err != nil || !report.Graded() {
		t.Errorf("%+v, %v", report, err)
	}
	later := *lab
	later.Started = later.Started.Add(time.Second)
	if _, err := r.Grader.Check(t.Context(), &later, v, nil); !errors.Is(err, labs.ErrNotFound) {
		t.Errorf("a lab that was started since: %v", err)
	}
}

// waitReady waits until hosts of the grader's run that are not among others.
func waitReady(t *testing.T, r *enginetest.Runner, others []string) []string {
	t.Helper()
	for range 200 {
		found := ready(t, r)
		if len(found) > 0 && !slices.ContainsFunc(found, func(id string) bool { return slices.Contains(others, id) }) {
			return found
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatal("no host of the grader's is made ready")
	return nil
}

// ready returns the IDs of the grader's own hosts that run for the test's owner.
func ready(t *testing.T, r *enginetest.Runner) (ids []string) {
	t.Helper()
	all, err := r.Engine.Labs(t.Context(), labs.Which{Owner: r.Owner})
	if err != nil {
		t.Fatal(err)
	}
	for _, lab := range all {
		if lab.Role == labs.RoleScratch && lab.Running() {
			ids = append(ids, lab.Hosts[0].ID)
		}
	}
	return ids
}
