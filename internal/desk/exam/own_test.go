package exam

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"endstate/internal/attempts"
	"endstate/internal/desk"
	"endstate/internal/exams"
	"endstate/labs"
)

var (
	grace = labs.Learner{Name: "grace", Role: labs.RoleExaminer}
	alan  = labs.Learner{Name: "alan", Role: labs.RoleExaminer}
	root  = labs.Learner{Name: "root", Role: labs.RoleAdmin}
	ada   = labs.Learner{Name: "ada"}
)

func codeOf(err error) string {
	var problem *labs.Problem
	if errors.As(err, &problem) {
		return problem.Code
	}
	return ""
}

func second(_ exams.View, err error) error { return err }

// An examiner keeps blueprints that have no mistakes, and replaces and removes them once they have agreed.
// They exist for nobody else.
func TestOwnBlueprints(t *testing.T) {
	d, ctx := deskAt(t, t.TempDir(), time.Now), t.Context()
	if _, err := d.KeepBlueprint(ctx, ada, "class", "x", true); codeOf(err) != labs.CodeForbidden {
		t.Errorf("a learner keeps one: %v", err)
	}
	for _, name := range []string{"", "a/b", "a.yaml", "taste", strings.Repeat("x", 41)} {
		if _, err := d.KeepBlueprint(ctx, grace, name, "title: x", true); codeOf(err) != labs.CodeMisuse {
			t.Errorf("the name %q: %v", name, err)
		}
	}
	if _, err := d.KeepBlueprint(ctx, grace, "class", strings.Repeat("#", mostBlueprint+1), true); codeOf(err) != labs.CodeMisuse {
		t.Errorf("a text that is too long: %v", err)
	}
	review, err := d.KeepBlueprint(ctx, grace, "class", "title: Class\npass: 500\n", true)
	if err != nil || len(review.Mistakes) == 0 || !strings.HasPrefix(review.Mistakes.Error(), "class.yaml:") {
		t.Fatalf("a blueprint with mistakes: %+v, %v", review, err)
	}
	if own, err := d.Own(ctx, grace); err != nil || len(own) != 0 {
		t.Errorf("it was kept: %+v, %v", own, err)
	}
	store, err := d.parts.Memory(ctx, grace)
	if err == nil {
		err = store.KeepBlueprint(ctx, attempts.Blueprint{Name: "class", Text: "title: Class\n", Changed: time.Now()})
	}
	if err != nil {
		t.Fatal(err)
	}
	if own, err := d.OwnBlueprint(ctx, grace, "class"); err != nil || own.Text != "title: Class\n" {
		t.Errorf("the blueprint is %+v, %v", own, err)
	}
	for _, who := range []labs.Learner{alan, root, ada} {
		if _, err := d.OwnBlueprint(ctx, who, "class"); codeOf(err) != labs.CodeNotFound {
			t.Errorf("%s: %v", who.Name, err)
		}
		if err := d.RemoveBlueprint(ctx, who, "class", true); codeOf(err) != labs.CodeNotFound {
			t.Errorf("%s removes it: %v", who.Name, err)
		}
	}
	var asks *desk.Unconfirmed
	if err := d.RemoveBlueprint(ctx, grace, "class", false); !errors.As(err, &asks) {
		t.Errorf("removing it asks nothing: %v", err)
	}
	if err := d.RemoveBlueprint(ctx, grace, "class", true); err != nil {
		t.Error(err)
	}
	if _, err := d.OwnBlueprint(ctx, grace, "class"); codeOf(err) != labs.CodeNotFound {
		t.Errorf("it remains: %v", err)
	}
}

