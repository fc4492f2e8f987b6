package site

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"endstate/labs"
	"endstate/labs/kit"
)

// fakeHost is an engine with one host, whose state the test decides. The host gets a share
// of a processor, and its relay runs on this machine.
type fakeHost struct {
	onMachine
	vitals func() labs.Vitals
	share  float64
	begun  time.Time
}

func (s *fakeHost) Vitals(context.Context, labs.Host) (labs.Vitals, error) { return s.vitals(), nil }

func (s *fakeHost) Usage(context.Context, labs.Host) (labs.Usage, error) {
	return labs.Usage{Worked: time.Duration(s.share * float64(time.Since(s.begun)))}, nil
}

func (s *fakeHost) Labs(context.Context, labs.Which) ([]*labs.Lab, error) {
	return []*labs.Lab{{ID: "lab"}}, nil
}

func (s *fakeHost) Written(context.Context, labs.Host) (int64, error) { return 0, nil }

func running() labs.Vitals { return labs.Vitals{State: labs.HostRunning, Age: time.Hour} }

// siteOn returns the site of a lab on an engine, and a function that returns the steps emitted.
func siteOn(t *testing.T, engine *fakeHost) (*Site, func() []string) {
	t.Helper()
	engine.begun = time.Now()
	var mu sync.Mutex
	var steps []string
	emit := func(e labs.Event) {
		mu.Lock()
		defer mu.Unlock()
		if e.State == labs.StepBegan {
			steps = append(steps, strings.TrimSpace(string(e.Step)+" "+e.Subject))
		}
	}
	site := Opener{Engine: engine}.Open(Subject{Lab: &labs.Lab{ID: "lab", Role: labs.RoleLab, Scenario: "some"}}, emit)
	t.Cleanup(site.Close)
	return site, func() []string {
		mu.Lock()
		defer mu.Unlock()
		return steps
	}
}

// answerAfter returns a question whose answer takes a while.
func answerAfter(needs time.Duration) func(context.Context, time.Duration) error {
	return func(ctx context.Context, limit time.Duration) error {
		if sleep(ctx, min(needs, limit)); needs > limit {
			return fmt.Errorf("%w: after %v", kit.ErrLate, limit)
		}
		return context.Cause(ctx)
	}
}

func TestASlowHostIsAskedAgainWithMoreTime(t *testing.T) {
	t.Parallel()
	site, steps := siteOn(t, &fakeHost{vitals: running, share: 0.1})
	err := site.Ask(t.Context(), kit.Question{Host: labs.Host{Name: "db"}, Limit: time.Second, Ask: answerAfter(5 * time.Second)})
	if err != nil {
		t.Errorf("got no answer: %v", err)
	}
	if got := strings.Join(steps(), " "); got != "slow db" {
		t.Errorf("the steps shown are %q", got)
	}
}

func TestAServerThatWorkedForAllItsTimeHasTooMuchToDo(t *testing.T) {
	t.Parallel()
	site, _ := siteOn(t, &fakeHost{vitals: running, share: 1})
	err := site.Ask(t.Context(), kit.Question{Host: labs.Host{Name: "db"}, Limit: 2 * time.Second, Ask: answerAfter(time.Hour)})
	var obstacle *kit.Obstacle
	if !errors.As(err, &obstacle) || !strings.Contains(obstacle.Message, "has worked for") {
		t.Errorf("an endless question ends with %v", err)
	}
}

func TestWhoStandsInTheWayIsNamed(t *testing.T) {
	t.Parallel()
	site, _ := siteOn(t, &fakeHost{vitals: running})
	seen := &kit.Obstacle{Message: "Session 7 holds a lock."}
	err := site.Ask(t.Context(), kit.Question{
		Host: labs.Host{Name: "db"}, Limit: time.Second, Ask: answerAfter(time.Hour), Watch: func(context.Context) error { return seen },
	})
	if !errors.Is(err, seen) {
		t.Errorf("got %v, want the obstacle", err)
	}
}

// An obstacle does not matter if the answer comes in time.
func TestWhoLetsGoInTimeIsNotNamed(t *testing.T) {
	t.Parallel()
	site, _ := siteOn(t, &fakeHost{vitals: running})
	err := site.Ask(t.Context(), kit.Question{
		Host: labs.Host{Name: "db"}, Limit: 2 * time.Second, Ask: answerAfter(time.Second),
		Watch: func(context.Context) error { return &kit.Obstacle{Message: "Session 7 holds a lock."} },
	})
	if err != nil {
		t.Errorf("got %v, want no error", err)
	}
}

