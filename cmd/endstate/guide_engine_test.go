//go:build engine

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Following a guide to the letter gives a scenario that proves its grader.
func TestGuidesProve(t *testing.T) {
	t.Parallel()
	for _, g := range guides {
		t.Run(g.scenario, func(t *testing.T) {
			t.Parallel()
			folder := g.write(t)
			end := newMachine(t).run(g.command(t, "prove", folder)...)
			if end.status != 0 || !strings.Contains(end.out, g.proofs+", 0 wrong") {
				t.Errorf("status %d\n%s%s", end.status, end.out, end.err)
			}
		})
	}
}

// A wrong statement in a proof is found, and the earlier proofs in the same lab are not blamed.
func TestProveFindsWrongStatements(t *testing.T) {
	t.Parallel()
	folder := gitGuide.write(t)
	path := filepath.Join(folder, "git-wrong-branch", "scenario.yaml")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	wrong := strings.Replace(string(text), "fails: [release-kept]", "fails: [off-main]", 1)
	if err := os.WriteFile(path, []byte(wrong), 0o644); err != nil {
		t.Fatal(err)
	}
	end := newMachine(t).run("prove", "git-wrong-branch", "--scenarios", folder, "--seeds", "1", "--proof", "moved")
	if end.status != 1 {
		t.Errorf("status %d\n%s", end.status, end.err)
	}
	for _, says := range []string{
		"· untouched ", "✓ git-wrong-branch · seed ", "· solution ", "✗ git-wrong-branch · seed ", "· all branches moved ",
		": off-main is passed, not failed\n", ": release-kept is failed, not passed: ", "\n3 proofs, 1 wrong\n",
	} {
		if !strings.Contains(end.out, says) {
			t.Errorf("the output lacks %q:\n%s", says, end.out)
		}
	}
}
