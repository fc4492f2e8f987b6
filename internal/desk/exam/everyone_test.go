package exam

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"endstate/internal/desk"
	"endstate/internal/exams"
	"endstate/labs"
)

// The server sleeps until the first deadline that is possible, and not for long without one.
func TestUntilNext(t *testing.T) {
	now := time.Now()
	d := deskAt(t, t.TempDir(), func() time.Time { return now })
	soon, over, due := sitting(1, "", now.Add(-30*time.Minute+3*time.Second)), sitting(2, "", now.Add(-30*time.Minute+time.Second)), sitting(3, "", now.Add(-time.Hour))
	over.End(now)
	stopped := sitting(4, "", now.Add(-30*time.Minute+2*time.Second))
	stopped.Pauses = []exams.Pause{{From: now, Why: exams.UngradedPause}}
	for name, test := range map[string]struct {
		open []*exams.Sitting
		want time.Duration
	}{
		"none":                      {nil, longestSleep},
		"a later one":               {[]*exams.Sitting{sitting(1, "", now)}, longestSleep},
		"the first of two":          {[]*exams.Sitting{sitting(1, "", now), soon}, 3 * time.Second},
		"one that is over":          {[]*exams.Sitting{over}, longestSleep},
		"one that another grades":   {[]*exams.Sitting{due}, longestSleep},
		"a clock that may go again": {[]*exams.Sitting{stopped, soon}, 2 * time.Second},
	} {
		if got := d.untilNext(test.open); got != test.want {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
	}
}

// Two processes never grade an exam at once, and who waits can give up.
func TestGradingIsForOne(t *testing.T) {
	everywhere(t, func(t *testing.T, settings desk.Settings) {
		one, other := deskOf(t, settings, time.Now), deskOf(t, settings, time.Now)
		first, err := one.takeGrading(t.Context(), 1)
		if err != nil {
			t.Fatal(err)
		}
		elsewhere, err := other.takeGrading(t.Context(), 2)
		if err != nil {
			t.Fatalf("another exam: %v", err)
		}
		elsewhere()
		impatient, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		if _, err := other.takeGrading(impatient, 1); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("who gives up gets %v", err)
		}
		var waiting sync.WaitGroup
		var released atomic.Bool
		waiting.Go(func() {
			second, err := other.takeGrading(t.Context(), 1)
			if err != nil || !released.Load() {
				t.Errorf("the second one grades together with the first: %v", err)
				return
			}
			second()
		})
		time.Sleep(50 * time.Millisecond)
		released.Store(true)
		first()
		waiting.Wait()
	})
}

// A server that ends hands over the exams that run or are not graded.
func TestExamsAreHandedOver(t *testing.T) {
	now := time.Now()
	over := sitting(1, "", now)
	over.End(now)
	going := sitting(2, "", now)
	over.Owner, going.Owner = "ada", "ada"
	var handed []string
	err := handAllOver([]*exams.Sitting{over, going}, func(owner string, id int64) error {
		handed = append(handed, owner, string(rune('0'+id)))
		return nil
	})
	if err != nil || !slices.Equal(handed, []string{"ada", "1", "ada", "2"}) {
		t.Errorf("handed over: %v, %v", handed, err)
	}
}

// A terminal joins only the question that the candidate is at, and starts no clock.
func TestWhereACandidateIs(t *testing.T) {
	now := time.Now()
	d := deskAt(t, t.TempDir(), func() time.Time { return now })
	stopped, paused, fresh, over := sitting(1, "", now), sitting(1, "", now), sitting(1, "", now), sitting(1, "", now)
	stopped.Pauses = []exams.Pause{{From: now, Why: exams.UngradedPause, Question: 1}}
	paused.Pauses = []exams.Pause{{From: now, Why: exams.ExaminerPause, Question: 1, Examiner: "x"}}
	fresh.Started, fresh.Questions[0].Ready = time.Time{}, time.Time{}
	over.End(now)
	for name, test := range map[string]struct {
		s    *exams.Sitting
		n    int
		says string
	}{
		"at it":                   {sitting(1, "", now), 1, ""},
		"at another":              {sitting(1, "", now), 2, "You are at question 1"},
		"the clock is stopped":    {stopped, 1, "The clock is stopped"},
		"paused by the examiner":  {paused, 1, "Exam 1 is paused by the examiner"},
		"the clock never started": {fresh, 1, "The clock has not started yet"},
		"over":                    {over, 1, "Exam 1 is over"},
	} {
		err := d.isAt(test.s, test.n)
		var problem *labs.Problem
		if test.says == "" && err != nil || test.says != "" && (!errors.As(err, &problem) || problem.What != test.says) {
			t.Errorf("%s: %v, want %q", name, err, test.says)
		}
	}
}
