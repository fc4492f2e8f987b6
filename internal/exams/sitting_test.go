package exams

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"endstate/labs"
)

// The clock starts when the first lab is ready, not when the exam is drawn. Preparing a
// later lab does not cost the candidate time either.
func TestClockStartsWithTheFirstLab(t *testing.T) {
	h := newHall(t, nil)
	h.after(5).is(Preparing, 60)
	h.room.opens = 3 * time.Minute
	h.goTo(1)
	h.is(Running, 60)
	h.after(10).is(Running, 50)
	h.goTo(2)
	h.is(Running, 50)
	h.after(5)
	h.goTo(1) // its lab is ready, so it is only looked up while the clock runs
	h.is(Running, 42)
	s := h.sitting()
	for n, want := range map[int]time.Duration{1: 13 * time.Minute, 2: 5 * time.Minute, 3: 0} {
		if got := s.Spent(n, h.now); got != want {
			t.Errorf("%v were spent at question %d, want %v", got, n, want)
		}
	}
}

func TestLabThatCantBeStartedLeavesTheClockStanding(t *testing.T) {
	h := newHall(t, nil)
	h.room.failed["open a"] = errors.New("no image")
	if _, _, err := h.proctor.Goto(t.Context(), h.id, 1, nil); err == nil {
		t.Error("a lab that can't be started exists")
	}
	h.after(30).is(Preparing, 60)
	h.room.failed["open a"] = nil
	h.goTo(1)
	h.room.failed["open b"] = errors.New("no image")
	if _, _, err := h.proctor.Goto(t.Context(), h.id, 2, nil); err == nil {
		t.Error("a lab that can't be started exists")
	}
	h.after(25).is(Paused, 60)
	if h.sitting().Opened(2) {
		t.Error("a question whose lab never existed counts as opened")
	}
	h.goTo(1)
	h.after(1).is(Running, 59)
}

func TestUngradedStopsTheClock(t *testing.T) {
	h := newHall(t, nil)
	h.goTo(1)
	h.after(10)
	h.room.failed["a"] = errors.New("the engine is gone")
	s, report, err := h.proctor.Check(t.Context(), h.id, 1, nil)
	if err != nil || report.Graded() || s.Phase(h.now) != Paused {
		t.Fatalf("%v, %+v", err, report)
	}
	h.after(20).is(Paused, 50)
	if due, err := h.proctor.Due(t.Context()); err != nil || len(due) > 0 {
		t.Errorf("due while the clock stands: %v, %v", due, err)
	}
	// A repeated check that can't be graded leaves the clock stopped; a graded check
	// restarts it.
	if _, _, err = h.proctor.Check(t.Context(), h.id, 1, nil); err != nil {
		t.Fatal(err)
	}
	h.after(5).is(Paused, 50)
	h.room.failed["a"] = nil
	if _, report, err = h.proctor.Check(t.Context(), h.id, 1, nil); err != nil || !report.Graded() {
		t.Fatal(err)
	}
	h.after(20).is(Running, 30)
	if got := h.sitting().Questions[0].Checks; got != 1 {
		t.Errorf("%d checks count", got)
	}
	// Going to a question restarts it as well.
	h.room.failed["a"] = errors.New("the engine is gone again")
	if _, _, err = h.proctor.Check(t.Context(), h.id, 1, nil); err != nil {
		t.Fatal(err)
	}
	h.after(4)
	h.goTo(2)
	h.after(1).is(Running, 29)
}

// An ungraded check does not give back time that had already run out.
func TestNoPauseAfterTheDeadline(t *testing.T) {
	s := &Sitting{Blueprint: Blueprint{Minutes: 1}, Questions: []Question{{Number: 1}}, Current: 1}
	begun := time.Unix(1000, 0)
	if err := s.Ready(1, begun); err != nil {
		t.Fatal(err)
	}
	late := begun.Add(time.Minute)
	if err := s.RecordCheck(1, nil, late, late); err != nil || !s.Due(late) {
		t.Errorf("%v, %s", err, s.Phase(late))
	}
	// A check requested in time and finished after it counts as in time.
	if err := s.RecordCheck(1, nil, late.Add(-time.Second), late.Add(time.Second)); err != nil {
		t.Fatal(err)
	}
	soon := late.Add(20 * time.Minute)
	if s.Phase(soon) != Paused || s.Left(soon) != time.Second {
		t.Errorf("%s, %v", s.Phase(soon), s.Left(soon))
	}
}

