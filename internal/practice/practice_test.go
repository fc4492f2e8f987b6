package practice

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"endstate/internal/attempts"
	"endstate/labs"
)

var monday = time.Date(2026, 3, 2, 18, 0, 0, 0, time.UTC)

func day(n int) time.Time { return monday.AddDate(0, 0, n) }

var shelf = []labs.Scenario{
	{Name: "git-conflict", Topic: "git", Level: 1, Minutes: 10},
	{Name: "git-lost", Topic: "git", Level: 2, Minutes: 15},
	{Name: "mysql-restore", Topic: "mysql", Level: 1, Minutes: 20},
	{Name: "mysql-definer", Topic: "mysql", Level: 2, Minutes: 20},
}

// learner makes attempts.
type learner struct {
	*testing.T
	all  []*attempts.Attempt
	seed uint64
}

// goes has the learner make an attempt that ends after the given minutes.
func (l *learner) goes(at time.Time, scenario string, unaided, minutes int, change ...func(*attempts.Attempt)) *attempts.Attempt {
	l.seed++
	took, end := labs.Seconds{Duration: time.Duration(minutes) * time.Minute}, at.Add(time.Duration(minutes)*time.Minute)
	a := &attempts.Attempt{
		ID: int64(len(l.all) + 1), Scenario: scenario, Seed: l.seed, Started: at, Worked: end, Ended: &end, Minutes: 20,
		Checks: 1, Score: &unaided, Unaided: &unaided, Took: &took,
	}
	for _, f := range change {
		f(a)
	}
	l.all = append(l.all, a)
	return a
}

func (l *learner) stands(now time.Time, scenario string) *Standing {
	l.Helper()
	for _, topic := range Assess(shelf, l.all, now).Topics {
		for _, level := range topic.Levels {
			for _, s := range level.Scenarios {
				if s.Name == scenario {
					return s
				}
			}
		}
	}
	l.Fatalf("%s is not there", scenario)
	return nil
}

// first draws the lowest number.
func first(uint64) uint64 { return 0 }

// next expects a pick, and texts in its reasons.
func (l *learner) next(now time.Time, want string, why ...string) *Pick {
	l.Helper()
	pick := Assess(shelf, l.all, now).Next()
	if pick == nil || pick.Scenario.Name != want {
		l.Fatalf("on %s, %+v is picked, want %s", now.Format("2 Jan"), pick, want)
	}
	for _, text := range why {
		if !strings.Contains(strings.Join(pick.Why, "\n"), text) {
			l.Errorf("%s is picked, but not because %q: %q", want, text, pick.Why)
		}
	}
	return pick
}

// A fortnight: from nothing to one topic that is mastered and one that is not.
func TestFortnight(t *testing.T) {
	l := &learner{T: t}
	l.next(day(0), "git-conflict", "You have not finished anything yet")
	l.goes(day(0), "git-conflict", 30, 25, func(a *attempts.Attempt) { a.Hints = 2 })
	if s := l.stands(day(0).Add(time.Hour), "git-conflict"); s.State != Shaky || s.Due.Sub(day(0)) > 48*time.Hour || s.Due.Sub(day(0)) < 12*time.Hour {
		t.Errorf("after a poor attempt: %+v", s)
	}
	// A failed scenario is not due at once; a new one of the weaker topic comes first.
	l.next(day(0).Add(time.Hour), "mysql-restore", "You have never tried it", "mysql is your weakest topic")
	l.goes(day(0).Add(time.Hour), "mysql-restore", 100, 9)
	// The next evening, the scenario that went badly is due.
	l.next(day(2), "git-conflict", "It is due", "2 days ago", "30 of 100 without help, 25 min at work (par 20 min), 2 hints", "git is your weakest")
	l.goes(day(2), "git-conflict", 100, 12)
	if s := l.stands(day(2).Add(time.Hour), "git-conflict"); s.State != Solved || s.Trend != Rising || *s.Best != 100 {
		t.Errorf("once is not mastered: %+v", s)
	}
	// What went well in half of par is due much later than what did not.
	quick, slow := l.stands(day(3), "mysql-restore"), l.stands(day(3), "git-conflict")
	if !quick.Due.After(slow.Due.AddDate(0, 0, 2)) {
		t.Errorf("due %v and %v", quick.Due, slow.Due)
	}
	l.next(day(3), "mysql-definer", "You have never tried it", "mysql is your weakest topic (strength 48 %)")
	l.goes(day(3), "mysql-definer", 80, 20)
	l.next(day(3).Add(time.Hour), "git-lost", "You have never tried it", "git is your weakest topic")
	l.goes(day(3).Add(time.Hour), "git-lost", 0, 15, func(a *attempts.Attempt) { a.Unaided, a.Assisted = nil, true })
	due := l.stands(day(4), "git-conflict").Due
	l.goes(due.Add(time.Hour), "git-conflict", 100, 9)
	if s := l.stands(due.Add(2*time.Hour), "git-conflict"); s.State != Mastered {
		t.Errorf("twice, on two seeds, days apart: %+v", s)
	}
	l.next(day(14), "git-lost", "It is due", "solution seen", "git is your weakest topic")
	p := Assess(shelf, l.all, day(14))
	if git := p.Topics[0]; git.Levels[0].Mastered != 1 || git.Levels[1].Shaky != 1 || git.Strength >= p.Topics[1].Strength {
		t.Errorf("git: %+v, mysql %v", git, p.Topics[1].Strength)
	}
	if !slices.Equal(p.Lately, []int{30, 100, 100, 80, 0, 100}) {
		t.Errorf("lately: %v", p.Lately)
	}
}

