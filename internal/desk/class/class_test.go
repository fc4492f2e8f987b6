package class

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"endstate/internal/attempts"
	"endstate/internal/classes"
	"endstate/internal/desk"
	"endstate/internal/exams"
	"endstate/internal/recording"
	"endstate/labs"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

var (
	grace = labs.Learner{Name: "grace", Role: labs.RoleExaminer}
	alan  = labs.Learner{Name: "alan", Role: labs.RoleExaminer}
	root  = labs.Learner{Name: "root", Role: labs.RoleAdmin}
	ada   = labs.Learner{Name: "ada"}
)

// school is a room with a clock.
type school struct {
	*testing.T
	*Desk
	now time.Time
}

func newSchool(t *testing.T) *school {
	s := &school{T: t, now: noon}
	d := desk.New(desk.Config{Clock: func() time.Time { return s.now }, Settings: desk.Settings{Home: t.TempDir()}})
	t.Cleanup(d.Close)
	s.Desk = New(d)
	return s
}

func (s *school) group(who labs.Learner, watch bool, members ...string) *classes.Group {
	s.Helper()
	g, err := s.Create(s.Context(), who, "Monday of "+who.Name, members, watch)
	if err != nil {
		s.Fatal(err)
	}
	return g
}

// begins lets a learner start a lab now, and returns their store and the attempt.
func (s *school) begins(who labs.Learner, scenario string, seed uint64) (*attempts.View, *attempts.Attempt) {
	s.Helper()
	store, err := s.parts.Memory(s.Context(), who)
	if err != nil {
		s.Fatal(err)
	}
	lab := &labs.Lab{ID: who.Name + scenario, Owner: who.Name, Scenario: scenario, Seed: seed, Started: s.now, Expires: s.now.Add(8 * time.Hour)}
	a, err := store.Begin(s.Context(), lab, attempts.About{Scenario: labs.Scenario{Name: scenario, Title: "The " + scenario, Hash: "x"}})
	if err != nil {
		s.Fatal(err)
	}
	return store, a
}

// checks adds a check that came to a score.
func (s *school) checks(store *attempts.View, a *attempts.Attempt, score int) {
	s.Helper()
	if err := store.AddCheck(s.Context(), a, &labs.Report{At: s.now, Score: &score, Total: 100}); err != nil {
		s.Fatal(err)
	}
}

// works lets somebody work for a time: a key a minute.
func (s *school) works(store *attempts.View, a *attempts.Attempt, minutes int) {
	s.Helper()
	for range minutes {
		s.now = s.now.Add(time.Minute)
		if err := store.NoteWork(s.Context(), a, s.now); err != nil {
			s.Fatal(err)
		}
	}
}

func (s *school) refused(what, code string, err error) {
	s.Helper()
	var problem *labs.Problem
	if !errors.As(err, &problem) || problem.Code != code {
		s.Errorf("%s: %v, not %s", what, err, code)
	}
}

func (s *school) place(who labs.Learner, group int64) Place {
	s.Helper()
	all, err := s.Live(s.Context(), who, group)
	if err != nil || len(all) != 1 {
		s.Fatalf("the live view is %+v: %v", all, err)
	}
	return all[0]
}

// The live view says where somebody is, and that they are stuck after ten minutes at work without a gain;
// pauses don't count.
func TestLive(t *testing.T) {
	s := newSchool(t)
	g := s.group(grace, false, "ada")
	if p := s.place(grace, g.ID); p.Scenario != "" || p.Member != "ada" {
		t.Errorf("before anything, ada is at %+v", p)
	}
	store, a := s.begins(ada, "first", 7)
	s.works(store, a, 4)
	s.checks(store, a, 40)
	gained := s.now
	s.works(store, a, 9)
	s.checks(store, a, 40)
	p := s.place(grace, g.ID)
	if p.Title != "The first" || !p.Since.Equal(noon) || p.Last == nil || p.Last.Score != 40 || !p.Last.At.After(gained) || p.Without != 9*time.Minute || p.Stuck() || p.Attached {
		t.Errorf("after 9 minutes without a gain: %+v %+v", p, p.Last)
	}
	s.now = s.now.Add(time.Hour) // at lunch
	if p := s.place(grace, g.ID); p.Stuck() {
		t.Errorf("at lunch they are stuck: %+v", p)
	}
	s.works(store, a, 2)
	if p := s.place(grace, g.ID); !p.Stuck() || p.Without != 10*time.Minute {
		t.Errorf("after 10 minutes at work without a gain: %+v", p)
	}
	s.checks(store, a, 100)
	s.works(store, a, 20)
	if p := s.place(grace, g.ID); p.Stuck() {
		t.Errorf("whoever has solved it is stuck: %+v", p)
	}
	if _, err := store.Enter(s.Context(), a, "workspace", "", s.now); err != nil {
		t.Fatal(err)
	}
	if p := s.place(grace, g.ID); !p.Attached || p.Visible {
		t.Errorf("with a terminal: %+v", p)
	}
	_, err := s.Live(s.Context(), alan, g.ID)
	s.refused("another teacher", labs.CodeNotFound, err)
}