func TestTimeUpGradesWhatIsThere(t *testing.T) {
	h := newHall(t, nil)
	h.goTo(1)
	h.after(20)
	h.goTo(2)
	h.room.points = map[string]int{"a": 100, "b": 30, "c": 100}
	if due, err := h.proctor.Due(t.Context()); err != nil || len(due) > 0 {
		t.Errorf("due too early: %v, %v", due, err)
	}
	h.after(40 + 15)
	for name, err := range map[string]error{
		"goto":  func() error { _, _, err := h.proctor.Goto(t.Context(), h.id, 1, nil); return err }(),
		"flag":  func() error { _, err := h.proctor.Flag(t.Context(), h.id, 1); return err }(),
		"hint":  func() error { _, _, err := h.proctor.Hint(t.Context(), h.id, 1); return err }(),
		"open":  func() error { _, err := h.proctor.Open(t.Context(), h.id, 1, nil); return err }(),
		"check": func() error { _, _, err := h.proctor.Check(t.Context(), h.id, 1, nil); return err }(),
	} {
		var problem *labs.Problem
		if !errors.As(err, &problem) || !problem.Usage || !strings.Contains(problem.What, "is over") {
			t.Errorf("%s after the deadline: %v", name, err)
		}
	}
	due, err := h.proctor.Due(t.Context())
	if err != nil || len(due) != 1 {
		t.Fatalf("%v, %v", due, err)
	}
	s, err := h.proctor.Finish(t.Context(), h.id, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := time.Date(2026, 3, 1, 11, 0, 0, 0, time.UTC)
	if s.Way != TimeUp || !s.Ended.Equal(want) || s.Phase(h.now) != Over {
		t.Errorf("it ended by %s at %v and is %s", s.Way, s.Ended, s.Phase(h.now))
	}
	if g := s.Questions[1].Grade; g.Score != nil || *g.Report.Score != 30 || g.Late.Duration != 15*time.Minute || !strings.Contains(g.Why, "went on after the end") {
		t.Errorf("question 2: %+v", g)
	}
	if g := s.Questions[2].Grade; *g.Score != 0 || g.Report != nil || g.Why == "" {
		t.Errorf("question 3, which was never opened: %+v", g)
	}
	if got := s.Spent(2, h.now); got != 40*time.Minute {
		t.Errorf("%v were spent at question 2", got)
	}
	// A late grade counts only once an examiner accepts it.
	if result := s.Result(); result.Passed != nil || result.Earned != 0 || len(h.room.there) != 2 {
		t.Errorf("%+v, left: %v", result, h.room.there)
	}
	if _, err := h.proctor.Accept(t.Context(), h.id, 3, nil); err == nil {
		t.Error("a grade that is not late is accepted")
	}
	for n := range 2 {
		if s, err = h.proctor.Accept(t.Context(), h.id, n+1, nil); err != nil {
			t.Fatal(err)
		}
	}
	result := s.Result()
	if result.Earned != 16 || result.Points != 60 || *result.Passed || len(h.room.there) > 0 || !s.Questions[1].Grade.Accepted {
		t.Errorf("%+v, left: %v", result, h.room.there)
	}
	if due, err := h.proctor.Due(t.Context()); err != nil || len(due) > 0 {
		t.Errorf("due once more: %v, %v", due, err)
	}
}

// Interrupted grading continues where it stopped; graded questions keep their grades.
func TestFinishGoesOn(t *testing.T) {
	h := newHall(t, nil)
	h.goTo(1)
	h.goTo(2)
	h.room.points = map[string]int{"a": 70, "b": 70}
	s, err := h.store.ChangeExam(t.Context(), h.id, func(s *Sitting) error {
		s.End(h.now)
		score := 40
		return s.SetGrade(1, Grade{At: h.now, Score: &score})
	})
	if err != nil || s.Phase(h.now) != Over {
		t.Fatalf("%v, %s", err, s.Phase(h.now))
	}
	if s, err = h.proctor.Finish(t.Context(), h.id, nil); err != nil {
		t.Fatal(err)
	}
	if *s.Questions[0].Grade.Score != 40 || *s.Questions[1].Grade.Score != 70 || s.Way != Submitted {
		t.Errorf("%+v", s.Questions)
	}
}

func TestUngradedAtTheEndIsGradedAgain(t *testing.T) {
	h := newHall(t, nil)
	for n := range 3 {
		h.goTo(n + 1)
	}
	h.room.points = map[string]int{"a": 100, "b": 100, "c": 100}
	h.room.failed["b"] = errors.New("the engine is gone")
	s, err := h.proctor.Submit(t.Context(), h.id, nil)
	if err != nil {
		t.Fatal(err)
	}
	result := s.Result()
	if s.Phase(h.now) != Over || result.Passed != nil || result.Percent != nil || !slices.Equal(result.Ungraded, []int{2}) || result.Earned != 40 {
		t.Errorf("%s, %+v", s.Phase(h.now), result)
	}
	if why := s.Questions[1].Grade.Why; why != "the engine is gone" {
		t.Errorf("why: %q", why)
	}
	if !h.room.there["b"] || h.room.there["a"] {
		t.Errorf("the existing labs: %v", h.room.there)
	}
	// Only an explicit request tries again.
	if due, err := h.proctor.Due(t.Context()); err != nil || len(due) > 0 {
		t.Errorf("due: %v, %v", due, err)
	}
	h.room.failed["b"] = nil
	if s, err = h.proctor.Submit(t.Context(), h.id, nil); err != nil {
		t.Fatal(err)
	}
	if s.Phase(h.now) != Finished || !*s.Result().Passed || *s.Result().Percent != 100 || len(h.room.there) > 0 {
		t.Errorf("%s, %+v, %v", s.Phase(h.now), s.Result(), h.room.there)
	}
}

// A server that was just restarted does not answer yet, so grading retries; the best grade
// counts.
func TestGradedAgainWhileItsServerStarts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t, nil)
		h.goTo(1)
		h.room.failed["a"] = errors.New("the host was stopped")
		if _, err := h.proctor.Submit(t.Context(), h.id, nil); err != nil {
			t.Fatal(err)
		}
		h.room.failed["a"] = nil
		begun := time.Now()
		h.room.before = func() {
			if time.Since(begun) > 10*time.Second {
				h.room.points["a"] = 80
			}
		}
		s, err := h.proctor.Submit(t.Context(), h.id, nil)
		if err != nil || *s.Questions[0].Grade.Score != 80 || time.Since(begun) != settleTime {
			t.Errorf("%v, %+v after %v", err, s.Questions[0].Grade, time.Since(begun))
		}
	})
}

