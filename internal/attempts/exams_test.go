package attempts

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"endstate/internal/exams"
	"endstate/labs"
)

func examStore(t *testing.T, path string) (*View, string) {
	t.Helper()
	store, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	return store.Of(ada), path
}

func newSitting(owner, candidate string) *exams.Sitting {
	cost := 10
	return &exams.Sitting{
		Owner: owner, Candidate: candidate, Seed: 1<<63 + 7, LabOwner: owner + "/exam-x", Created: time.Date(2026, 3, 1, 10, 0, 0, 5, time.UTC), Current: 1,
		Blueprint: exams.Blueprint{Name: "b", Title: "B", Minutes: 1.5, Pass: 50, Feedback: exams.FeedbackScore, Hints: exams.Hints{Allowed: true, Costs: &cost}},
		Questions: []exams.Question{{Number: 1, Scenario: "a", Seed: 7, Points: 10}, {Number: 2, Scenario: "b", Seed: 8, Points: 20}},
	}
}

// A sitting comes back as it was stored, to the nanosecond.
func TestExamIsKeptWhole(t *testing.T) {
	everywhere(t, func(t *testing.T, fresh func() string) {
		store, _ := examStore(t, fresh())
		s := newSitting("ada", "'; DROP TABLE exams; --\x1b[2J")
		if err := store.AddExam(t.Context(), s); err != nil {
			t.Fatal(err)
		}
		now := s.Created.Add(time.Minute)
		score := 70
		changed, err := store.ChangeExam(t.Context(), s.ID, func(s *exams.Sitting) error {
			if err := errors.Join(s.Ready(1, now), s.Flag(2, now), s.RecordCheck(1, nil, now.Add(1), now.Add(2))); err != nil {
				return err
			}
			s.End(now.Add(3))
			report := &labs.Report{Scenario: "a", Score: &score, At: now, Checks: []labs.Result{{ID: "c", Message: "\x1b]0;x\a"}}, Guards: []labs.Result{}, Hints: []labs.Hint{}, Servers: []string{}}
			return s.SetGrade(1, exams.Grade{At: now.Add(time.Hour), Report: report, Score: &score})
		})
		if err != nil {
			t.Fatal(err)
		}
		read, err := store.Exam(t.Context(), s.ID)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(changed, read); diff != "" {
			t.Error(diff)
		}
		if read.Seed != s.Seed || read.Questions[0].Grade.Late.Duration != time.Hour-time.Second || len(read.Pauses) != 1 {
			t.Errorf("%+v", read)
		}
	})
}

// A refused change changes nothing.
func TestRefusedChangeOfAnExam(t *testing.T) {
	everywhere(t, func(t *testing.T, fresh func() string) {
		store, _ := examStore(t, fresh())
		s := newSitting("ada", "Ada")
		if err := store.AddExam(t.Context(), s); err != nil {
			t.Fatal(err)
		}
		refused := errors.New("no")
		if _, err := store.ChangeExam(t.Context(), s.ID, func(s *exams.Sitting) error { s.Current = 2; return refused }); !errors.Is(err, refused) {
			t.Errorf("%v", err)
		}
		if read, err := store.Exam(t.Context(), s.ID); err != nil || read.Current != 1 {
			t.Errorf("%v, %+v", err, read)
		}
		for _, err := range []error{
			func() error { _, err := store.Exam(t.Context(), 99); return err }(),
			func() error {
				_, err := store.ChangeExam(t.Context(), 99, func(*exams.Sitting) error { return nil })
				return err
			}(),
		} {
			var problem *labs.Problem
			if !errors.As(err, &problem) || !problem.Usage || !strings.Contains(problem.What, "no exam 99") {
				t.Errorf("an exam that is not there: %v", err)
			}
		}
	})
}

// A candidate sits one exam at a time; other owners and other candidates don't matter.
func TestOneExamAtATime(t *testing.T) {
	everywhere(t, func(t *testing.T, fresh func() string) {
		store, _ := examStore(t, fresh())
		first := newSitting("ada", "Ada")
		for _, s := range []*exams.Sitting{first, newSitting("ada", "Bob"), newSitting("eve", "Ada")} {
			if err := store.Store.Of(labs.Learner{Name: s.Owner}).AddExam(t.Context(), s); err != nil {
				t.Fatal(err)
			}
		}
		var problem *labs.Problem
		if err := store.AddExam(t.Context(), newSitting("ada", "Ada")); !errors.As(err, &problem) || !problem.Usage {
			t.Errorf("a second exam of Ada: %v", err)
		}
		if _, err := store.ChangeExam(t.Context(), first.ID, func(s *exams.Sitting) error { s.End(s.Created); return nil }); err != nil {
			t.Fatal(err)
		}
		if err := store.AddExam(t.Context(), newSitting("ada", "Ada")); err != nil {
			t.Errorf("after the first has ended: %v", err)
		}
	})
}