// A score that comes after the date is late, but not if it only equals one that came in time.
func TestGradebook(t *testing.T) {
	s := newSchool(t)
	g := s.group(grace, false, "ada", "bob")
	s.begins(ada, "first", 7) // before it was assigned
	s.now = s.now.Add(time.Minute)
	a := &classes.Assignment{Group: g.ID, Title: "Week 1", Scenarios: []string{"first", "second"}, Seed: 7, Opens: s.now, Due: s.now.Add(time.Hour)}
	all, err := s.parts.Memory(s.Context(), grace)
	if err == nil {
		err = all.AddAssignment(s.Context(), a, s.now)
	}
	if err != nil {
		t.Fatal(err)
	}
	other, wrong := s.begins(ada, "first", 8) // at another seed
	s.checks(other, wrong, 100)
	s.now = s.now.Add(time.Minute)
	store, one := s.begins(ada, "first", 7)
	s.works(store, one, 3)
	s.checks(store, one, 60)
	s.checks(store, one, 20)
	cell := func() classes.Work {
		t.Helper()
		book, err := s.Gradebook(s.Context(), grace, g.ID)
		if err != nil || len(book.Rows) != 2 || len(book.Columns) != 2 || book.Rows[1].Works[0].Attempts != 0 || book.Rows[0].Works[1].Attempts != 0 {
			t.Fatalf("the gradebook is %+v: %v", book, err)
		}
		return book.Rows[0].Works[0]
	}
	if w := cell(); w.Attempts != 1 || *w.Best != 60 || *w.Last != 20 || w.Late || w.Spent != 3*time.Minute || w.Attempt != one.ID || !w.Running {
		t.Errorf("in time: %+v", w)
	}
	s.now = a.Due.Add(time.Minute)
	s.checks(store, one, 60)
	if w := cell(); *w.Best != 60 || w.Late {
		t.Errorf("as good again, too late: %+v", w)
	}
	s.checks(store, one, 61)
	if w := cell(); *w.Best != 61 || !w.Late {
		t.Errorf("better, too late: %+v", w)
	}
	_, err = s.Gradebook(s.Context(), alan, g.ID)
	s.refused("another teacher", labs.CodeNotFound, err)
	if _, err := s.Gradebook(s.Context(), root, g.ID); err != nil {
		t.Errorf("an admin: %v", err)
	}
}

// Each member has a seed of their own, always the same one.
func TestSeeds(t *testing.T) {
	each, same := &classes.Assignment{ID: 1, Seed: 7, Each: true}, &classes.Assignment{ID: 1, Seed: 7}
	found := map[uint64]bool{}
	for _, name := range strings.Split("abcdefghij", "") {
		seed := each.SeedFor(name, desk.MaxSeed)
		if seed < 1 || seed > desk.MaxSeed || seed != each.SeedFor(name, desk.MaxSeed) || same.SeedFor(name, desk.MaxSeed) != 7 {
			t.Errorf("%s has the seed %d", name, seed)
		}
		found[seed] = true
	}
	if len(found) < 9 {
		t.Errorf("ten members have %d seeds", len(found))
	}
}

