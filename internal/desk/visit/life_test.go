package visit

import (
	"context"
	"errors"
	"math"
	"slices"
	"sync"
	"testing"
	"time"

	"endstate/internal/desk"
	"endstate/labs"
)

// clockwork is an engine with one lab and a clock that the test sets.
type clockwork struct {
	labs.Engine // methods not overridden below must not be called
	lab         labs.Lab
	now         time.Time
	gone        bool
}

func (c *clockwork) Now() time.Time { return c.now }

func (c *clockwork) Labs(context.Context, labs.Which) ([]*labs.Lab, error) {
	if c.gone {
		return nil, nil
	}
	lab := c.lab
	return []*labs.Lab{&lab}, nil
}

func (c *clockwork) Extend(_ context.Context, _ *labs.Lab, until time.Time) error {
	if c.gone {
		return labs.ErrNotFound
	}
	c.lab.Expires = until
	return nil
}

// stayAt returns a stay in a lab of the engine, and the warnings that it gives.
func stayAt(t *testing.T, c *clockwork) (*Stay, *[]string) {
	t.Helper()
	d := desk.New(desk.Config{
		Clock: func() time.Time { return c.now }, Settings: desk.Settings{Home: t.TempDir()},
		Open: func(context.Context) (*desk.Backend, error) {
			return &desk.Backend{Engine: c, Close: func() error { return nil }, Info: func(context.Context) (labs.EngineInfo, error) {
				return labs.EngineInfo{}, errors.New("none")
			}}, nil
		},
	})
	t.Cleanup(d.Close)
	if err := d.Parts().Connect(t.Context()); err != nil {
		t.Fatal(err)
	}
	var said []string
	lab := c.lab
	return &Stay{
		visit: &Visit{Lab: &lab, Variant: &labs.Variant{}, desk: d, parts: d.Parts()}, left: t.Context(),
		emit: func(event labs.Event) {
			var problem *labs.Problem
			if !errors.As(event.Warning, &problem) {
				t.Fatal(event.Warning)
			}
			text := problem.What
			for _, act := range problem.Acts {
				text += "; " + act.Name
			}
			said = append(said, text)
		},
	}, &said
}

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func newClockwork(life time.Duration) *clockwork {
	return &clockwork{now: noon, lab: labs.Lab{ID: "one", Role: labs.RoleLab, Scenario: "one", Owner: "ada", Started: noon, Expires: noon.Add(life)}}
}

// Somebody who does nothing is warned 15 and 5 minutes before the end, once each.
func TestWarnsBeforeTheEnd(t *testing.T) {
	c := newClockwork(40 * time.Minute)
	s, said := stayAt(t, c)
	pressed, left := int64(0), time.Duration(math.MaxInt64)
	for range 120 {
		pressed, left = s.lookAtLife(s.visit.Lab, s.visit.Variant, pressed, left)
		c.now = c.now.Add(20 * time.Second)
	}
	want := []string{"The lab ends in 15 minutes; " + labs.ActExtend, "The lab ends in 5 minutes; " + labs.ActExtend}
	if !slices.Equal(*said, want) {
		t.Errorf("it said %q, want %q", *said, want)
	}
	if got := c.lab.Expires; !got.Equal(noon.Add(40 * time.Minute)) {
		t.Errorf("a lab in which nobody works expires at %v", got)
	}
}

// Keys keep a lab alive, up to its longest life; then its learner is warned all the same.
func TestWorkKeepsALabAlive(t *testing.T) {
	c := newClockwork(20 * time.Minute)
	s, said := stayAt(t, c)
	pressed, left := int64(0), time.Duration(math.MaxInt64)
	for c.now.Before(noon.Add(desk.LongestLife)) {
		s.pressed.Store(c.now.UnixNano())
		pressed, left = s.lookAtLife(s.visit.Lab, s.visit.Variant, pressed, left)
		ends := min(c.now.Add(25*time.Minute).Unix(), noon.Add(desk.LongestLife).Unix())
		if c.lab.Expires.Unix() < ends {
			t.Fatalf("at %v, the lab expires at %v", c.now, c.lab.Expires)
		}
		c.now = c.now.Add(20 * time.Second)
	}
	if got := c.lab.Expires; !got.Equal(noon.Add(desk.LongestLife)) {
		t.Errorf("it expires at %v, later than a lab may live", got)
	}
	if want := []string{"The lab ends in 15 minutes", "The lab ends in 5 minutes"}; !slices.Equal(*said, want) {
		t.Errorf("it said %q, want %q", *said, want)
	}
}

// A lab that somebody else has extended does not end soon, and one that is gone says nothing.
func TestLooksAtTheEngine(t *testing.T) {
	c := newClockwork(16 * time.Minute)
	s, said := stayAt(t, c)
	_, left := s.lookAtLife(s.visit.Lab, s.visit.Variant, 0, math.MaxInt64)
	c.lab.Expires = c.lab.Expires.Add(time.Hour)
	c.now = c.now.Add(2 * time.Minute)
	if _, left = s.lookAtLife(s.visit.Lab, s.visit.Variant, 0, left); left != 74*time.Minute || len(*said) > 0 {
		t.Errorf("%v left, it said %q", left, *said)
	}
	c.gone = true
	s.pressed.Store(c.now.UnixNano())
	if _, again := s.lookAtLife(s.visit.Lab, s.visit.Variant, 0, left); again != left || len(*said) > 0 {
		t.Errorf("without its lab: %v left, it said %q", again, *said)
	}
}

// A stay watches its own lab while a reset gives the visit another one; the race detector sees this.
func TestLifeIsWatchedDuringAReset(t *testing.T) {
	c := newClockwork(20 * time.Minute)
	s, _ := stayAt(t, c)
	lab, variant := s.visit.Lab, s.visit.Variant
	s.pressed.Store(c.now.UnixNano())
	var reset sync.WaitGroup
	reset.Go(func() { s.visit.Lab, s.visit.Variant = &labs.Lab{Scenario: "another"}, &labs.Variant{} })
	if pressed, _ := s.lookAtLife(lab, variant, 0, math.MaxInt64); pressed != c.now.UnixNano() {
		t.Error("the stay did not see its lab")
	}
	reset.Wait()
}
