package rehearse

import (
	"errors"
	"strings"
	"testing"
	"time"

	"endstate/internal/desk"
	"endstate/internal/practice"
	"endstate/internal/rehearsal"
	"endstate/internal/scenario"
	"endstate/labs"
	"endstate/labs/all"
	"endstate/scenarios"
)

// study is a desk with the real store and the bank, whose clock the test sets.
type study struct {
	*testing.T
	*Desk
	now time.Time
}

func newStudy(t *testing.T) *study {
	t.Helper()
	s := &study{T: t, now: time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)}
	base := desk.New(desk.Config{
		Families: all.Families(), Scenarios: []scenario.Root{{Files: scenarios.Files}},
		Clock: func() time.Time { return s.now }, Settings: desk.Settings{Home: t.TempDir()},
	})
	t.Cleanup(base.Close)
	s.Desk = New(base)
	return s
}

var ada, bob = labs.Learner{Name: "ada"}, labs.Learner{Name: "bob"}

const answer = "I'm a back-end developer. I have built two billing services, and I enjoy making slow systems fast. I am here because your team works on what I want to learn."

func (s *study) write(which rehearsal.Which, text string) *Rehearsal {
	s.Helper()
	r, err := s.Write(s.Context(), ada, which, text)
	if err != nil {
		s.Fatal(err)
	}
	return r
}

func (s *study) recite(which rehearsal.Which, hidden int, said string) int {
	s.Helper()
	r, err := s.Open(s.Context(), ada, which)
	if err != nil {
		s.Fatal(err)
	}
	found, err := s.Recite(s.Context(), ada, r, hidden, time.Minute, said)
	if err != nil {
		s.Fatal(err)
	}
	return found.Percent()
}

// A learner writes an answer, learns it step by step, and is told when to say it again.
func TestScriptIsLearned(t *testing.T) {
	s, which := newStudy(t), rehearsal.Which{Question: 1}
	if r, err := s.Open(t.Context(), ada, which); err != nil || r.Script != nil || r.Guide == nil || r.Subject == "" {
		t.Fatalf("before it is written: %+v, %v", r, err)
	}
	r := s.write(which, answer)
	if len(r.Remarks) != 1 || r.Remarks[0].Kind != rehearsal.Length || r.Step != 0 {
		t.Errorf("remarks %+v, step %d", r.Remarks, r.Step)
	}
	if s.Sheet(r, 0) != answer || s.Sheet(r, 50) == answer || s.Sheet(r, rehearsal.Free) != "" {
		t.Errorf("the sheet at half: %q", s.Sheet(r, 50))
	}
	for i, hidden := range rehearsal.Steps {
		if r, _ = s.Open(t.Context(), ada, which); r.Step != hidden {
			t.Fatalf("step %d is %d, want %d", i, r.Step, hidden)
		}
		if got := s.recite(which, hidden, answer); got != 100 {
			t.Errorf("all was said: %d%%", got)
		}
	}
	s.now = s.now.Add(25 * time.Hour)
	s.recite(which, rehearsal.Free, answer)
	r, err := s.Open(t.Context(), ada, which)
	if err != nil || r.Review.State != practice.Mastered || r.Review.Due == nil || !r.Review.Due.After(s.now) || r.Review.Best != 100 {
		t.Errorf("after two good recitals a day apart: %+v, %v", r.Review, err)
	}
	if got := s.recite(which, rehearsal.Free, "I'm a developer."); got > 20 {
		t.Errorf("little was said: %d%%", got)
	}
	if r, _ = s.Open(t.Context(), ada, which); r.Review.State != practice.Shaky || r.Step != 100 {
		t.Errorf("after a bad one: %+v, step %d", r.Review, r.Step)
	}
}

