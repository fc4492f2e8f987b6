package exams

import (
	"errors"
	"strings"
	"testing"
	"time"

	"endstate/labs"
)

func (h *hall) extend(a Allowance) error {
	_, err := h.proctor.Extend(h.Context(), h.id, a, "vera", "the network was down")
	return err
}

// Extra time moves the deadline, and the sitting records who gave it and when.
func TestExtraTime(t *testing.T) {
	h := newHall(t, nil)
	if err := h.extend(Allowance{Percent: 25}); err != nil {
		t.Fatal(err)
	}
	h.is(Preparing, 75)
	h.goTo(1)
	h.after(70).is(Running, 5)
	if err := h.extend(Allowance{Time: 10 * time.Minute}); err != nil {
		t.Fatal(err)
	}
	h.is(Running, 15)
	s := h.sitting()
	if want := (ExtraTime{At: h.now, By: "vera", Seconds: 600, Why: "the network was down"}); s.Extra[1] != want {
		t.Errorf("%+v, want %+v", s.Extra[1], want)
	}
	v := s.View(h.now)
	if v.Length() != 85*time.Minute || v.Minutes != 60 || len(s.Doubts(h.now)) > 0 {
		t.Errorf("%+v, %q", v, s.Doubts(h.now))
	}
	if err := h.extend(Allowance{Time: 4 * time.Hour}); err == nil || !strings.Contains(err.Error(), "can't get 4 h of extra time") {
		t.Errorf("too much: %v", err)
	}
	h.after(15)
	if err := h.extend(Allowance{Time: time.Minute}); err == nil || !strings.Contains(err.Error(), "is over") {
		t.Errorf("after the end: %v", err)
	}
	done, err := h.proctor.Finish(t.Context(), h.id, nil)
	if err != nil || done.Ended.Sub(done.Started) != 85*time.Minute || len(done.Doubts(h.now)) > 0 {
		t.Errorf("%v, it lasted %v, %q", err, done.Ended.Sub(done.Started), done.Doubts(h.now))
	}
}

// While an examiner has paused the exam, the clock stands, the labs are frozen, and the
// candidate can't work. Only the examiner ends it.
func TestPauseByAnExaminer(t *testing.T) {
	h := newHall(t, nil)
	if _, err := h.proctor.Stop(t.Context(), h.id, "vera", ""); err == nil || !strings.Contains(err.Error(), "has not started yet") {
		t.Errorf("before it starts: %v", err)
	}
	h.goTo(1)
	h.after(10)
	if _, err := h.proctor.Continue(t.Context(), h.id); err == nil || !strings.Contains(err.Error(), "No examiner has paused") {
		t.Errorf("while it runs: %v", err)
	}
	s, err := h.proctor.Stop(t.Context(), h.id, "vera", "fire alarm")
	if err != nil || !h.room.frozen {
		t.Fatalf("%v, frozen %v", err, h.room.frozen)
	}
	if v := s.View(h.now); v.StoppedBy() == nil || v.StoppedBy().Examiner != "vera" || v.StoppedBy().Reason != "fire alarm" {
		t.Errorf("%+v", v.Pauses)
	}
	h.after(45).is(Paused, 50)
	for name, err := range map[string]error{
		"goto":  func() error { _, _, err := h.proctor.Goto(t.Context(), h.id, 2, nil); return err }(),
		"check": func() error { _, _, err := h.proctor.Check(t.Context(), h.id, 1, nil); return err }(),
		"hint":  func() error { _, _, err := h.proctor.Hint(t.Context(), h.id, 1); return err }(),
		"pause": func() error { _, err := h.proctor.Stop(t.Context(), h.id, "vera", ""); return err }(),
	} {
		var problem *labs.Problem
		if !errors.As(err, &problem) || problem.Code != CodePaused {
			t.Errorf("%s: %v", name, err)
		}
	}
	h.is(Paused, 50)
	if due, err := h.proctor.Due(t.Context()); err != nil || len(due) > 0 {
		t.Errorf("due while it is paused: %v, %v", due, err)
	}
	if _, err = h.proctor.Continue(t.Context(), h.id); err != nil || h.room.frozen {
		t.Fatalf("%v, frozen %v", err, h.room.frozen)
	}
	h.after(5).is(Running, 45)
	s = h.sitting()
	if got := s.Spent(1, h.now); got != 15*time.Minute {
		t.Errorf("%v were spent", got)
	}
	if found := s.Doubts(h.now); len(found) > 0 {
		t.Errorf("%q", found) // 45 minutes are longer than any other pause may be
	}
	// It takes nothing from what other pauses may last.
	h.room.failed["a"] = errors.New("the engine is gone")
	if _, _, err := h.proctor.Check(t.Context(), h.id, 1, nil); err != nil {
		t.Fatal(err)
	}
	h.after(29).is(Paused, 45)
}

