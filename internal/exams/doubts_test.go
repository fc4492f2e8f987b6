package exams

import (
	"strings"
	"testing"
	"time"
)

// whole returns a sitting that has ended and is graded.
func whole(t *testing.T) (*Sitting, time.Time) {
	t.Helper()
	h := newHall(t, nil)
	h.goTo(1)
	h.after(5)
	h.goTo(2)
	h.after(5)
	h.room.points = map[string]int{"a": 70, "b": 30}
	s, err := h.proctor.Submit(t.Context(), h.id, nil)
	if err != nil {
		t.Fatal(err)
	}
	return s, h.now
}

// Edits of the store by hand are detected.
func TestDoubts(t *testing.T) {
	if s, now := whole(t); len(s.Doubts(now)) > 0 {
		t.Fatalf("nothing was changed: %q", s.Doubts(now))
	}
	hundred := 100
	for want, change := range map[string]func(*Sitting){
		"question 1: its score is not its report's": func(s *Sitting) { s.Questions[0].Grade.Score = &hundred },
		"question 1: its report's score does not follow from its verdicts": func(s *Sitting) {
			s.Questions[0].Grade.Score, s.Questions[0].Grade.Report.Score = &hundred, &hundred
		},
		"question 3: it has a score and no report":          func(s *Sitting) { s.Questions[2].Grade.Score = &hundred },
		"question 2: its report is about another exercise":  func(s *Sitting) { s.Questions[1].Grade.Report.Seed++ },
		"question 2: 1 hints were opened and 0 are charged": func(s *Sitting) { s.Questions[1].Hints = 1 },
		"question 1: its lateness does not match its times": func(s *Sitting) {
			s.Questions[0].Grade.Late.Duration = time.Minute
			s.Questions[0].Grade.Accepted = true
		},
		"question 1: it is late and counts, though nobody accepted it": func(s *Sitting) { s.Questions[0].Grade.Late.Duration = time.Minute },
		"question 1: its lab was checked before the exam's end":        func(s *Sitting) { s.Questions[0].Grade.At = s.Started },
		"it starts in the future":                                      func(s *Sitting) { s.Started = s.Started.Add(time.Hour) },
		"it ended before it started":                                   func(s *Sitting) { s.Ended = s.Started.Add(-time.Second) },
		"it started before it was drawn":                               func(s *Sitting) { s.Started = s.Created.Add(-time.Hour) },
		"it lasted 10 min longer than allowed": func(s *Sitting) {
			s.Blueprint.Minutes = 0
		},
		"a pause took 2 h; the longest is 30 min": func(s *Sitting) {
			s.Pauses = []Pause{{From: s.Started, To: s.Started.Add(2 * time.Hour)}}
		},
		"a pause ended before it began": func(s *Sitting) { s.Pauses = []Pause{{From: s.Started.Add(time.Hour), To: s.Started}} },
		"two pauses overlap": func(s *Sitting) {
			p := Pause{From: s.Started, To: s.Started.Add(time.Minute)}
			s.Pauses = []Pause{p, p}
		},
		"a stay at question 1 ended before it began": func(s *Sitting) { s.Turns[0].To = s.Turns[0].From.Add(-time.Second) },
	} {
		s, now := whole(t)
		change(s)
		if got := strings.Join(s.Doubts(now), "\n"); !strings.Contains(got, want) {
			t.Errorf("of %q nothing is said, but %q", want, got)
		}
	}
}

// More time left than the whole is detected while the exam runs, and not granted.
func TestTimeLeftAboveTheLength(t *testing.T) {
	h := newHall(t, nil)
	h.goTo(1)
	_, err := h.store.ChangeExam(t.Context(), h.id, func(s *Sitting) error {
		s.Pauses = []Pause{{From: h.now.Add(-time.Hour), To: h.now}}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	h.is(Running, 60)
	if got := strings.Join(h.sitting().View(h.now).Doubts, "\n"); !strings.Contains(got, "2 h are left, more than its length of 1 h") {
		t.Errorf("got %q", got)
	}
}
