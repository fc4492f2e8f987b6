//go:build engine

package main

import (
	"fmt"
	"strings"
	"testing"

	"endstate/internal/enginetest"
)

// The script that `solution` shows works as it is in the learner's own shell, which has no
// params.
func TestSolutionShownSolvesTheLab(t *testing.T) {
	t.Parallel()
	for _, name := range []string{enginetest.Git, enginetest.MySQL} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMachine(t)
			m.must("start", name, "--no-shell", "--seed", fmt.Sprint(enginetest.Seed))
			_, script, _ := strings.Cut(m.must("solution", "--yes").out, "```bash\n")
			script, _, found := strings.Cut(script, "```")
			if !found {
				t.Fatalf("solution shows no script:\n%s", script)
			}
			lab := m.lab(t)
			if status, out := m.Learner(lab, script); status != 0 {
				t.Errorf("exit status %d:\n%s\n%s", status, script, out)
			}
			if end := m.must("check"); !strings.Contains(end.out, "100 of 100") {
				t.Errorf("the check afterwards:\n%s", end.out)
			}
			m.must("stop")
		})
	}
}
