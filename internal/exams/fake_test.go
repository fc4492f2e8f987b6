package exams

import (
	"context"
	"encoding/json"
	"slices"
	"sync"
	"testing"
	"time"

	"endstate/labs"
)

// memory is a Store in memory. It keeps sittings as JSON, so that callers don't share them.
type memory struct {
	mu   sync.Mutex
	rows []string
}

func (m *memory) AddExam(_ context.Context, s *Sitting) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	s.ID = int64(len(m.rows) + 1)
	return m.write(s, append(m.rows, ""))
}

func (m *memory) write(s *Sitting, rows []string) error {
	text, err := json.Marshal(s)
	rows[s.ID-1] = string(text)
	m.rows = rows
	return err
}

func (m *memory) read(id int64) (*Sitting, error) {
	s := &Sitting{}
	return s, json.Unmarshal([]byte(m.rows[id-1]), s)
}

func (m *memory) Exam(_ context.Context, id int64) (*Sitting, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.read(id)
}

func (m *memory) Exams(context.Context) ([]*Sitting, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var all []*Sitting
	for i := range m.rows {
		s, err := m.read(int64(i + 1))
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, nil
}

func (m *memory) OpenExams(ctx context.Context) ([]*Sitting, error) {
	all, err := m.Exams(ctx)
	return slices.DeleteFunc(all, func(s *Sitting) bool { return s.Done() }), err
}

func (m *memory) ChangeExam(_ context.Context, id int64, change func(*Sitting) error) (*Sitting, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s, err := m.read(id)
	if err != nil {
		return nil, err
	}
	if err := change(s); err != nil {
		return s, err
	}
	return s, m.write(s, m.rows)
}

// room is a fake Labs. It holds the results of checks and the labs that exist.
type room struct {
	hall   *hall
	there  map[string]bool
	points map[string]int   // scenario → points of its passed check
	failed map[string]error // scenario → why it can't be checked
	harms  map[string]int   // scenario → costs of its broken guard
	opens  time.Duration    // how long opening takes
	opened map[string]int
	before func()        // runs during a check; may be nil
	frozen bool          // opened labs are frozen
	stuck  error         // why they can't be frozen
	off    time.Duration // how far the engine's clock is behind
}

func (r *room) Freeze(_ context.Context, s *Sitting) (still []int, err error) {
	if r.stuck != nil {
		return nil, r.stuck
	}
	r.frozen = true
	for _, q := range s.Questions {
		if s.Opened(q.Number) {
			still = append(still, q.Number)
		}
	}
	return still, nil
}

func (r *room) Thaw(context.Context, *Sitting) error { r.frozen = false; return nil }

func (r *room) Now(context.Context) (time.Time, error) { return r.hall.now.Add(-r.off), nil }

func (r *room) Open(ctx context.Context, s *Sitting, q *Question, _ labs.Emit) (*labs.Lab, error) {
	for left := r.opens; left > 0; left -= renewal {
		r.hall.now = r.hall.now.Add(min(left, renewal))
		if _, err := r.hall.proctor.change(ctx, s.ID, func(s *Sitting, now time.Time) error { s.Renew(r.hall.proctor.by, now); return nil }); err != nil {
			return nil, err
		}
	}
	if err := r.failed["open "+q.Scenario]; err != nil {
		return nil, err
	}
	r.there[q.Scenario] = true
	r.opened[q.Scenario]++
	return &labs.Lab{ID: labs.LabID(s.LabOwner, q.Scenario)}, nil
}

func (r *room) Check(_ context.Context, _ *Sitting, q *Question, _ labs.Emit) (*labs.Report, error) {
	if !r.there[q.Scenario] {
		return nil, labs.ErrNotFound
	}
	if r.before != nil {
		r.before()
	}
	report := &labs.Report{Scenario: q.Scenario, Seed: q.Seed, At: r.hall.now, Checks: []labs.Result{
		{ID: "done", Verdict: labs.Passed, Points: r.points[q.Scenario]},
		{ID: "rest", Verdict: labs.Failed, Points: 100 - r.points[q.Scenario]},
	}}
	if err := r.failed[q.Scenario]; err != nil {
		report.Checks[1] = labs.Result{ID: "rest", Verdict: labs.Ungraded, Message: err.Error() + "\nwhat to do"}
	}
	if costs := r.harms[q.Scenario]; costs > 0 {
		report.Guards = []labs.Result{{ID: "kept", Verdict: labs.Failed, Points: costs}}
	}
	report.Charge(nil, false)
	return report, nil
}

func (r *room) Remove(_ context.Context, _ *Sitting, q *Question, _ labs.Emit) error {
	if err := r.failed["remove "+q.Scenario]; err != nil {
		return err
	}
	delete(r.there, q.Scenario)
	return nil
}

// bookshelf returns scenarios of which only the hints matter.
type bookshelf []labs.Scenario

func (b bookshelf) List() []labs.Scenario { return b }

func (b bookshelf) Variant(name string, seed uint64) (*labs.Variant, error) {
	return &labs.Variant{Scenario: labs.Scenario{Name: name}, Seed: seed, Hints: []labs.Hint{{Costs: 5}, {Costs: 10}}}, nil
}

// hall is a test setting: a candidate sits an exam of three questions in 60 minutes.
type hall struct {
	*testing.T
	now     time.Time
	room    *room
	store   *memory
	proctor *Proctor
	id      int64
}

func newHall(t *testing.T, change func(*Blueprint)) *hall {
	t.Helper()
	h := &hall{T: t, now: time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC), store: &memory{}}
	h.room = &room{hall: h, there: map[string]bool{}, points: map[string]int{}, failed: map[string]error{}, opened: map[string]int{}}
	shelf := bookshelf{{Name: "a", Topic: "git", Minutes: 10}, {Name: "b", Topic: "git", Minutes: 10}, {Name: "c", Topic: "mysql", Minutes: 10}}
	h.proctor = NewProctor(h.store, h.room, shelf, func() time.Time { return h.now })
	b := &Blueprint{
		Name: "three", Title: "Three", Minutes: 60, Pass: 50, Feedback: FeedbackFull, Hints: Hints{Allowed: true},
		Items: []Item{{Scenario: "a", Count: 1, Points: 10}, {Scenario: "b", Count: 1, Points: 20}, {Scenario: "c", Count: 1, Points: 30}},
	}
	if change != nil {
		change(b)
	}
	s, err := h.proctor.Draw(t.Context(), b, 7, Bank{Scenarios: shelf}, Entry{Owner: "ada", Candidate: "Ada"})
	if err != nil {
		t.Fatal(err)
	}
	h.id = s.ID
	return h
}

// after advances the clock.
func (h *hall) after(minutes float64) *hall {
	h.now = h.now.Add(time.Duration(minutes * float64(time.Minute)))
	return h
}

func (h *hall) goTo(n int) {
	h.Helper()
	if _, _, err := h.proctor.Goto(h.Context(), h.id, n, nil); err != nil {
		h.Fatal(err)
	}
}

func (h *hall) sitting() *Sitting {
	h.Helper()
	s, err := h.store.Exam(h.Context(), h.id)
	if err != nil {
		h.Fatal(err)
	}
	return s
}

// is demands that the exam is in a phase, with a number of minutes left.
func (h *hall) is(phase Phase, left float64) {
	h.Helper()
	s := h.sitting()
	if s.Phase(h.now) != phase || s.Left(h.now).Minutes() != left {
		h.Errorf("it is %s with %v left, want %s with %v minutes", s.Phase(h.now), s.Left(h.now), phase, left)
	}
}