// An exam is open while it runs, while a question has no grade, and while the lab of a graded
// question is still there. A question that could not be graded counts as graded, and keeps its
// lab.
func TestOpenExams(t *testing.T) {
	everywhere(t, func(t *testing.T, fresh func() string) {
		store, _ := examStore(t, fresh())
		ids := func() (open []int64) {
			t.Helper()
			found, err := store.OpenExams(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range found {
				open = append(open, s.ID)
			}
			return open
		}
		for _, candidate := range []string{"A", "B"} {
			if err := store.AddExam(t.Context(), newSitting("ada", candidate)); err != nil {
				t.Fatal(err)
			}
		}
		step := func(id int64, change func(*exams.Sitting) error, want ...int64) {
			t.Helper()
			if _, err := store.ChangeExam(t.Context(), id, change); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, ids()); diff != "" {
				t.Error(diff)
			}
		}
		score := 5
		step(1, func(s *exams.Sitting) error { s.End(s.Created); return nil }, 1, 2)
		step(1, func(s *exams.Sitting) error { return s.SetGrade(1, exams.Grade{Score: &score}) }, 1, 2)
		step(1, func(s *exams.Sitting) error { return s.SetGrade(2, exams.Grade{Why: "gone"}) }, 1, 2)
		step(1, func(s *exams.Sitting) error { s.Questions[0].Removed = true; return nil }, 2)
		all, err := store.Exams(t.Context())
		if err != nil || len(all) != 2 || all[0].ID != 2 {
			t.Errorf("%v, %v", all, err)
		}
	})
}

// Exams that run are found whenever one looks, and those that ended if they did so since.
func TestExamsSince(t *testing.T) {
	everywhere(t, func(t *testing.T, fresh func() string) {
		store, _ := examStore(t, fresh())
		began := newSitting("ada", "").Created
		for i, candidate := range []string{"A", "B", "C"} {
			s := newSitting("ada", candidate)
			if err := store.AddExam(t.Context(), s); err != nil {
				t.Fatal(err)
			}
			_, err := store.ChangeExam(t.Context(), s.ID, func(s *exams.Sitting) error {
				if candidate != "C" {
					s.End(began.Add(time.Duration(i) * time.Hour))
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		for since, want := range map[time.Duration][]int64{-time.Hour: {3, 2, 1}, time.Minute: {3, 2}, 2 * time.Hour: {3}} {
			found, err := store.ExamsSince(t.Context(), began.Add(since))
			var ids []int64
			for _, s := range found {
				ids = append(ids, s.ID)
			}
			if diff := cmp.Diff(want, ids); err != nil || diff != "" {
				t.Errorf("since %v: %v\n%s", since, err, diff)
			}
		}
	})
}

// Two processes don't overwrite each other's changes.
func TestExamChangedByTwo(t *testing.T) {
	everywhere(t, func(t *testing.T, fresh func() string) {
		first, path := examStore(t, fresh())
		second, err := Open(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		defer second.Close()
		s := newSitting("ada", "Ada")
		if err := first.AddExam(t.Context(), s); err != nil {
			t.Fatal(err)
		}
		const each = 50
		var both sync.WaitGroup
		for _, store := range []*View{first, second.Of(ada)} {
			both.Go(func() {
				for range each {
					if _, err := store.ChangeExam(t.Context(), s.ID, func(s *exams.Sitting) error { s.Questions[0].Checks++; return nil }); err != nil {
						t.Error(err)
					}
				}
			})
		}
		both.Wait()
		if read, err := first.Exam(t.Context(), s.ID); err != nil || read.Questions[0].Checks != 2*each {
			t.Errorf("%v, %d checks of %d", err, read.Questions[0].Checks, 2*each)
		}
	})
}

// Sittings that an older version stored have durations in nanoseconds.
func TestSittingWithNanoseconds(t *testing.T) {
	everywhere(t, func(t *testing.T, fresh func() string) {
		store, _ := examStore(t, fresh())
		s := &exams.Sitting{Candidate: "Ada", Created: time.Unix(1000, 0), Questions: []exams.Question{{Number: 1}}}
		if err := store.AddExam(t.Context(), s); err != nil {
			t.Fatal(err)
		}
		const old = `{"exam":1,"questions":[{"number":1,"grade":{"late":240000000000,"score":100,"report":{"score":100,"checks":[{"id":"a","took":1500000000}]}}}]}`
		if _, err := store.db.ExecContext(t.Context(), "UPDATE exams SET sitting = $1 WHERE id = $2", old, s.ID); err != nil {
			t.Fatal(err)
		}
		for range 2 { // as it was stored, and as it is stored again
			read, err := store.ChangeExam(t.Context(), s.ID, func(*exams.Sitting) error { return nil })
			if err != nil {
				t.Fatal(err)
			}
			if g := read.Questions[0].Grade; g.Late.Duration != 4*time.Minute || g.Report.Checks[0].Took.Duration != 1500*time.Millisecond {
				t.Errorf("late %v, took %v", g.Late, g.Report.Checks[0].Took)
			}
		}
	})
}