func TestMastered(t *testing.T) {
	hint := func(a *attempts.Attempt) { a.Unaided, a.Hints = nil, 1 }
	sameSeed := func(a *attempts.Attempt) { a.Seed = 1 }
	open := func(a *attempts.Attempt) { a.Ended = nil }
	for name, test := range map[string]struct {
		goes func(l *learner)
		want State
	}{
		"nothing": {func(*learner) {}, Untried},
		"opened, closed": {func(l *learner) {
			l.goes(day(0), "git-lost", 0, 1, func(a *attempts.Attempt) { a.Score, a.Unaided = nil, nil })
		}, Untried},
		"once":           {func(l *learner) { l.goes(day(0), "git-lost", 100, 9) }, Solved},
		"twice":          {func(l *learner) { l.goes(day(0), "git-lost", 100, 9); l.goes(day(1), "git-lost", 100, 9) }, Mastered},
		"twice, goes on": {func(l *learner) { l.goes(day(0), "git-lost", 100, 9); l.goes(day(1), "git-lost", 100, 9, open) }, Mastered},
		"twice on a day": {func(l *learner) {
			l.goes(day(0), "git-lost", 100, 9)
			l.goes(day(1).Add(-time.Second), "git-lost", 100, 9)
		}, Solved},
		"twice the same seed": {func(l *learner) {
			l.goes(day(0), "git-lost", 100, 9, sameSeed)
			l.goes(day(1), "git-lost", 100, 9, sameSeed)
		}, Solved},
		"with a hint": {func(l *learner) { l.goes(day(0), "git-lost", 100, 9); l.goes(day(1), "git-lost", 95, 9, hint) }, Shaky},
		"nearly":      {func(l *learner) { l.goes(day(0), "git-lost", 100, 9); l.goes(day(1), "git-lost", 99, 9) }, Shaky},
		"fell short since": {func(l *learner) {
			l.goes(day(0), "git-lost", 100, 9)
			l.goes(day(1), "git-lost", 100, 9)
			l.goes(day(9), "git-lost", 60, 9)
		}, Shaky},
		"and back": {func(l *learner) {
			for i, score := range []int{100, 100, 60, 100} {
				l.goes(day(i), "git-lost", score, 9)
			}
		}, Mastered},
		"one that goes on takes nothing away": {func(l *learner) {
			l.goes(day(0), "git-lost", 100, 9)
			l.goes(day(1), "git-lost", 100, 9)
			l.goes(day(9), "git-lost", 20, 9, open)
		}, Mastered},
		"another scenario's": {func(l *learner) { l.goes(day(0), "git-lost", 100, 9); l.goes(day(1), "git-conflict", 100, 9) }, Solved},
	} {
		t.Run(name, func(t *testing.T) {
			l := &learner{T: t}
			test.goes(l)
			if got := l.stands(day(10), "git-lost"); got.State != test.want {
				t.Errorf("%s, want %s", got.State, test.want)
			}
		})
	}
}

// What is missing for mastery is said, and a scenario is due for a reason.
func TestNeedsAndWhyDue(t *testing.T) {
	l := &learner{T: t}
	if s := l.stands(day(0), "git-lost"); s.Needs != "" || s.WhyDue != "" {
		t.Errorf("untried: %q, %q", s.Needs, s.WhyDue)
	}
	l.goes(day(0), "git-lost", 60, 9)
	for _, step := range []struct {
		now            time.Time
		score          int // of an attempt that is then made
		needs, becomes string
		due            string
	}{
		{day(0).Add(time.Hour), 0, "100 without help twice, on different seeds and at least a day apart.", "", "you got only 60 of 100 without help."},
		{day(7), 0, "100 without help twice, on different seeds and at least a day apart.", "", "you last worked on it 7 days ago, and got 60 of 100 without help."},
		{day(7), 100, "100 without help once more, on another seed, started after 10 Mar 18:00.", "", "it is due when that falls to about 90 %."},
		{day(9), 0, "100 without help once more, on another seed.", "", ""},
		{day(9), 100, "", "mastered", "it is due when that falls to about 90 %."},
		{day(60), 40, "100 without help once more, on another seed.", "shaky", ""},
	} {
		if step.score > 0 {
			l.goes(step.now, "git-lost", step.score, 9)
			step.now = step.now.Add(time.Hour)
		}
		s := l.stands(step.now, "git-lost")
		if s.Needs != step.needs || !strings.Contains(s.WhyDue, step.due) || step.becomes != "" && string(s.State) != step.becomes {
			t.Errorf("on %s: %s, needs %q, due %q", step.now.Format("2 Jan"), s.State, s.Needs, s.WhyDue)
		}
		if says := strings.HasPrefix(s.WhyDue, "you last worked"); says != s.IsDue(step.now) {
			t.Errorf("on %s it is due: %v, but: %s", step.now.Format("2 Jan"), s.IsDue(step.now), s.WhyDue)
		}
	}
}