// Scripts of several companies and tones stand beside each other, and only their owner sees them.
func TestScriptsAreApart(t *testing.T) {
	s := newStudy(t)
	company := &rehearsal.Company{Name: "Kestrel Ltd", Projects: "They publish Kestrel, a billing system"}
	if err := s.WriteCompany(t.Context(), ada, company); err != nil {
		t.Fatal(err)
	}
	ways := []rehearsal.Which{{Question: 2}, {Question: 2, Tone: "formal"}, {Question: 2, Company: "Kestrel Ltd"}, {Scenario: "git-merge-conflict"}}
	for i, which := range ways {
		s.write(which, strings.Repeat(answer+" ", i+1))
	}
	for i, which := range ways {
		r, err := s.Open(t.Context(), ada, which)
		if err != nil || strings.Count(r.Script.Text, "billing") != i+1 {
			t.Errorf("%+v: %+v, %v", which, r, err)
		}
		if other, err := s.Open(t.Context(), bob, rehearsal.Which{Question: which.Question, Scenario: which.Scenario, Tone: which.Tone}); err != nil || other.Script != nil {
			t.Errorf("another learner sees %+v: %+v, %v", which, other, err)
		}
	}
	if _, err := s.Open(t.Context(), bob, ways[2]); !isProblem(err, labs.CodeNotFound) {
		t.Errorf("another learner's company: %v", err)
	}
	if err := s.Remove(t.Context(), bob, ways[0]); err == nil {
		t.Error("another learner removed a script")
	}
	if err := s.Remove(t.Context(), ada, ways[0]); err != nil {
		t.Error(err)
	}
	if r, _ := s.Open(t.Context(), ada, ways[1]); r.Script == nil {
		t.Error("the other tone went too")
	}
}

func isProblem(err error, code string) bool {
	var problem *labs.Problem
	return errors.As(err, &problem) && problem.Code == code
}

func TestWhatIsRefused(t *testing.T) {
	s := newStudy(t)
	for name, c := range map[string]struct {
		which rehearsal.Which
		text  string
	}{
		"no such question": {rehearsal.Which{Question: 17}, answer},
		"no such scenario": {rehearsal.Which{Scenario: "nowhere"}, answer},
		"no such company":  {rehearsal.Which{Question: 2, Company: "Nowhere"}, answer},
		"empty":            {rehearsal.Which{Question: 1}, " \n"},
		"too long":         {rehearsal.Which{Question: 1}, strings.Repeat("word ", maxScript)},
		"tone of lines":    {rehearsal.Which{Question: 1, Tone: "a\nb"}, answer},
	} {
		_, err := s.Write(t.Context(), ada, c.which, c.text)
		var problem *labs.Problem
		if !errors.As(err, &problem) || !problem.Usage {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := s.WriteCompany(t.Context(), ada, &rehearsal.Company{Name: " "}); err == nil {
		t.Error("a company without a name was stored")
	}
}

// All questions are listed, each with what can be done about it.
func TestQuestions(t *testing.T) {
	s := newStudy(t)
	next := func(number int) labs.Act {
		t.Helper()
		rows, err := s.Questions(t.Context(), ada)
		if err != nil || len(rows) != 16 {
			t.Fatalf("%d rows, %v", len(rows), err)
		}
		return rows[number-1].Next
	}
	if act := next(1); act.Name != labs.ActRehearse || act.Question != 1 {
		t.Errorf("an unwritten answer: %+v", act)
	}
	if act := next(11); act.Name != labs.ActStart || act.Scenario != "git-merge-conflict" {
		t.Errorf("untried labs: %+v", act)
	}
	s.write(rehearsal.Which{Question: 1}, answer)
	if act := next(1); act.Name != labs.ActRehearse {
		t.Errorf("a script never said: %+v", act)
	}
	s.recite(rehearsal.Which{Question: 1}, rehearsal.Free, answer)
	if act := next(1); act.Name != "" {
		t.Errorf("a script that is not due: %+v", act)
	}
	s.now = s.now.Add(365 * 24 * time.Hour)
	if act := next(1); act.Name != labs.ActRehearse {
		t.Errorf("a script that is due: %+v", act)
	}
}
