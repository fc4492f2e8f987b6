package visit

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"endstate/internal/attempts"
	"endstate/internal/seat"
	"endstate/labs"
)

// looks is an engine that finds another lab at each look, and then always the last one.
type looks struct {
	*clockwork
	found []*labs.Lab // nil: none
	away  error
}

func (e *looks) Labs(context.Context, labs.Which) ([]*labs.Lab, error) {
	if e.away != nil {
		return nil, e.away
	}
	lab := e.found[0]
	e.found = e.found[min(1, len(e.found)-1):]
	if lab == nil {
		return nil, nil
	}
	return []*labs.Lab{lab}, nil
}

// A learner whose shell has ended is told what has become of the lab, and how to come back.
func TestLostSaysWhatHappened(t *testing.T) {
	resetTime = 2 * time.Second
	t.Cleanup(func() { resetTime = 20 * time.Second })
	with := func(host string, state labs.HostState, since time.Duration) *labs.Lab {
		lab := newClockwork(time.Hour).lab
		lab.Started = lab.Started.Add(since)
		lab.Hosts = []labs.Host{{Name: labs.Workspace, ID: host, State: state}}
		return &lab
	}
	mine := with("old", labs.HostRunning, 0)
	for name, test := range map[string]struct {
		ending attempts.Ending
		found  []*labs.Lab
		says   string
		back   bool
	}{
		"stopped":                  {attempts.Stopped, []*labs.Lab{mine, nil}, "was stopped", false},
		"removed by other means":   {"", []*labs.Lab{nil}, "was stopped", false},
		"expired":                  {attempts.Expired, []*labs.Lab{nil}, "was past its time", false},
		"reset":                    {attempts.Gone, []*labs.Lab{mine, nil, nil, with("new", labs.HostStopped, 0), with("new", labs.HostRunning, 0)}, "was reset by a command outside this shell", true},
		"reset, slowly":            {attempts.Gone, []*labs.Lab{nil}, "may be on its way back", true},
		"stopped, and a new start": {attempts.Stopped, []*labs.Lab{nil, with("new", labs.HostRunning, time.Minute)}, "was stopped", false},
		"killed":                   {"", []*labs.Lab{mine}, "The shell was killed, but the lab is still running", true},
		"its host":                 {"", []*labs.Lab{with("old", labs.HostStopped, 0)}, "The lab's host stopped", true},
	} {
		t.Run(name, func(t *testing.T) {
			c := newClockwork(time.Hour)
			s, _ := stayAt(t, c)
			v := s.visit
			lab := *mine
			v.Lab, v.Host = &lab, labs.Workspace
			store := v.parts.Recall(t.Context(), labs.Learner{Name: "ada"}, nil)
			_, err := store.Begin(t.Context(), &lab, attempts.About{})
			if err == nil && test.ending != "" {
				err = store.End(t.Context(), &lab, noon, test.ending)
			}
			if err != nil {
				t.Fatal(err)
			}
			v.parts.Backend().Engine = &looks{clockwork: c, found: test.found}
			problem := v.Lost(t.Context(), seat.ErrLost)
			back := len(problem.Acts) > 0 && strings.Contains(strings.Join(namesOf(problem.Acts), " "), labs.ActEnter)
			if !strings.Contains(problem.What, test.says) || back != test.back {
				t.Errorf("%s, %+v", problem.What, problem.Acts)
			}
		})
	}
}

// If the engine can't be asked, that is why the shell has ended, and not that its host has stopped.
func TestLostWithoutAnEngine(t *testing.T) {
	for name, test := range map[string]struct {
		away         error
		says, advice string
	}{
		"no answer": {errors.New("silence"), "does not answer", ""},
		"a reason":  {fmt.Errorf("list labs: %w", &labs.Problem{What: "The network is down", Advice: "Mend it."}), "The network is down", "Mend it."},
	} {
		t.Run(name, func(t *testing.T) {
			c := newClockwork(time.Hour)
			s, _ := stayAt(t, c)
			lab := c.lab
			s.visit.Lab = &lab
			s.visit.parts.Backend().Engine = &looks{clockwork: c, away: test.away}
			problem := s.visit.Lost(t.Context(), seat.ErrLost)
			if problem.Code != labs.CodeEngine || !strings.Contains(problem.What, test.says) || problem.Advice != test.advice || !slices.Contains(namesOf(problem.Acts), labs.ActEnter) {
				t.Errorf("%+v", problem)
			}
		})
	}
}

// If nobody knows how the attempt ended, the lab was stopped.
func TestLostWithoutAStore(t *testing.T) {
	c := newClockwork(time.Hour)
	c.gone = true
	s, _ := stayAt(t, c)
	lab := c.lab
	s.visit.Lab = &lab
	if problem := s.visit.Lost(t.Context(), errors.New("it ended")); !strings.Contains(problem.What, "was stopped") {
		t.Errorf("%+v", problem)
	}
}

func namesOf(acts []labs.Act) []string {
	var names []string
	for _, act := range acts {
		names = append(names, act.Name)
	}
	return names
}