// The unaided score decides how soon a scenario comes back; then the time.
func TestSooner(t *testing.T) {
	var last time.Duration
	for _, test := range []struct {
		unaided, minutes int
		later            bool // than the one before; else at the same time
	}{{0, 10, true}, {59, 10, false}, {60, 10, true}, {99, 1, false}, {100, 31, false}, {100, 30, true}, {100, 11, false}, {100, 10, true}} {
		l := &learner{T: t}
		a := l.goes(day(0), "git-lost", test.unaided, test.minutes)
		due := l.stands(day(0), "git-lost").Due.Sub(a.Worked)
		if due > last != test.later || due < last || due < 12*time.Hour {
			t.Errorf("%+v is due after %v, one worse after %v", test, due, last)
		}
		last = due
	}
	if last < 5*24*time.Hour {
		t.Errorf("what was easy is due after %v", last)
	}
}

func TestNeverTheSameSeed(t *testing.T) {
	used := map[uint64]bool{0: true, 1 << 63: true}
	last := func(n uint64) uint64 { return n - 1 }
	for i := range maxSeed {
		draw := []func(uint64) uint64{first, last, func(n uint64) uint64 { return n / 2 }}[i%3]
		seed := NewSeed(used, draw)
		if used[seed] || seed > maxSeed {
			t.Fatalf("seed %d after %d others", seed, i)
		}
		used[seed] = true
	}
	for want := range uint64(3) {
		if seed := NewSeed(used, first); seed != maxSeed+1+want {
			t.Errorf("seed %d when all short ones were used", seed)
		}
		used[maxSeed+1+want] = true
	}
}

// Scenarios with a running attempt are not picked.
func TestNextSkipsRunning(t *testing.T) {
	l := &learner{T: t}
	open := func(a *attempts.Attempt) { a.Ended, a.Expires = nil, day(1) }
	for _, s := range shelf[:3] {
		l.goes(day(0), s.Name, 20, 5, open)
	}
	l.next(day(0).Add(time.Hour), "mysql-definer")
	l.goes(day(0), "mysql-definer", 20, 5, open)
	if pick := Assess(shelf, l.all, day(0).Add(time.Hour)).Next(); pick != nil {
		t.Errorf("%+v is picked", pick)
	}
	// Their time is up, though nobody closed them.
	l.next(day(5), "git-conflict", "It is due")
}

func TestNothingDue(t *testing.T) {
	l := &learner{T: t}
	for i, s := range shelf {
		l.goes(day(i), s.Name, 100, 10)
	}
	pick := l.next(day(3).Add(time.Hour), "git-conflict", "Nothing is due and nothing is new.", "in 5 days")
	if pick.Due == nil || !pick.Due.After(day(7)) {
		t.Errorf("%+v", pick)
	}
}

func TestTrend(t *testing.T) {
	for scores, want := range map[string]Trend{"": "", "50": "", "50 50": Steady, "50 56": Rising, "50 44": Falling, "0 100 100": Rising, "100 90 20 10": Falling} {
		l := &learner{T: t}
		for i, score := range strings.Fields(scores) {
			var n int
			_, _ = fmt.Sscan(score, &n)
			l.goes(day(i), "git-lost", n, 5)
		}
		if got := TrendOf(l.all); got != want {
			t.Errorf("%s: %q, want %q", scores, got, want)
		}
	}
}

// Attempts from another machine may overlap, or start in the future.
func TestOverlapping(t *testing.T) {
	l := &learner{T: t}
	l.goes(day(0), "git-lost", 100, 300)
	l.goes(day(0).Add(time.Minute), "git-lost", 100, 5)
	l.goes(day(40), "git-lost", 100, 5)
	s := l.stands(day(3), "git-lost")
	if s.Due == nil || s.Recall < 0 || s.Recall > 1 || s.Attempts != 3 {
		t.Errorf("%+v", s)
	}
}

func TestHistory(t *testing.T) {
	l := &learner{T: t}
	l.goes(day(0), "git-lost", 40, 5)
	l.goes(day(1), "git-conflict", 10, 5)
	l.goes(day(2), "git-lost", 70, 5)
	l.goes(day(3), "git-lost", 0, 5, func(a *attempts.Attempt) { a.Ended, a.Score, a.Unaided = nil, nil, nil })
	entries := History(l.all, day(3).Add(time.Hour))
	if entries[0].Change != nil || entries[1].Change != nil || *entries[2].Change != 30 || entries[3].Change != nil {
		t.Errorf("%+v", entries)
	}
	if !entries[0].Over || entries[0].Wall.Duration != 5*time.Minute || entries[3].Over || entries[3].Wall.Duration != time.Hour {
		t.Errorf("%+v", entries)
	}
}
