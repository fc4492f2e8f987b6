package exams

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"endstate/labs"
)

// opening has a process start to prepare question 2's lab and then die.
func (h *hall) opening(by string) {
	h.Helper()
	_, err := h.store.ChangeExam(h.Context(), h.id, func(s *Sitting) error {
		if err := s.Goto(2, by, h.now); err != nil {
			return err
		}
		s.Wait(2, by, h.now)
		return nil
	})
	if err != nil {
		h.Fatal(err)
	}
}

// A pause belongs to a process that renews it. If the process dies, the pause ends at its
// last renewal.
func TestPauseOfAProcessThatIsKilled(t *testing.T) {
	h := newHall(t, nil)
	h.goTo(1)
	h.after(10).opening("another process")
	h.after(0.25).is(Paused, 50)
	if _, err := h.store.ChangeExam(t.Context(), h.id, func(s *Sitting) error { s.Renew("another process", h.now); return nil }); err != nil {
		t.Fatal(err)
	}
	h.after(0.25).is(Paused, 50)
	h.after(4.75).is(Running, 45)
	// A candidate who goes on gains no more time.
	h.goTo(2)
	h.is(Running, 45)
	if got := h.sitting().Spent(2, h.now); got != 5*time.Minute {
		t.Errorf("%v were spent at question 2", got)
	}
}

// Killing the process again and again gains no time.
func TestPausesThatAreCutOffAddUpToNothing(t *testing.T) {
	h := newHall(t, nil)
	h.goTo(1)
	for n := range 20 {
		h.opening(fmt.Sprintf("process %d, killed at once", n))
		h.after(0.25)
	}
	h.after(1).is(Running, 54)
	h.goTo(1)
	h.is(Running, 54)
}

// Ctrl-C while a lab is being prepared restarts the clock.
func TestInterruptedGotoLetsTheClockGoOn(t *testing.T) {
	h := newHall(t, nil)
	h.goTo(1)
	h.after(10)
	ctx, cancel := context.WithCancel(t.Context())
	h.room.failed["open b"] = context.Canceled
	h.room.opens = time.Second
	h.proctor.Clock = func() time.Time {
		if h.now.Sub(time.Date(2026, 3, 1, 10, 10, 0, 0, time.UTC)) > 0 {
			cancel()
		}
		return h.now
	}
	if _, _, err := h.proctor.Goto(ctx, h.id, 2, nil); err == nil {
		t.Fatal("it was not interrupted")
	}
	if s := h.sitting(); s.Phase(h.now) != Running || s.Left(h.now) != 50*time.Minute {
		t.Errorf("it is %s with %v left", s.Phase(h.now), s.Left(h.now))
	}
	h.after(5).is(Running, 45)
}

// Pauses are limited, each and in total, so no exam lasts for ever.
func TestPausesAreBounded(t *testing.T) {
	h := newHall(t, nil)
	h.goTo(1)
	h.room.failed["a"] = errors.New("the engine is gone")
	began := h.now
	for !h.sitting().Due(h.now) {
		if _, _, err := h.proctor.Check(t.Context(), h.id, 1, nil); err != nil {
			t.Fatal(err)
		}
		if h.after(1); h.now.Sub(began) > 24*time.Hour {
			t.Fatal("the exam never ends")
		}
	}
	if took := h.now.Sub(began); took > 91*time.Minute {
		t.Errorf("an exam of 60 minutes took %v", took)
	}
	var longest time.Duration
	for _, p := range h.sitting().Pauses {
		longest = max(longest, p.To.Sub(p.From))
	}
	if longest > 30*time.Minute {
		t.Errorf("a pause took %v", longest)
	}
}

// Labs are frozen while the clock is stopped, and from the end on.
func TestLabsStandWithTheClock(t *testing.T) {
	h := newHall(t, nil)
	stands := func(when string, want bool) {
		t.Helper()
		if h.room.frozen != want {
			t.Errorf("%s, the labs are frozen: %v", when, h.room.frozen)
		}
	}
	h.goTo(1)
	stands("while it runs", false)
	h.room.failed["open b"] = errors.New("no image")
	if _, _, err := h.proctor.Goto(t.Context(), h.id, 2, nil); err == nil {
		t.Error("a lab that can't be started is there")
	}
	stands("while a lab can't be made ready", true)
	h.goTo(1)
	stands("after the candidate went on", false)
	h.room.failed["a"] = errors.New("the engine is gone")
	if _, _, err := h.proctor.Check(t.Context(), h.id, 1, nil); err != nil {
		t.Fatal(err)
	}
	stands("after a check that could not be graded", true)
	h.room.failed["a"] = nil
	if _, _, err := h.proctor.Check(t.Context(), h.id, 1, nil); err != nil {
		t.Fatal(err)
	}
	stands("after one that could", false)
	h.room.failed["a"] = errors.New("the engine is gone")
	s, err := h.proctor.Submit(t.Context(), h.id, nil)
	if err != nil || s.Phase(h.now) != Over {
		t.Fatalf("%v, %s", err, s.Phase(h.now))
	}
	stands("after the end", true)
	// A grade given hours later is for the lab as it was at the end.
	h.after(300)
	h.room.failed["a"], h.room.points["a"] = nil, 100
	if s, err = h.proctor.Submit(t.Context(), h.id, nil); err != nil {
		t.Fatal(err)
	}
	if g := s.Questions[0].Grade; g.Score == nil || *g.Score != 100 || g.Late.Duration != 0 {
		t.Errorf("%+v", g)
	}
}