func TestLabThatIsGoneIsUngraded(t *testing.T) {
	h := newHall(t, nil)
	h.goTo(1)
	h.room.there = map[string]bool{}
	s, err := h.proctor.Submit(t.Context(), h.id, nil)
	if err != nil || s.Questions[0].Grade.Score != nil || !strings.Contains(s.Questions[0].Grade.Why, "no longer exists") {
		t.Errorf("%v, %+v", err, s.Questions[0].Grade)
	}
}

func TestHintsAreChargedAsTheExamSays(t *testing.T) {
	three := 3
	for _, test := range []struct {
		hints Hints
		want  int
	}{{Hints{Allowed: true}, 85}, {Hints{Allowed: true, Costs: &three}, 94}} {
		h := newHall(t, func(b *Blueprint) { b.Hints = test.hints })
		h.goTo(1)
		h.room.points["a"] = 100
		for range 3 { // there are only two
			if _, _, err := h.proctor.Hint(t.Context(), h.id, 1); err != nil {
				t.Fatal(err)
			}
		}
		s, err := h.proctor.Submit(t.Context(), h.id, nil)
		if err != nil || *s.Questions[0].Grade.Score != test.want {
			t.Errorf("hints %v: %v, %+v", test.hints, err, s.Questions[0].Grade)
		}
	}
	h := newHall(t, func(b *Blueprint) { b.Hints = Hints{} })
	h.goTo(1)
	if _, _, err := h.proctor.Hint(t.Context(), h.id, 1); err == nil || !strings.Contains(err.Error(), "no hints") {
		t.Errorf("a hint in an exam without hints: %v", err)
	}
}

