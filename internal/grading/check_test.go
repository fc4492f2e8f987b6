package grading

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"endstate/internal/site"
	"endstate/labs"
	"endstate/labs/kit"

	"github.com/google/go-cmp/cmp"
)

// seen is a look that observes its value or fails with its error.
type seen struct {
	value any
	err   error
}

func (s seen) Variable() string                               { return "seen" }
func (s seen) Observe(context.Context, kit.Site) (any, error) { return s.value, s.err }

// equals expects the observation to equal the fact with the check's ID.
type equals struct{ err error }

func (e equals) Holds(b labs.Bindings) (bool, error) {
	id, _ := b["id"].(string)
	facts, _ := b["facts"].(map[string]any)
	return cmp.Equal(b["seen"], facts[id]), e.err
}

// saying is a message that shows the observation.
type saying struct{ err error }

func (s saying) Text(b labs.Bindings) (string, error) {
	return fmt.Sprintf(" saw %v ", b["seen"]), s.err
}

func assertion(id string, look labs.Look) labs.Assertion {
	return labs.Assertion{ID: id, Title: "title of " + id, Look: look, Expect: equals{}, Otherwise: saying{}}
}

func roundOf(v *labs.Variant, facts map[string]any) round {
	return round{site: site.Opener{}.Open(site.Subject{Lab: &labs.Lab{Scenario: v.Name}, Record: labs.Record{Facts: facts}}, nil), variant: v}
}

func gradeOf(v *labs.Variant, facts map[string]any) *labs.Report {
	r := roundOf(v, facts)
	report := &labs.Report{Checks: make([]labs.Result, len(v.Checks)), Guards: make([]labs.Result, len(v.Guards))}
	r.grade(context.Background(), report, nil)
	report.Charge(nil, false)
	return report
}

func verdicts(r *labs.Report) map[string]labs.Verdict {
	all := map[string]labs.Verdict{}
	for _, result := range r.Results() {
		all[result.ID] = result.Verdict
	}
	return all
}

func score(r *labs.Report) string {
	if r.Score == nil {
		return "none"
	}
	return fmt.Sprint(*r.Score)
}

// Each result is emitted once, as it is in the report: that of a check only after those of the checks
// that it needs.
func TestResultsAreEmittedWhenTheyAreFinal(t *testing.T) {
	v := &labs.Variant{
		Checks: []labs.Check{
			{Assertion: assertion("last", seen{value: 1}), Needs: []string{"middle"}, Points: 20},
			{Assertion: assertion("middle", seen{value: 1}), Needs: []string{"first"}, Points: 30},
			{Assertion: assertion("first", seen{value: 2}), Points: 50},
		},
		Guards: []labs.Guard{{Assertion: assertion("guard", seen{value: 1}), Costs: 10}},
	}
	r := roundOf(v, map[string]any{"last": 1, "middle": 1, "first": 1, "guard": 1})
	report := &labs.Report{Checks: make([]labs.Result, 3), Guards: make([]labs.Result, 1)}
	var order []string
	emitted := map[string]labs.Result{}
	r.grade(t.Context(), report, func(e labs.Event) {
		for _, result := range e.Results {
			order = append(order, result.ID)
			emitted[result.ID] = result
		}
	})
	for _, want := range report.Results() {
		if diff := cmp.Diff(want, emitted[want.ID]); diff != "" {
			t.Errorf("what was emitted of %s is not what was reported: %s", want.ID, diff)
		}
	}
	if checks := slices.DeleteFunc(order, func(id string) bool { return id == "guard" }); !slices.Equal(checks, []string{"first", "middle", "last"}) {
		t.Errorf("emitted in the order %v", order)
	}
	if got := emitted["last"]; got.Verdict != labs.Skipped || got.Points != 20 {
		t.Errorf("the check that waits was emitted as %+v", got)
	}
}

