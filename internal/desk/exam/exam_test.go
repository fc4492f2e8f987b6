package exam

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"endstate/internal/desk"
	"endstate/internal/exams"
	"endstate/labs"
)

// shelf is a store of sittings, the latest first.
type shelf struct {
	exams.Store // only what is below is called
	mu          sync.Mutex
	sittings    []*exams.Sitting
}

func (s *shelf) Exams(context.Context) ([]*exams.Sitting, error) { return s.sittings, nil }

func (s *shelf) Exam(_ context.Context, id int64) (*exams.Sitting, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, one := range s.sittings {
		if one.ID == id {
			return one, nil
		}
	}
	return nil, labs.Misuse(fmt.Sprintf("There is no exam %d", id), "")
}

// sitting returns an exam of 30 minutes that is running.
func sitting(id int64, candidate string, started time.Time) *exams.Sitting {
	return &exams.Sitting{
		ID: id, Candidate: candidate, Created: started, Started: started, Current: 1, Blueprint: exams.Blueprint{Minutes: 30},
		Questions: []exams.Question{{Number: 1, Ready: started}, {Number: 2}}, Turns: []exams.Turn{{Question: 1, From: started}},
	}
}

func deskAt(t *testing.T, home string, clock func() time.Time) *Desk {
	t.Helper()
	return deskOf(t, desk.Settings{Home: home}, clock)
}

func deskOf(t *testing.T, settings desk.Settings, clock func() time.Time) *Desk {
	t.Helper()
	base := desk.New(desk.Config{Clock: clock, Settings: settings})
	t.Cleanup(base.Close)
	return New(base, nil)
}

// stores are the settings of desks whose store is new, by the kind of database.
var stores = map[string]func(*testing.T) desk.Settings{"a file": func(t *testing.T) desk.Settings { return desk.Settings{Home: t.TempDir()} }}

// everywhere runs a test with stores in each kind of database.
func everywhere(t *testing.T, test func(t *testing.T, settings desk.Settings)) {
	t.Helper()
	for name, settings := range stores {
		t.Run(name, func(t *testing.T) { test(t, settings(t)) })
	}
}

func TestWhichExamIsMeant(t *testing.T) {
	now := time.Now()
	ada, bob, past := sitting(3, "Ada", now), sitting(2, "Bob", now), sitting(1, "Ada", now.Add(-time.Hour))
	past.End(now)
	d := deskAt(t, t.TempDir(), time.Now)
	for name, test := range map[string]struct {
		sittings []*exams.Sitting
		which    Which
		past     bool
		want     int64 // 0: an error
		says     string
	}{
		"by its number":               {[]*exams.Sitting{ada, bob, past}, Which{ID: 1}, false, 1, ""},
		"a number that no exam has":   {[]*exams.Sitting{ada}, Which{ID: 7}, true, 0, "There is no exam 7"},
		"the only one that runs":      {[]*exams.Sitting{bob, past}, Which{}, false, 2, ""},
		"one of two":                  {[]*exams.Sitting{ada, bob}, Which{}, false, 0, "Several exams are running"},
		"by its candidate":            {[]*exams.Sitting{ada, bob}, Which{Candidate: "Bob"}, false, 2, ""},
		"the latest of the past":      {[]*exams.Sitting{past}, Which{}, true, 1, ""},
		"none runs":                   {[]*exams.Sitting{past}, Which{}, false, 0, "No exam is running"},
		"none of a candidate's runs":  {[]*exams.Sitting{bob, past}, Which{Candidate: "Ada"}, false, 0, "No exam of Ada is running"},
		"a candidate without an exam": {[]*exams.Sitting{ada}, Which{Candidate: "Eve"}, true, 0, "No exam of Eve is running"},
	} {
		s, err := d.find(t.Context(), &shelf{sittings: test.sittings}, test.which, test.past)
		switch {
		case test.want == 0 && (err == nil || err.Error() != test.says):
			t.Errorf("%s: %v, want %q", name, err, test.says)
		case test.want != 0 && (err != nil || s.ID != test.want):
			t.Errorf("%s: %v, %v, want exam %d", name, s, err, test.want)
		}
	}
}

func TestSeveralExamsAreNamed(t *testing.T) {
	err := error(&Several{[]exams.View{{ID: 2, Candidate: "Ada"}, {ID: 3, Candidate: "Bob"}}})
	var problem *labs.Problem
	if !errors.As(err, &problem) || problem.Code != CodeSeveral || !problem.Usage || problem.Advice != "Choose one of: exam 2 (Ada), exam 3 (Bob)" {
		t.Errorf("%+v", problem)
	}
}

func TestQuestionsOfTheEnd(t *testing.T) {
	now := time.Now()
	s := sitting(1, "Ada", now)
	for want, change := range map[string]func(){
		"End the exam with 30 min left, 1 never opened?":            func() {},
		"End the exam with 30 min left, 1 never opened, 1 flagged?": func() { s.Questions[0].Flagged = true },
	} {
		s.Questions[0].Flagged = false
		change()
		if got := askSubmit(s.View(now)); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// Watch warns 10 and 2 minutes before the end, and returns when time is up.
func TestWatchUntilTimeIsUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		s := &Session{desk: deskAt(t, t.TempDir(), time.Now), id: 1}
		s.proctor = &exams.Proctor{Store: &shelf{sittings: []*exams.Sitting{sitting(1, "Ada", begun)}}}
		var warnings []string
		err := s.Watch(t.Context(), func(event labs.Event) {
			warnings = append(warnings, fmt.Sprintf("%v: %v", time.Since(begun).Round(time.Minute), event.Warning))
		})
		if took := time.Since(begun); !errors.Is(err, ErrTimeUp) || took < 30*time.Minute || took > 30*time.Minute+watchPause {
			t.Errorf("after %v: %v", took, err)
		}
		if want := []string{"20m0s: 10 min left", "28m0s: 2 min left"}; !slices.Equal(warnings, want) {
			t.Errorf("it warns %v, want %v", warnings, want)
		}
	})
}