func TestInterruptedAskingEnds(t *testing.T) {
	t.Parallel()
	site, _ := siteOn(t, &fakeHost{vitals: running})
	ctx, cancel := context.WithCancelCause(t.Context())
	stopped := errors.New("stopped")
	time.AfterFunc(50*time.Millisecond, func() { cancel(stopped) })
	err := site.Ask(ctx, kit.Question{Host: labs.Host{Name: "db"}, Limit: time.Hour, Ask: answerAfter(time.Hour)})
	if !errors.Is(err, stopped) {
		t.Errorf("it ends with %v", err)
	}
}

// A broken connection is retried. A server that breaks every connection is the learner's fault.
func TestBrokenConnections(t *testing.T) {
	t.Parallel()
	for breaks, want := range map[int]string{1: "", 2: "", 9: "keeps closing connections"} {
		site, _ := siteOn(t, &fakeHost{vitals: running})
		left := breaks
		err := site.Ask(t.Context(), kit.Question{Host: labs.Host{Name: "db"}, Limit: time.Second, Ask: func(context.Context, time.Duration) error {
			if left--; left >= 0 {
				return fmt.Errorf("%w: %w", kit.ErrBroken, io.EOF)
			}
			return nil
		}})
		var obstacle *kit.Obstacle
		if want == "" && err != nil || want != "" && (!errors.As(err, &obstacle) || !strings.Contains(obstacle.Message, want)) {
			t.Errorf("after %d breaks: %v", breaks, err)
		}
	}
}

// freePort returns a port of this machine on which nothing listens.
func freePort(t *testing.T) int {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port
}

func TestWhyAServerCantBeReached(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		vitals   []labs.Vitals // in sequence; the last one stays
		says     string
		obstacle bool
	}{
		"it runs and does not listen": {[]labs.Vitals{running()}, "Nothing is listening", true},
		"it was started again long ago": {
			[]labs.Vitals{{State: labs.HostRunning, Again: true, Age: time.Hour, Down: time.Hour}}, "Nothing is listening", true,
		},
		"it ends again and again": {
			[]labs.Vitals{
				{State: labs.HostRunning, Again: true, Age: time.Second, Restarts: 1}, {State: labs.HostRestarting, Again: true, Restarts: 2}, {State: labs.HostRestarting, Again: true, Restarts: 3},
			}, "keeps restarting", true,
		},
		"it has been ending for so long that the engine waits": {[]labs.Vitals{{State: labs.HostRestarting, Again: true, Down: 5 * time.Second, Restarts: 9}}, "keeps restarting", true},
		"it ran out of memory":                                 {[]labs.Vitals{{State: labs.HostOutOfMemory, Again: true, Down: time.Second}}, "out of memory", true},
		"it was stopped from outside":                          {[]labs.Vitals{{State: labs.HostStopped, Again: true, Down: time.Minute, Exit: 137}}, "from outside", false},
		"it was just stopped, and stays so": {
			[]labs.Vitals{{Again: true, Down: time.Second}, {Again: true, Down: 3 * time.Second}}, "from outside", false,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			site, _ := siteOn(t, &fakeHost{vitals: sequence(test.vitals)})
			_, err := site.Dial(t.Context(), labs.Host{Name: "db", ID: "db"}, freePort(t))
			var obstacle *kit.Obstacle
			if err == nil || !strings.Contains(err.Error(), test.says) || errors.As(err, &obstacle) != test.obstacle {
				t.Errorf("%v", err)
			}
		})
	}
}

// listen accepts one connection on a port of this machine.
func listen(t *testing.T, port int) {
	late, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		t.Error(err)
		return
	}
	t.Cleanup(func() { _ = late.Close() })
	if conn, err := late.Accept(); err == nil {
		echo(conn)
	}
}

func sequence(all []labs.Vitals) func() labs.Vitals {
	var mu sync.Mutex
	return func() labs.Vitals {
		mu.Lock()
		defer mu.Unlock()
		now := all[0]
		if len(all) > 1 {
			all = all[1:]
		}
		return now
	}
}

// The grader waits for a server that restarts, and tells the learner.
func TestAServerThatStartsAgainIsWaitedFor(t *testing.T) {
	t.Parallel()
	port := freePort(t)
	site, steps := siteOn(t, &fakeHost{vitals: func() labs.Vitals {
		return labs.Vitals{State: labs.HostRunning, Again: true, Age: time.Second, Restarts: 1}
	}})
	time.AfterFunc(2*time.Second, func() { listen(t, port) })
	conn, err := site.Dial(t.Context(), labs.Host{Name: "db", ID: "db"}, port)
	if err != nil {
		t.Fatal(err)
	}
	_ = conn.Close()
	if got := strings.Join(steps(), " "); got != "wait db" {
		t.Errorf("the steps shown are %q", got)
	}
}
