//go:build engine

package main

import (
	"fmt"
	"strings"
	"testing"

	"endstate/internal/enginetest"
)

// What `solution` shows as a script is typed as it stands into the learner's own shell,
// which knows nothing of params.
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
				t.Fatalf("no script is shown:\n%s", script)
			}
			lab := m.lab(t)
			if status, out := m.Learner(lab, script); status != 0 {
				t.Errorf("it ends with %d:\n%s\n%s", status, script, out)
			}
			if end := m.must("check"); !strings.Contains(end.out, "100 of 100") {
				t.Errorf("it leaves\n%s", end.out)
			}
			m.must("stop")
		})
	}
}
