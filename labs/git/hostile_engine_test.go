//go:build engine

package git_test

import (
	"strings"
	"testing"
	"time"

	"endstate/internal/enginetest"
	"endstate/labs"
)

// Things a learner may leave in a repository that the grader copies out. Each is reported
// as the learner's, and none makes the check hang.
func TestRepositoryThatCanNotBeLookedAt(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, script, message string }{
		{"a file of 2 GB", "truncate --size 2G huge", "larger than"},
		{"many files, large in all", "for i in {1..6}; do head --bytes 30M /dev/zero > big$i; done", "larger than"},
		{"more files than anyone reads", `python3 -c 'for i in range(30000): open(f"f{i}", "w")'`, "more than"},
		{"a folder without end", `python3 -c 'import os
for i in range(300): os.mkdir("d"); os.chdir("d")'`, "too long"},
		{"a pipe that nobody writes", "mkfifo pipe", "is not a file, a folder or a link"},
		{"no repository at all", "cd; rm -rf -- \"$OLDPWD\" */", "There is no"},
		{"a repository that lies elsewhere", "mv .git ../elsewhere && echo 'gitdir: ../elsewhere' > .git", "points elsewhere"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := enginetest.Open(t)
			v := r.Variant(enginetest.Git, enginetest.Seed)
			lab := r.Lab(v)
			r.Solve(lab, v)
			if status, out := r.Learner(lab, "cd ~/*/ && "+test.script); status != 0 {
				t.Fatalf("it can't be left so (%d): %s", status, out)
			}
			begun := time.Now()
			report := r.Grade(lab, v)
			if took := time.Since(begun); took > 40*time.Second {
				t.Errorf("the check took %v", took)
			}
			if !report.Graded() || *report.Score > 0 {
				t.Errorf("the score is %v: %+v", report.Score, report.Checks)
			}
			if result := r.Result(report, "merged"); result.Verdict != labs.Failed || !strings.Contains(result.Message, test.message) {
				t.Errorf("merged is %s: %s", result.Verdict, result.Message)
			}
		})
	}
}