// A lab that could not be frozen is graded as late, which does not count.
func TestLabThatWentOn(t *testing.T) {
	h := newHall(t, nil)
	h.goTo(1)
	h.room.stuck, h.room.failed["a"], h.room.points["a"] = errors.New("no cgroup"), errors.New("the engine is gone"), 100
	if _, err := h.proctor.Submit(t.Context(), h.id, nil); err != nil {
		t.Fatal(err)
	}
	h.after(1)
	h.room.stuck, h.room.failed["a"] = nil, nil
	s, err := h.proctor.Submit(t.Context(), h.id, nil)
	if err != nil {
		t.Fatal(err)
	}
	if g := s.Questions[0].Grade; g.Score != nil || g.Late.Duration != time.Minute || *g.Report.Score != 100 || !h.room.there["a"] {
		t.Errorf("%+v", g)
	}
	if s, err = h.proctor.Accept(t.Context(), h.id, 1, nil); err != nil || *s.Questions[0].Grade.Score != 100 || h.room.there["a"] {
		t.Errorf("%v, %+v", err, s.Questions[0].Grade)
	}
}

// A final grade that depended on an unreachable server is repeated once.
func TestServerThatCouldNotBeReachedIsAskedAgain(t *testing.T) {
	h := newHall(t, nil)
	h.goTo(1)
	store := func(score int, blocked bool) *Sitting {
		t.Helper()
		s, err := h.store.ChangeExam(t.Context(), h.id, func(s *Sitting) error {
			s.End(h.now)
			r := &labs.Report{Scenario: "a", Seed: s.Questions[0].Seed, At: h.now, Checks: []labs.Result{{Verdict: labs.Failed, Points: 100, Blocked: blocked}}, Score: &score}
			return s.SetGrade(1, Grade{At: h.now, Report: r, Score: &score})
		})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	if s := store(0, true); !s.Questions[0].Grade.Retry || !slices.Contains(s.Gradable(), 1) || slices.Contains(s.Ungraded(), 1) {
		t.Errorf("%+v", s.Questions[0].Grade)
	}
	if s := store(60, true); s.Questions[0].Grade.Retry || *s.Questions[0].Grade.Score != 60 {
		t.Errorf("%+v", s.Questions[0].Grade)
	}
	if s := store(100, false); *s.Questions[0].Grade.Score != 60 {
		t.Errorf("it is graded a third time: %+v", s.Questions[0].Grade)
	}
}

// When clocks disagree, no exam starts or ends.
func TestClockThatIsWrong(t *testing.T) {
	h := newHall(t, nil)
	h.goTo(1)
	ten := 10 * 24 * time.Hour
	h.now, h.room.off = h.now.Add(ten), ten
	for name, do := range map[string]func() error{
		"goto":   func() error { _, _, err := h.proctor.Goto(t.Context(), h.id, 2, nil); return err },
		"check":  func() error { _, _, err := h.proctor.Check(t.Context(), h.id, 1, nil); return err },
		"submit": func() error { _, err := h.proctor.Submit(t.Context(), h.id, nil); return err },
		"finish": func() error { _, err := h.proctor.Finish(t.Context(), h.id, nil); return err },
	} {
		var problem *labs.Problem
		if err := do(); !errors.As(err, &problem) || name != "check" && !strings.Contains(problem.What, "240 h apart") {
			t.Errorf("%s: %v", name, err)
		}
	}
	h.now, h.room.off = h.now.Add(-ten), 0
	h.is(Running, 60)
	h.after(5).is(Running, 55)
}

// When a clock is set back, no turn ends before it began, and no more time is left than the
// whole.
func TestClockThatIsSetBack(t *testing.T) {
	h := newHall(t, nil)
	h.goTo(1)
	h.after(10)
	h.goTo(2)
	h.after(-40)
	h.goTo(1)
	h.is(Running, 60)
	s, err := h.proctor.Submit(t.Context(), h.id, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, turn := range s.Turns {
		if turn.To.Before(turn.From) {
			t.Errorf("a stay ended before it began: %+v", turn)
		}
	}
	if s.Ended.Before(s.Started) || s.Spent(1, h.now) < 0 {
		t.Errorf("it ended at %v, it started at %v", s.Ended, s.Started)
	}
	if doubts := s.Doubts(h.now); !slices.ContainsFunc(doubts, func(d string) bool { return strings.Contains(d, "starts in the future") }) {
		t.Errorf("doubts: %q", doubts)
	}
}

// A lab that was not removed after its grade was stored, as the process was interrupted between
// the two, is removed by whoever comes next. The grade stays.
func TestLabsOfInterruptedGradingAreRemoved(t *testing.T) {
	next := map[string]func(*hall) error{
		"submit": func(h *hall) error { _, err := h.proctor.Submit(t.Context(), h.id, nil); return err },
		"finish": func(h *hall) error { _, err := h.proctor.Finish(t.Context(), h.id, nil); return err },
	}
	for name, act := range next {
		h := newHall(t, nil)
		h.room.points["a"] = 40
		h.goTo(1)
		h.room.failed["remove a"] = context.Canceled
		if _, err := h.proctor.Submit(t.Context(), h.id, nil); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: the interrupted one: %v", name, err)
		}
		if s := h.sitting(); len(s.Pending()) != 0 || s.Done() || !h.room.there["a"] {
			t.Errorf("%s: before, pending %v, done %v, labs %v", name, s.Pending(), s.Done(), h.room.there)
		}
		h.room.failed["remove a"] = nil
		h.room.points["a"] = 90
		if due, err := h.proctor.Due(t.Context()); err != nil || len(due) != 1 {
			t.Errorf("%s: due: %v, %v", name, due, err)
		}
		if err := act(h); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if s := h.sitting(); !s.Done() || h.room.there["a"] || *s.Questions[0].Grade.Score != 40 {
			t.Errorf("%s: after, done %v, labs %v, score %d", name, s.Done(), h.room.there, *s.Questions[0].Grade.Score)
		}
	}
}