// Messages go to members of one's own groups, and stay until their recipient has read them.
func TestMessages(t *testing.T) {
	s := newSchool(t)
	g := s.group(grace, false, "ada", "bob")
	ctx := context.Background()
	if names, err := s.Send(ctx, grace, g.ID, "", " Well done "); err != nil || !slices.Equal(names, []string{"ada", "bob"}) {
		t.Fatalf("a message to all goes to %v: %v", names, err)
	}
	if _, err := s.Send(ctx, grace, g.ID, "ada", "Look at the log"); err != nil {
		t.Fatal(err)
	}
	_, err := s.Send(ctx, grace, g.ID, "eve", "Hello")
	s.refused("to a stranger", labs.CodeNotFound, err)
	_, err = s.Send(ctx, alan, g.ID, "ada", "Hello")
	s.refused("from another teacher", labs.CodeNotFound, err)
	_, err = s.Send(ctx, grace, g.ID, "ada", " \n")
	s.refused("empty", labs.CodeMisuse, err)
	mine, err := s.Messages(ctx, ada)
	if err != nil || len(mine) != 2 || mine[0].Text != "Well done" || mine[0].From != "grace" || mine[1].Text != "Look at the log" {
		t.Fatalf("ada has %+v: %v", mine, err)
	}
	if err := s.Read(ctx, labs.Learner{Name: "bob"}, mine[0].ID); err != nil {
		t.Fatal(err)
	}
	if again, _ := s.Messages(ctx, ada); len(again) != 2 {
		t.Error("bob has read ada's message")
	}
	if err := s.Read(ctx, ada, mine[0].ID); err != nil {
		t.Fatal(err)
	}
	if again, _ := s.Messages(ctx, ada); len(again) != 1 {
		t.Errorf("ada has %+v after reading one", again)
	}
}

// A terminal can be watched by who leads a group that was created for it, and while it is open.
func TestWatch(t *testing.T) {
	s := newSchool(t)
	ctx := context.Background()
	open, closed := s.group(grace, true, "ada"), s.group(alan, false, "ada")
	if names, err := s.Watchers(ctx, ada); err != nil || !slices.Equal(names, []string{"grace"}) {
		t.Fatalf("ada is told that %v may watch: %v", names, err)
	}
	store, a := s.begins(ada, "first", 7)
	name := a.UID + "-1.cast"
	r, err := recording.Create(filepath.Join(s.parts.Recordings(), name), 80, 24, "", "xterm", func() time.Time { return s.now })
	if err != nil {
		t.Fatal(err)
	}
	visit, err := store.Enter(ctx, a, "workspace", name, s.now)
	if err != nil {
		t.Fatal(err)
	}
	r.Output([]byte("$ make me"))
	if !s.place(grace, open.ID).Visible || s.place(root, open.ID).Visible || s.place(alan, closed.ID).Visible {
		t.Error("the live view offers the terminal to others than the leader of the group that allows it")
	}
	all, err := s.Terminals(ctx, grace, open.ID, "ada")
	if err != nil || len(all) != 1 || all[0].Host != "workspace" {
		t.Fatalf("the terminals are %+v: %v", all, err)
	}
	first, err := s.Watch(ctx, grace, open.ID, "ada", all[0].Number, 0)
	if err != nil || len(first.Events) != 1 || first.Events[0].Data != "$ make me" {
		t.Fatalf("the terminal has shown %+v: %v", first, err)
	}
	_, err = s.Terminals(ctx, alan, closed.ID, "ada")
	s.refused("in a group without watching", labs.CodeForbidden, err)
	_, err = s.Terminals(ctx, root, open.ID, "ada")
	s.refused("an admin, of whom ada was not told", labs.CodeForbidden, err)
	_, err = s.Watch(ctx, alan, open.ID, "ada", all[0].Number, 0)
	s.refused("another teacher", labs.CodeNotFound, err)
	_, err = s.Terminals(ctx, grace, open.ID, "eve")
	s.refused("a stranger", labs.CodeNotFound, err)
	if err := store.Leave(ctx, a, visit, s.now); err != nil {
		t.Fatal(err)
	}
	_, err = s.Watch(ctx, grace, open.ID, "ada", all[0].Number, first.Next)
	s.refused("a closed terminal", labs.CodeNotFound, err)
	if _, err := os.Stat(filepath.Join(s.parts.Recordings(), name)); err != nil {
		t.Errorf("the recording is gone: %v", err)
	}
}

// Where there are accounts, members have one.
func TestMembersHaveAccounts(t *testing.T) {
	s := newSchool(t)
	g := s.group(grace, false, "eve")
	store, err := s.parts.Memory(s.Context(), root)
	if err == nil {
		err = store.Invite(s.Context(), &attempts.Invitation{Key: "key", Role: labs.RoleLearner, Created: s.now, Expires: s.now.Add(time.Hour)})
	}
	if err == nil {
		_, err = store.Accept(s.Context(), "key", attempts.Account{Name: "ada", Likeness: "ada", Role: labs.RoleLearner, Created: s.now}, s.now)
	}
	if err != nil {
		t.Fatal(err)
	}
	s.refused("a member without an account", labs.CodeMisuse, s.SetMembers(s.Context(), grace, g.ID, []string{"ada", "eve"}))
	if err := s.SetMembers(s.Context(), grace, g.ID, []string{"ada"}); err != nil {
		t.Error(err)
	}
	if names, err := s.Names(s.Context(), grace); err != nil || !slices.Equal(names, []string{"ada"}) {
		t.Errorf("the accounts are %v: %v", names, err)
	}
	_, err = s.Names(s.Context(), ada)
	s.refused("a learner", labs.CodeForbidden, err)
}