func TestGrade(t *testing.T) {
	right, wrong := seen{value: 1}, seen{value: 2}
	facts := map[string]any{"a": int64(1), "b": int64(1), "c": int64(1), "g": int64(1)}
	stopped := seen{err: &kit.Obstacle{Message: "The server is stopped."}}
	gone := seen{err: &labs.Problem{What: "The engine is gone", Advice: "Start it."}}
	check := func(id string, points int, look labs.Look, needs ...string) labs.Check {
		return labs.Check{Assertion: assertion(id, look), Points: points, Needs: needs}
	}
	guard := func(look labs.Look) []labs.Guard { return []labs.Guard{{Assertion: assertion("g", look), Costs: 30}} }

	cases := map[string]struct {
		variant labs.Variant
		want    map[string]labs.Verdict
		score   string
	}{
		"all right": {
			labs.Variant{Checks: []labs.Check{check("a", 60, right), check("b", 40, right)}, Guards: guard(right)},
			map[string]labs.Verdict{"a": labs.Passed, "b": labs.Passed, "g": labs.Passed},
			"100",
		},
		"partial credit": {
			labs.Variant{Checks: []labs.Check{check("a", 60, right), check("b", 40, wrong)}},
			map[string]labs.Verdict{"a": labs.Passed, "b": labs.Failed},
			"60",
		},
		"harm costs": {
			labs.Variant{Checks: []labs.Check{check("a", 60, right), check("b", 40, right)}, Guards: guard(wrong)},
			map[string]labs.Verdict{"a": labs.Passed, "b": labs.Passed, "g": labs.Failed},
			"70",
		},
		"never below 0": {
			labs.Variant{Checks: []labs.Check{check("a", 20, right), check("b", 80, wrong)}, Guards: guard(wrong)},
			map[string]labs.Verdict{"a": labs.Passed, "b": labs.Failed, "g": labs.Failed},
			"0",
		},
		"one mistake is explained once, down the whole chain": {
			labs.Variant{Checks: []labs.Check{check("a", 20, wrong), check("b", 30, right, "a"), check("c", 50, right, "b")}},
			map[string]labs.Verdict{"a": labs.Failed, "b": labs.Skipped, "c": labs.Skipped},
			"0",
		},
		"needs may be declared in any order": {
			labs.Variant{Checks: []labs.Check{check("c", 50, wrong, "b"), check("b", 30, right, "a"), check("a", 20, wrong)}},
			map[string]labs.Verdict{"a": labs.Failed, "b": labs.Skipped, "c": labs.Skipped},
			"0",
		},
		"a learner's broken system is a failed check": {
			labs.Variant{Checks: []labs.Check{check("a", 60, stopped), check("b", 40, right)}},
			map[string]labs.Verdict{"a": labs.Failed, "b": labs.Passed},
			"40",
		},
		"a grader that can't look gives no score": {
			labs.Variant{Checks: []labs.Check{check("a", 60, gone), check("b", 40, right)}},
			map[string]labs.Verdict{"a": labs.Ungraded, "b": labs.Passed},
			"none",
		},
		"a guard that the grader can't check gives no score": {
			labs.Variant{Checks: []labs.Check{check("a", 100, right)}, Guards: guard(gone)},
			map[string]labs.Verdict{"a": labs.Passed, "g": labs.Ungraded},
			"none",
		},
		"a guard that the learner's system makes impossible to check is not broken, and its cost is held back": {
			labs.Variant{Checks: []labs.Check{check("a", 100, right)}, Guards: guard(stopped)},
			map[string]labs.Verdict{"a": labs.Passed, "g": labs.Skipped},
			"70",
		},
		"a guard whose table is gone is broken": {
			labs.Variant{Checks: []labs.Check{check("a", 100, right)}, Guards: guard(seen{err: &kit.Obstacle{Message: "There is no such table.", Finding: true}})},
			map[string]labs.Verdict{"a": labs.Passed, "g": labs.Failed},
			"70",
		},
		"a value that can't be observed is the grader's mistake": {
			labs.Variant{Checks: []labs.Check{check("a", 100, seen{value: struct{}{}})}},
			map[string]labs.Verdict{"a": labs.Ungraded},
			"none",
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			report := gradeOf(&c.variant, facts)
			if diff := cmp.Diff(c.want, verdicts(report)); diff != "" {
				t.Errorf("verdicts (-want +got):\n%s", diff)
			}
			if got := score(report); got != c.score {
				t.Errorf("score %s, want %s", got, c.score)
			}
			if report.Passed() != (c.score == "100") {
				t.Errorf("Passed() = %v at score %s", report.Passed(), c.score)
			}
		})
	}
}

