//go:build engine

package stage_test

import (
	"context"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"testing"
	"time"

	"endstate/internal/enginetest"
	"endstate/labs"
)

// A lab that is handed over as it was set up is the same exercise as one from a snapshot. A reset
// goes back to the beginning, with nothing of what the learner did.
func TestStartNewHandsOverAsSetUp(t *testing.T) {
	t.Parallel()
	for _, name := range []string{enginetest.Git, enginetest.MySQL, enginetest.MongoDB} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := enginetest.Open(t)
			v := r.Variant(name, r.NewSeed())
			lab := startNew(t, r, v, r.Owner)
			if kept := r.OwnSnapshots(t.Context()); len(kept) > 0 {
				t.Errorf("the start made the snapshots %v", kept)
			}
			found, err := r.Find(t.Context(), r.Owner, name)
			if err != nil || !found.Whole || !found.Running() || !found.Handed() {
				t.Errorf("the lab is found as %+v, %v", found, err)
			}
			if report := r.Grade(lab, v); !report.Graded() || *report.Score != 0 || report.Harm() > 0 {
				t.Errorf("the untouched lab scores %+v", report)
			}
			first := factsOf(t, r, lab)
			r.Solve(lab, v)
			r.Passes(lab, v)
			fresh, err := r.Reset(t.Context(), lab, v, nil)
			if err != nil {
				t.Fatal(err)
			}
			if report := r.Grade(fresh, v); !report.Graded() || *report.Score != 0 || report.Harm() > 0 {
				t.Errorf("after the reset, the lab scores %+v", report)
			}
			if second := factsOf(t, r, fresh); second != first {
				t.Errorf("the facts differ when the lab is set up twice:\n%s\n%s", first, second)
			}
			r.Solve(fresh, v)
			r.Passes(fresh, v)
			if err := r.Engine.Remove(t.Context(), fresh); err != nil {
				t.Fatal(err)
			}
			if left := r.Left(t.Context()); len(left) > 0 {
				t.Errorf("the lab leaves %v behind", left)
			}
		})
	}
}

// A lab that was set up in its own hosts can be saved and put back like any other: it is whole
// afterwards, and a sweep leaves it alone.
func TestSavedStateOfALabThatWasSetUp(t *testing.T) {
	t.Parallel()
	r := enginetest.Open(t)
	v := r.Variant(enginetest.Git, r.NewSeed())
	lab := startNew(t, r, v, r.Owner)
	r.Learner(lab, "echo kept > ~/mine")
	if err := r.Save(t.Context(), lab, "mine", nil); err != nil {
		t.Fatal(err)
	}
	r.Learner(lab, "rm ~/mine")
	if _, err := r.ResetTo(t.Context(), lab, v, "mine", nil); err != nil {
		t.Fatal(err)
	}
	removed, err := r.Sweep(t.Context(), nil)
	if err != nil || len(removed) > 0 {
		t.Errorf("the sweep removed %v, %v", removed, err)
	}
	found, err := r.Find(t.Context(), r.Owner, v.Name)
	if err != nil || !found.Whole || !found.Handed() {
		t.Fatalf("after going back, the lab is %+v, %v", found, err)
	}
	if status, out := r.Learner(found, "cat ~/mine"); status != 0 || out != "kept" {
		t.Errorf("what was saved is %q (%d)", out, status)
	}
	if report := r.Grade(found, v); !report.Graded() {
		t.Errorf("it can't be graded: %+v", report)
	}
}

// Somebody else's lab of the variant shows that a snapshot is worth its time.
func TestStartNewOfASharedVariantMakesASnapshot(t *testing.T) {
	t.Parallel()
	r := enginetest.Open(t)
	v := r.Variant(enginetest.Git, r.NewSeed())
	first := startNew(t, r, v, r.Owner)
	second := startNew(t, r, v, r.Owner+"/2")
	if kept := r.OwnSnapshots(t.Context()); len(kept) != 1 {
		t.Errorf("two learners share %d snapshots", len(kept))
	}
	if _, err := r.StartNew(t.Context(), v, r.Owner, time.Hour, nil); err == nil {
		t.Error("a learner has two labs of a scenario")
	}
	for _, lab := range []*labs.Lab{first, second} {
		r.Solve(lab, v)
		r.Passes(lab, v)
		if err := r.Engine.Remove(t.Context(), lab); err != nil {
			t.Fatal(err)
		}
	}
}

// While a lab is set up, it does not count as handed over, and an interruption leaves nothing.
func TestSetUpInterruptedLeavesNothing(t *testing.T) {
	t.Parallel()
	r := enginetest.Open(t)
	begun := time.Now()
	lab := startNew(t, r, r.Variant(enginetest.MySQL, r.NewSeed()), r.Owner)
	whole := time.Since(begun)
	if err := r.Engine.Remove(t.Context(), lab); err != nil {
		t.Fatal(err)
	}
	for range 5 {
		moment := rand.N(whole)
		ctx, cancel := context.WithTimeoutCause(t.Context(), moment, errMoment)
		lab, err := r.StartNew(ctx, r.Variant(enginetest.MySQL, r.NewSeed()), r.Owner, time.Hour, func(event labs.Event) {
			found, err := r.Find(t.Context(), r.Owner, enginetest.MySQL)
			if event.Step != labs.RunSetup || event.State != labs.StepBegan {
				return
			}
			if err != nil || found.Handed() || found.Whole {
				t.Errorf("while it is set up, the lab is found as %+v, %v", found, err)
			} else if err := r.Revive(t.Context(), found, r.Variant(enginetest.MySQL, found.Seed), nil); err == nil {
				t.Error("somebody enters the lab while it is set up")
			}
		})
		cancel()
		switch {
		case err == nil:
			if err := r.Engine.Remove(t.Context(), lab); err != nil {
				t.Fatal(err)
			}
		case !errors.Is(err, errMoment) && !errors.Is(err, context.DeadlineExceeded):
			t.Errorf("interrupted after %v, the start fails with %v", moment, err)
		}
		if left := r.Left(t.Context()); len(left) > 0 {
			t.Errorf("interrupted after %v, the start leaves %v behind", moment, left)
		}
	}
}

func startNew(t *testing.T, r *enginetest.Runner, v *labs.Variant, owner string) *labs.Lab {
	t.Helper()
	lab, err := r.StartNew(t.Context(), v, owner, time.Hour, nil)
	if err != nil {
		t.Fatal(err)
	}
	return lab
}

func factsOf(t *testing.T, r *enginetest.Runner, lab *labs.Lab) string {
	t.Helper()
	record, err := r.Snapshots.Record(t.Context(), lab)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(record.Facts)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