// A member sits an assigned exam once, with the extra time that their teacher gave, which is given once.
func TestAssignedExam(t *testing.T) {
	s := newSchool(t)
	ctx := context.Background()
	g := s.group(grace, false, "ada")
	a := &classes.Assignment{Group: g.ID, Title: "Final", Exam: "taste", Seed: 7, Opens: s.now, Due: s.now.Add(time.Hour), Extra: map[string]time.Duration{"ada": 15 * time.Minute}}
	store, err := s.parts.Memory(ctx, ada)
	if err == nil {
		err = store.AddAssignment(ctx, a, s.now)
	}
	sitting := &exams.Sitting{Candidate: "ada", Blueprint: exams.Blueprint{Name: "taste", Title: "Taste", Minutes: 60, Pass: 60}, Seed: 7, Created: s.now, LabOwner: "ada/exam-x", Current: 1, Questions: []exams.Question{{Number: 1, Scenario: "first", Title: "First", Points: 10, Hints: 2}}}
	if err == nil {
		err = store.AddExam(ctx, sitting)
	}
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if id, err := s.Begin(ctx, ada, a.ID, nil); err != nil || id != sitting.ID {
			t.Fatalf("the exam is %d, not %d: %v", id, sitting.ID, err)
		}
	}
	now, err := store.Exam(ctx, sitting.ID)
	if err != nil || len(now.Extra) != 1 || now.Extra[0].By != "grace" || now.Extra[0].Duration() != 15*time.Minute {
		t.Errorf("the extra time is %+v: %v", now.Extra, err)
	}
	_, err = s.Begin(ctx, labs.Learner{Name: "eve"}, a.ID, nil)
	s.refused("who is no member", labs.CodeNotFound, err)
	_, err = s.ExamReport(ctx, alan, g.ID, sitting.ID)
	s.refused("the report for another teacher", labs.CodeNotFound, err)
	_, err = s.ExamReport(ctx, grace, g.ID, sitting.ID+1)
	s.refused("the report of another exam", labs.CodeNotFound, err)
	book, err := s.Gradebook(ctx, grace, g.ID)
	if err != nil || len(book.Rows) != 1 {
		t.Fatalf("the gradebook is %+v: %v", book, err)
	}
	if w := book.Rows[0].Works[0]; w.Exam != sitting.ID || !w.Running || w.Hints != 2 || w.Attempts != 1 || w.Best != nil {
		t.Errorf("the work is %+v", w)
	}
	for title, wrong := range map[string]classes.Assignment{"needs a topic": {Exam: "topic"}, "has none": {Exam: "taste", Topic: "git"}} {
		wrong.Title = title
		_, err := s.Assign(ctx, grace, g.ID, wrong)
		s.refused(title, labs.CodeMisuse, err)
	}
}

// The report of an attempt is for the teacher in whose gradebook it is.
func TestReport(t *testing.T) {
	s := newSchool(t)
	ctx := context.Background()
	g := s.group(grace, false, "ada")
	other := s.group(alan, false, "ada")
	store, one := s.begins(ada, "first", 7)
	if err := store.AddAssignment(ctx, &classes.Assignment{Group: g.ID, Title: "Week 1", Scenarios: []string{"first"}, Seed: 7, Opens: s.now}, s.now); err != nil {
		t.Fatal(err)
	}
	s.checks(store, one, 60)
	if found, err := s.Report(ctx, grace, g.ID, one.ID); err != nil || found.Story.ID != one.ID {
		t.Errorf("the report is %+v: %v", found, err)
	}
	_, private := s.begins(ada, "second", 7)
	_, err := s.Report(ctx, grace, g.ID, private.ID)
	s.refused("what was not assigned", labs.CodeNotFound, err)
	_, err = s.Report(ctx, alan, other.ID, one.ID)
	s.refused("what another teacher assigned", labs.CodeNotFound, err)
	_, err = s.Report(ctx, alan, g.ID, one.ID)
	s.refused("another teacher's group", labs.CodeNotFound, err)
}
