//go:build engine

package main

import (
	"slices"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"endstate/internal/enginetest"
	"endstate/labs"
)

// runnerKey is the key of a story's runner.
type runnerKey struct{}

// The stories that need an engine, each with an owner of its own.
func TestEngineStories(t *testing.T) {
	t.Parallel()
	words := map[string]word{"learner": playLearner}
	stories(t, "testdata/engine", words, func(env *testscript.Env) error {
		r := enginetest.Open(t)
		env.Values[runnerKey{}] = r
		env.Setenv("ENDSTATE_OWNER", r.Owner)
		env.Setenv("ENDSTATE_CACHE", "1TiB")
		return nil
	})
}

// playLearner plays a script, or the solution, as the learner in the lab of a
// scenario: learner SCENARIO FILE, learner SCENARIO solution.
func playLearner(ts *testscript.TestScript, neg bool, args []string) {
	r, ok := ts.Value(runnerKey{}).(*enginetest.Runner)
	if neg || len(args) != 2 || !ok {
		ts.Fatalf("usage: learner SCENARIO FILE|solution")
	}
	mine, err := r.Labs(r.Context(), r.Owner)
	ts.Check(err)
	i := slices.IndexFunc(mine, func(l *labs.Lab) bool { return l.Scenario == args[0] })
	if i < 0 {
		ts.Fatalf("no lab of %s is running", args[0])
	}
	if args[1] == labs.Solution {
		r.Solve(mine[i], r.Variant(args[0], mine[i].Seed))
		return
	}
	if status, out := r.Learner(mine[i], ts.ReadFile(args[1])); status != 0 {
		ts.Fatalf("%s exits with status %d:\n%s", args[1], status, out)
	}
}