// Only who assigned an exam decides about it, or an admin; about one that nobody assigned, whoever
// started it, if they are an examiner.
func TestWhoDecides(t *testing.T) {
	d, ctx := deskAt(t, t.TempDir(), time.Now), t.Context()
	add := func(who labs.Learner, examiner string) int64 {
		store, err := d.parts.Memory(ctx, who)
		s := sitting(0, "Ada", time.Now())
		s.Examiner = examiner
		if err == nil {
			err = store.AddExam(ctx, s)
		}
		if err != nil {
			t.Fatal(err)
		}
		return s.ID
	}
	assigned, own, private := add(ada, "grace"), add(grace, ""), add(labs.Learner{Name: "bob"}, "")
	test := add(alan, "grace") // an examiner who is a candidate
	for _, c := range []struct {
		who  labs.Learner
		may  []int64
		code map[int64]string
	}{
		{grace, []int64{test, own, assigned}, map[int64]string{private: labs.CodeNotFound}},
		{root, []int64{test, private, own, assigned}, nil},
		{alan, nil, map[int64]string{assigned: labs.CodeNotFound, own: labs.CodeNotFound, test: labs.CodeForbidden}},
		{ada, nil, map[int64]string{assigned: labs.CodeForbidden, own: labs.CodeNotFound, private: labs.CodeNotFound}},
	} {
		for _, id := range c.may {
			if v, err := d.Examine(ctx, c.who, Which{ID: id}); err != nil || v.ID != id {
				t.Errorf("%s may not decide about exam %d: %v", c.who.Name, id, err)
			}
		}
		for id, code := range c.code {
			_, looks := d.Examine(ctx, c.who, Which{ID: id})
			_, extends := d.Extend(ctx, c.who, Which{ID: id}, exams.Allowance{Time: time.Minute}, "", false, nil)
			_, pauses := d.Pause(ctx, c.who, Which{ID: id}, "", nil)
			_, ends := d.End(ctx, c.who, Which{ID: id}, "", false, nil)
			_, again := d.GradeAgain(ctx, c.who, Which{ID: id}, nil)
			_, accepts := d.Accept(ctx, c.who, Which{ID: id}, 1, true, nil)
			_, comments := d.Comment(ctx, c.who, Which{ID: id}, 1, "x", false, nil)
			for what, err := range map[string]error{"looks at": looks, "extends": extends, "pauses": pauses, "ends": ends, "grades": again, "accepts": accepts, "comments on": comments} {
				if codeOf(err) != code {
					t.Errorf("%s %s exam %d: %v, not %s", c.who.Name, what, id, err, code)
				}
			}
			if d.Decides(ctx, c.who, Which{ID: id}) {
				t.Errorf("%s decides about exam %d", c.who.Name, id)
			}
		}
		found, err := d.Examined(ctx, c.who)
		if !c.who.SeesOthers() {
			if codeOf(err) != labs.CodeForbidden {
				t.Errorf("%s sees %+v, %v", c.who.Name, found, err)
			}
			continue
		}
		var ids []int64
		for _, v := range found {
			ids = append(ids, v.ID)
		}
		if err != nil || len(ids) != len(c.may) {
			t.Errorf("%s sees the exams %v, not %v: %v", c.who.Name, ids, c.may, err)
		}
	}
	var asks *desk.Unconfirmed
	if _, err := d.Extend(ctx, grace, Which{ID: assigned}, exams.Allowance{Time: 10 * time.Minute}, "", false, nil); !errors.As(err, &asks) || !strings.Contains(asks.Question, "Give Ada 10 min more?") {
		t.Errorf("extra time asks %v", err)
	}
	for what, err := range map[string]error{
		"too much time":              second(d.Extend(ctx, grace, Which{ID: assigned}, exams.Allowance{Time: 5 * time.Hour}, "", false, nil)),
		"time that is not a number":  second(d.Extend(ctx, grace, Which{ID: assigned}, exams.Allowance{Percent: math.NaN()}, "", false, nil)),
		"a grade that is not late":   second(d.Accept(ctx, grace, Which{ID: assigned}, 1, false, nil)),
		"a comment before the end":   second(d.Comment(ctx, grace, Which{ID: assigned}, 1, "x", false, nil)),
		"a comment with a character": second(d.Comment(ctx, grace, Which{ID: assigned}, 1, "\x1b", false, nil)),
	} {
		if codeOf(err) != labs.CodeMisuse {
			t.Errorf("%s is not refused before it is asked about: %v", what, err)
		}
	}
}