// A check that was requested before the pause does not end it.
func TestCheckDoesNotEndAPause(t *testing.T) {
	h := newHall(t, nil)
	h.goTo(1)
	h.room.before = func() {
		if _, err := h.proctor.Stop(t.Context(), h.id, "vera", ""); err != nil {
			t.Error(err)
		}
	}
	if _, report, err := h.proctor.Check(t.Context(), h.id, 1, nil); err != nil || !report.Graded() {
		t.Fatalf("%v", err)
	}
	h.after(7).is(Paused, 60)
}

// A pause by an examiner replaces any other, and ends after four hours at the latest.
func TestPauseIsBounded(t *testing.T) {
	h := newHall(t, nil)
	h.goTo(1)
	h.room.failed["a"] = errors.New("the engine is gone")
	if _, _, err := h.proctor.Check(t.Context(), h.id, 1, nil); err != nil {
		t.Fatal(err)
	}
	h.after(20)
	if _, err := h.proctor.Stop(t.Context(), h.id, "vera", ""); err != nil {
		t.Fatal(err)
	}
	h.after(239).is(Paused, 60)
	h.after(31).is(Running, 30)
	if s := h.sitting(); s.Pauses[0].To.Sub(s.Pauses[0].From) != 20*time.Minute {
		t.Errorf("%+v", s.Pauses)
	}
	if found := h.sitting().Doubts(h.now); len(found) > 0 {
		t.Errorf("%q", found)
	}
	// The exam may end in a pause.
	if _, err := h.proctor.Stop(t.Context(), h.id, "vera", ""); err != nil {
		t.Fatal(err)
	}
	s, err := h.proctor.Submit(t.Context(), h.id, nil)
	if err != nil || s.Way != Submitted || s.Pauses[2].To.IsZero() {
		t.Errorf("%v, %+v", err, s.Pauses)
	}
}

// Extra time that nobody gave is a contradiction.
func TestExtraTimeThatWasForged(t *testing.T) {
	for want, extra := range map[string][]ExtraTime{
		`extra time of 60 s was given by ""`:        {{Seconds: 60}},
		"it has 5 h of extra time; the most is 4 h": {{Seconds: 5 * 3600, By: "vera"}},
	} {
		s := &Sitting{Blueprint: Blueprint{Minutes: 60}, Extra: extra}
		if got := strings.Join(s.Doubts(time.Unix(0, 0)), "; "); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// The last check is kept for who watches, and is not shown to the candidate.
func TestLastCheck(t *testing.T) {
	h := newHall(t, func(b *Blueprint) { b.Feedback = FeedbackNone })
	h.room.points["a"] = 40
	h.goTo(1)
	h.after(3)
	for range 2 { // the second can't be graded
		if _, _, err := h.proctor.Check(t.Context(), h.id, 1, nil); err != nil {
			t.Fatal(err)
		}
		h.room.failed["a"] = errors.New("the engine is gone")
	}
	if got := h.sitting().Questions[0].LastCheck; got == nil || *got != (LastCheck{At: h.now, Score: 40}) {
		t.Errorf("%+v", got)
	}
}

// An examiner ends an exam that is not over, and it is graded as it is then.
func TestEndByAnExaminer(t *testing.T) {
	h := newHall(t, nil)
	h.goTo(1)
	h.after(10)
	s, err := h.proctor.End(t.Context(), h.id, "vera", "taken ill", nil)
	if err != nil {
		t.Fatal(err)
	}
	v := s.View(h.now)
	if v.Way != ByExaminer || v.EndedBy != "vera" || v.EndedWhy != "taken ill" || !v.Ended.Equal(h.now) || v.Result == nil || len(s.Pending()) > 0 || len(v.Doubts) > 0 {
		t.Errorf("%+v, %q", v, v.Doubts)
	}
	if _, err := h.proctor.End(t.Context(), h.id, "vera", "", nil); err == nil || !strings.Contains(err.Error(), "is over") {
		t.Errorf("again: %v", err)
	}
	s.Way = Submitted
	if found := s.Doubts(h.now); len(found) != 1 || !strings.Contains(found[0], "ended by \"vera\"") {
		t.Errorf("it was not ended in that way: %q", found)
	}
}
