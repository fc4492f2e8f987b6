package author

import (
	"errors"
	"path/filepath"
	"testing"

	"endstate/internal/desk"
	"endstate/labs"
)

// How a scenario grades is for authors only: a learner would read the solution.
func TestLearnersSeeNoGrading(t *testing.T) {
	d := New(desk.New(desk.Config{}))
	learner := labs.Learner{Name: "ada", Role: labs.RoleLearner}
	_, rendered := d.Render(learner, "any", 1, "")
	_, observed := d.Observe(t.Context(), learner, "any", "", nil)
	_, created := d.New(learner, filepath.Join(t.TempDir(), "mine"), "git")
	_, added := d.AddCollection(t.Context(), learner, t.TempDir(), nil)
	for what, err := range map[string]error{"render": rendered, "observe": observed, "new": created, "add": added} {
		var problem *labs.Problem
		if !errors.As(err, &problem) || problem.Code != labs.CodeForbidden {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := d.Render(labs.Learner{Name: "ada", Role: labs.RoleAuthor}, "any", 1, ""); err == nil || errors.As(err, new(*labs.Problem)) && err.(*labs.Problem).Code != labs.CodeNotFound {
		t.Errorf("an author: %v", err)
	}
}