// Every verdict that is not passed has a reason its reader understands.
func TestGradeMessages(t *testing.T) {
	broken := assertion("broken", seen{value: 2})
	broken.Otherwise = saying{err: errors.New("no such key")}
	odd := assertion("odd", seen{value: 2})
	odd.Expect = equals{err: errors.New("it costs too much")}
	silent := assertion("silent", seen{value: 2})
	silent.Otherwise = nil
	v := &labs.Variant{Checks: []labs.Check{
		{Assertion: assertion("failed", seen{value: 2})},
		{Assertion: assertion("waits", seen{value: 2}), Needs: []string{"failed"}},
		{Assertion: assertion("stopped", seen{err: fmt.Errorf("dial: %w", &kit.Obstacle{Message: "It is stopped."})})},
		{Assertion: assertion("gone", seen{err: &labs.Problem{What: "The engine is gone", Advice: "Start it."}})},
		{Assertion: broken},
		{Assertion: odd},
		{Assertion: silent},
	}}
	want := map[string]string{
		"failed": "saw 2", "waits": "Waits for: title of failed.", "stopped": "It is stopped.",
		"gone": "The engine is gone\nStart it.", "broken": "saw 2", "odd": "expectation of odd: it costs too much", "silent": "",
	}
	got := map[string]string{}
	defects := ""
	for _, result := range gradeOf(v, nil).Checks {
		got[result.ID] = result.Message
		defects += result.Defect
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("messages (-want +got):\n%s", diff)
	}
	if defects != "its message can't be rendered: no such key" {
		t.Errorf("defects: %q, want the one message that can't be rendered", defects)
	}
}

func TestHeldBackIsNotHarm(t *testing.T) {
	report := &labs.Report{
		Checks: []labs.Result{{Verdict: labs.Passed, Points: 100}},
		Guards: []labs.Result{{Verdict: labs.Skipped, Blocked: true, Points: 30}, {Verdict: labs.Failed, Points: 10}},
	}
	report.Charge(nil, false)
	if score(report) != "60" || report.Harm() != 10 || report.Held != 30 || report.Passed() || !report.Blocked() {
		t.Errorf("score %s, harm %d, held back %d, passed %v, blocked %v", score(report), report.Harm(), report.Held, report.Passed(), report.Blocked())
	}
}

// examined is an expectation and a message with mistakes and notes for their author.
type examined struct{ mistakes, notes []string }

func (e examined) Holds(labs.Bindings) (bool, error) {
	return false, &labs.Unfit{Reason: "a text is no number"}
}
func (e examined) Text(labs.Bindings) (string, error)               { return "Wrong.", nil }
func (e examined) Examine(labs.Bindings) (mistakes, notes []string) { return e.mistakes, e.notes }

// An expectation that gets values it was not written for fails its check and reports a
// defect. Its notes are collected only in proofs.
func TestUnfitFails(t *testing.T) {
	a := assertion("a", seen{value: 2})
	a.Expect, a.Otherwise = examined{notes: []string{"no key `m`"}}, examined{mistakes: []string{"no key `x`"}}
	r := roundOf(&labs.Variant{}, nil)
	got := r.judge(t.Context(), a)
	if got.Verdict != labs.Failed || got.Message != "Wrong." || got.Defect != "a text is no number" || len(got.Notes) > 0 {
		t.Errorf("a check: %+v", got)
	}
	r.examining = true
	if got = r.judge(t.Context(), a); got.Verdict != labs.Failed || len(got.Notes) != 1 {
		t.Errorf("a proof: %+v", got)
	}
	wrong := compare(labs.Proof{Name: "solution"}, &labs.Report{Checks: []labs.Result{got}})
	if len(wrong) != 2 || !strings.Contains(wrong[0], "Its expectation ran into: no key `m`") || wrong[1] != "a: a text is no number" {
		t.Errorf("the proof reports %q", wrong)
	}
}