func TestWhyAShellCloses(t *testing.T) {
	now := time.Now()
	running, over, stopped := sitting(1, "", now), sitting(1, "", now), sitting(1, "", now)
	over.End(now)
	stopped.Pauses = []exams.Pause{{From: now, Question: 1, Why: exams.UngradedPause}}
	for _, test := range []struct {
		sitting *exams.Sitting
		at      time.Time
		want    error
	}{
		{running, now, nil}, {running, now.Add(30 * time.Minute), ErrTimeUp}, {over, now, ErrOver}, {stopped, now.Add(time.Minute), ErrStopped},
	} {
		if got := whyClosed(test.sitting, test.at); !errors.Is(got, test.want) {
			t.Errorf("%v, want %v", got, test.want)
		}
	}
}

// The keeper lets an attached client grade first, and takes over from one that is gone.
func TestKeeperLetsTheClientGradeFirst(t *testing.T) {
	everywhere(t, func(t *testing.T, settings desk.Settings) {
		now := time.Now()
		clock := func() time.Time { return now }
		keeper, client, s := deskOf(t, settings, clock), deskOf(t, settings, clock), sitting(1, "Ada", now)
		leave := client.takeSeat(t.Context(), 1)
		is := func(what string, wantDue, wantDone bool) {
			t.Helper()
			if keeper.keeperIsDue(t.Context(), s) != wantDue || keeper.isDone(s) != wantDone {
				t.Errorf("%s: due %v, done %v", what, keeper.keeperIsDue(t.Context(), s), keeper.isDone(s))
			}
		}
		is("while it runs", false, false)
		now = now.Add(30 * time.Minute)
		is("at its end, a client is attached", false, false)
		now = now.Add(seatGrace)
		is("the client is late", true, false)
		now = now.Add(-seatGrace)
		leave()
		is("at its end, nobody is attached", true, false)
		s.End(now)
		is("another process has just begun to grade", false, false)
		now = now.Add(gradeGrace + time.Second)
		is("it never finished", true, false)
		s.Questions[0].Grade, s.Questions[1].Grade = &exams.Grade{}, &exams.Grade{}
		is("all is graded", true, true)
	})
}

// A candidate in a shell is told of extra time.
func TestWatchTellsOfExtraTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		one := sitting(1, "Ada", begun)
		one.Extra = []exams.ExtraTime{{Seconds: 60, By: "vera"}} // from before
		s := &Session{desk: deskAt(t, t.TempDir(), time.Now), id: 1}
		store := &shelf{sittings: []*exams.Sitting{one}}
		s.proctor = &exams.Proctor{Store: store}
		time.AfterFunc(5*time.Minute, func() {
			longer := *one
			longer.Extra = append(slices.Clone(one.Extra), exams.ExtraTime{Seconds: 600, By: "vera"})
			store.mu.Lock()
			defer store.mu.Unlock()
			store.sittings = []*exams.Sitting{&longer}
		})
		var told []string
		err := s.Watch(t.Context(), func(event labs.Event) { told = append(told, event.Warning.Error()) })
		if took := time.Since(begun).Round(time.Minute); !errors.Is(err, ErrTimeUp) || took != 41*time.Minute {
			t.Errorf("after %v: %v", took, err)
		}
		if len(told) == 0 || told[0] != "You have 10 min more" {
			t.Errorf("%q", told)
		}
	})
}

// Commands leave an exam to its keeper while that is grading.
func TestKeeperIsGrading(t *testing.T) {
	everywhere(t, func(t *testing.T, settings desk.Settings) {
		now := time.Now()
		clock := func() time.Time { return now }
		keeper, client, s := deskOf(t, settings, clock), deskOf(t, settings, clock), sitting(1, "Ada", now)
		now = now.Add(30 * time.Minute)
		if client.keeperIsGrading(t.Context(), s) {
			t.Error("an exam without a keeper is being graded by it")
		}
		release, err := keeper.hold(t.Context(), 1, keeperLock, false)
		if err != nil || release == nil {
			t.Fatalf("it is held: %v", err)
		}
		defer release()
		if !client.keeperIsGrading(t.Context(), s) {
			t.Error("the keeper is not grading at the exam's end")
		}
		if now = now.Add(gradeGrace); client.keeperIsGrading(t.Context(), s) {
			t.Error("the keeper is still grading after its time for that")
		}
		if err := keeper.Keep(t.Context(), labs.Learner{Name: "ada"}, 1); err != nil {
			t.Errorf("a second keeper: %v", err)
		}
	})
}

func TestNumbersOfQuestions(t *testing.T) {
	if n, err := number(sitting(1, "", time.Now()), Current); n != 1 || err != nil {
		t.Errorf("the current question is %d, %v", n, err)
	}
	if _, err := number(sitting(1, "", time.Now()), 3); err == nil {
		t.Error("question 3 of 2 exists")
	}
}