// An author may remove hints after they were opened.
func TestHintsTakenAway(t *testing.T) {
	h := newHall(t, nil)
	h.goTo(1)
	if _, err := h.store.ChangeExam(t.Context(), h.id, func(s *Sitting) error { s.Questions[0].Hints = 5; return nil }); err != nil {
		t.Fatal(err)
	}
	if open, fresh, err := h.proctor.Hint(t.Context(), h.id, 1); len(open) != 2 || fresh || err != nil {
		t.Errorf("%v, %v, %v", open, fresh, err)
	}
}

// While the exam runs, the view reveals no more than the feedback allows.
func TestFeedback(t *testing.T) {
	score := 70
	report := &labs.Report{Score: &score}
	for feedback, want := range map[Feedback][2]bool{FeedbackNone: {false, false}, FeedbackScore: {true, false}, FeedbackFull: {true, true}} {
		got := (&Blueprint{Feedback: feedback}).Answer(1, report)
		if !got.Graded || (got.Score != nil) != want[0] || (got.Report != nil) != want[1] {
			t.Errorf("%s tells %+v", feedback, got)
		}
	}
	h := newHall(t, nil)
	h.goTo(1)
	view := h.sitting().View(h.now)
	if view.Seed != nil || view.Result != nil || view.Questions[0].Seed != nil || view.Questions[0].Grade != nil {
		t.Errorf("while it runs a candidate sees %+v", view)
	}
	if _, err := h.proctor.Submit(t.Context(), h.id, nil); err != nil {
		t.Fatal(err)
	}
	view = h.sitting().View(h.now)
	if view.Seed == nil || view.Result == nil || view.Questions[0].Seed == nil || view.Questions[0].Grade == nil {
		t.Errorf("after the end a candidate sees %+v", view)
	}
}

// The pass mark is compared exactly.
func TestPassMark(t *testing.T) {
	for _, test := range []struct {
		scores [2]int
		pass   int
		passed bool
	}{{[2]int{49, 50}, 50, false}, {[2]int{50, 50}, 50, true}, {[2]int{66, 67}, 67, false}, {[2]int{67, 67}, 67, true}, {[2]int{0, 0}, 0, true}} {
		s := &Sitting{Blueprint: Blueprint{Pass: test.pass}, Ended: time.Unix(1, 0)}
		for i := range test.scores {
			s.Questions = append(s.Questions, Question{Points: 3, Grade: &Grade{Score: &test.scores[i]}})
		}
		if got := s.Result(); *got.Passed != test.passed {
			t.Errorf("%v of 100 each, %d pass: %+v", test.scores, test.pass, got)
		}
	}
}

// If another process ends the exam while a lab is starting, the lab is removed.
func TestLabThatComesTooLateIsRemoved(t *testing.T) {
	h := newHall(t, nil)
	h.goTo(1)
	h.room.opens = 61 * time.Minute
	if _, err := h.proctor.Open(t.Context(), h.id, 2, nil); err == nil {
		t.Error("a lab was opened after the end")
	}
	if h.room.there["b"] {
		t.Error("its lab is left")
	}
}

func TestPrepareOpensEveryLabOnce(t *testing.T) {
	h := newHall(t, nil)
	h.goTo(1)
	h.proctor.Prepare(t.Context(), h.id)
	h.goTo(3)
	for _, name := range []string{"b", "c"} {
		if !h.room.there[name] {
			t.Errorf("%s is not ready", name)
		}
	}
	s := h.sitting()
	if s.Questions[1].Ready.IsZero() || s.Opened(2) || !s.Opened(3) {
		t.Errorf("%+v", s)
	}
}
