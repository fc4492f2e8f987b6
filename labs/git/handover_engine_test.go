//go:build engine

package git_test

import (
	"testing"

	"endstate/internal/enginetest"
)

// Files from a snapshot have new inodes. Git must not take them for modified, or it may
// refuse the learner's first command.
func TestFilesAreAsTheIndexHasThem(t *testing.T) {
	t.Parallel()
	r := enginetest.Open(t)
	v := r.Variant("git-undo-merge", enginetest.Seed)
	lab := r.Lab(v)
	if status, out := r.Learner(lab, "cd ~/*/ && git diff-files --exit-code --name-status"); status != 0 {
		t.Errorf("modified from the beginning:\n%s", out)
	}
	if status, out := r.Learner(lab, "cd ~/*/ && echo >> README.md && git diff-files --quiet"); status != 1 {
		t.Errorf("what was modified is not noticed: status %d, %s", status, out)
	}
}
