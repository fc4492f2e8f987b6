//go:build engine

package main

import (
	"strings"
	"testing"
)

// Doing exactly what the guide says gives a scenario that proves its grader.
func TestGuideProves(t *testing.T) {
	t.Parallel()
	folder := writeGuide(t)
	m := newMachine(t)
	end := m.run(guideCommand(t, "prove", folder)...)
	if end.status != 0 || !strings.Contains(end.out, "24 proofs, 0 wrong") {
		t.Errorf("status %d\n%s%s", end.status, end.out, end.err)
	}
}