func TestCharge(t *testing.T) {
	report := &labs.Report{Checks: []labs.Result{{Verdict: labs.Passed, Points: 100}}}
	report.Charge([]labs.Hint{{Costs: 5}, {Costs: 10}}, true)
	if got := score(report); got != "85" || report.Help() != 15 || !report.Assisted {
		t.Errorf("score %s, help %d, assisted %v; want 85, 15, true", got, report.Help(), report.Assisted)
	}
	report.Checks[0].Verdict = labs.Ungraded
	report.Charge(nil, false)
	if report.Graded() {
		t.Errorf("an ungraded report has the score %s", score(report))
	}
}

// A proof must get exactly the verdicts that it states.
func TestCompare(t *testing.T) {
	report := &labs.Report{
		Checks: []labs.Result{{ID: "a", Verdict: labs.Failed, Message: "why"}, {ID: "b", Verdict: labs.Skipped}, {ID: "c", Verdict: labs.Passed}},
		Guards: []labs.Result{{ID: "g", Verdict: labs.Passed}},
	}
	cases := map[string]struct {
		fails, skips []string
		wrong        []string // the beginning of each line
	}{
		"as stated":           {[]string{"a"}, []string{"b"}, nil},
		"fails more":          {nil, []string{"b"}, []string{"a is failed, not passed"}},
		"fails less":          {[]string{"a", "c"}, []string{"b"}, []string{"c is passed, not failed"}},
		"a guard should fail": {[]string{"a", "g"}, []string{"b"}, []string{"g is passed, not failed"}},
		"skipped, not failed": {[]string{"a", "b"}, nil, []string{"b is skipped, not failed"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			wrong := compare(labs.Proof{Name: "p", Fails: c.fails, Skips: c.skips}, report)
			if len(wrong) != len(c.wrong) {
				t.Fatalf("wrong: %q, want %q", wrong, c.wrong)
			}
			for i := range wrong {
				if !strings.HasPrefix(wrong[i], c.wrong[i]) {
					t.Errorf("wrong: %q, want %q", wrong[i], c.wrong[i])
				}
			}
		})
	}
}

// In an untouched lab no check passes and every guard holds.
func TestUntouched(t *testing.T) {
	v := &labs.Variant{
		Checks: []labs.Check{{Assertion: labs.Assertion{ID: "a"}}, {Assertion: labs.Assertion{ID: "b"}, Needs: []string{"a"}}},
		Proofs: []labs.Proof{{Name: labs.Solution}, {Name: "spoilt", GoesOn: true}, {Name: "other way"}, {Name: "near miss"}},
	}
	want := []Play{
		{{Name: labs.Untouched, Fails: []string{"a"}, Skips: []string{"b"}}, {Name: labs.Solution}, {Name: "spoilt", GoesOn: true}},
		{{Name: "other way"}},
		{{Name: "near miss"}},
	}
	if diff := cmp.Diff(want, Plays(v)); diff != "" {
		t.Errorf("plays (-want +got):\n%s", diff)
	}
	for name, length := range map[string]int{labs.Untouched: 1, labs.Solution: 2, "spoilt": 3, "near miss": 0} {
		if got := Plays(v)[0].Until(func(p labs.Proof) bool { return p.Name == name }); len(got) != length {
			t.Errorf("until %s: %d proofs, want %d", name, len(got), length)
		}
	}
}

func TestCheckTellsHowFarItIs(t *testing.T) {
	v := &labs.Variant{
		Checks: []labs.Check{{Assertion: assertion("one", seen{value: 1})}, {Assertion: assertion("two", seen{value: 2})}},
		Guards: []labs.Guard{{Assertion: assertion("kept", seen{value: 3})}},
	}
	var mu sync.Mutex
	var done []int64
	emit := func(e labs.Event) {
		mu.Lock()
		defer mu.Unlock()
		if e.State == labs.StepMoved && e.Total == 3 {
			done = append(done, e.Done)
		}
	}
	r := roundOf(v, nil)
	r.grade(t.Context(), &labs.Report{Checks: make([]labs.Result, 2), Guards: make([]labs.Result, 1)}, emit)
	slices.Sort(done)
	if !slices.Equal(done, []int64{1, 2, 3}) {
		t.Errorf("progress of three looks: %v", done)
	}
}
