//go:build engine

package main

import (
	"path/filepath"
	"strings"
	"testing"

	"endstate/labs/all"
)

// A new scenario proves its grader as it stands, at two seeds, on every topic.
func TestNewScenariosProve(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	for _, family := range all.Families() {
		if family.Skeleton == nil {
			continue
		}
		folder := filepath.Join(t.TempDir(), "new-"+family.Name)
		if end := m.run("new", folder, "--topic", family.Name); end.status != 0 {
			t.Fatalf("%s: status %d\n%s", family.Name, end.status, end.err)
		}
		end := m.run("prove", "new-"+family.Name, "--scenarios", folder, "--seeds", "2")
		if end.status != 0 || !strings.Contains(end.out, " proofs, 0 wrong\n") || strings.Count(end.out, "✓") < 2*8 {
			t.Errorf("%s: status %d\n%s%s", family.Name, end.status, end.out, end.err)
		}
	}
}
