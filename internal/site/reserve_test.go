package site

import (
	"context"
	"io"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"endstate/labs"
	"endstate/labs/kit"
)

// hosts is an engine that counts the hosts that were started and the ones that were closed.
type hosts struct {
	labs.Engine
	now             time.Time
	started, closed atomic.Int64
	state           labs.HostState // of every host
	failing         error          // of every start
}

func (h *hosts) Now() time.Time { return h.now }

func (h *hosts) Vitals(context.Context, labs.Host) (labs.Vitals, error) {
	return labs.Vitals{State: h.state}, nil
}

func (h *hosts) Run(context.Context, labs.Plan) (labs.Host, labs.Process, error) {
	if h.failing != nil {
		return labs.Host{}, nil, h.failing
	}
	h.started.Add(1)
	return labs.Host{ID: "1"}, &counted{command{in: &input{note: func() {}}}, &h.closed}, nil
}

// counted is a command that counts that it is closed.
type counted struct {
	command
	closed *atomic.Int64
}

func (c *counted) Close() error { c.closed.Add(1); return nil }

func reserving(engine labs.Engine, reserve *Reserve) *Site {
	return Opener{Engine: engine, Reserve: reserve}.Open(Subject{Lab: &labs.Lab{}, Images: map[string]labs.ImageRef{}}, nil)
}

func runOf(command string) kit.FreshRun {
	return kit.FreshRun{Image: "git", Command: command, Files: func() ([]kit.Entry, error) { return nil, nil }}
}

// A command finds the host that was started ahead for it, and a host runs one command.
func TestReservedHost(t *testing.T) {
	for _, test := range []struct {
		name      string
		then      func(*hosts)
		run       []string // the commands of the next round
		want      int64    // how many hosts it starts
		abandoned int64    // how many hosts in reserve are closed without a command
	}{
		{"the same command", func(*hosts) {}, []string{"a"}, 0, 0},
		{"as many as were asked for", func(*hosts) {}, []string{"a", "a", "b"}, 0, 0},
		{"one more", func(*hosts) {}, []string{"a", "a", "a"}, 1, 0},
		{"another command", func(*hosts) {}, []string{"c"}, 1, 0},
		{"the hosts have ended", func(h *hosts) { h.state = labs.HostStopped }, []string{"a"}, 1, 2},
		{"the hosts are about to expire", func(h *hosts) { h.now = h.now.Add(serverLife) }, []string{"a"}, 1, 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			engine, reserve := &hosts{state: labs.HostRunning, now: time.Now()}, &Reserve{}
			for range 2 { // the second time there are enough
				site := reserving(engine, reserve)
				for _, command := range []string{"a", "b", "a"} {
					if err := site.Reserve(t.Context(), runOf(command)); err != nil {
						t.Fatal(err)
					}
				}
				site.Close()
			}
			if n := engine.started.Load(); n != 3 {
				t.Fatalf("%d hosts were started ahead, want 3", n)
			}
			test.then(engine)
			site := reserving(engine, reserve)
			for _, command := range test.run {
				if _, err := site.Fresh(t.Context(), runOf(command)); err != nil {
					t.Fatal(err)
				}
			}
			site.Close()
			if n := engine.started.Load() - 3; n != test.want {
				t.Errorf("%d hosts were started for the round, want %d", n, test.want)
			}
			reserve.removals.Wait()
			if n := engine.closed.Load() - int64(len(test.run)); n != test.abandoned {
				t.Errorf("%d hosts were removed unused, want %d", n, test.abandoned)
			}
			reserve.Close()
			if started, closed := engine.started.Load(), engine.closed.Load(); started != closed {
				t.Errorf("%d hosts were started, and %d removed", started, closed)
			}
			site = reserving(engine, reserve)
			defer site.Close()
			if err := site.Reserve(t.Context(), runOf("a")); err != nil || engine.started.Load() != engine.closed.Load() {
				t.Errorf("a closed reserve starts a host, %v", err)
			}
		})
	}
}

// A host that could not be started ahead is started when it is needed.
func TestFailedReserve(t *testing.T) {
	engine, reserve := &hosts{state: labs.HostRunning, now: time.Now(), failing: io.ErrUnexpectedEOF}, &Reserve{}
	defer reserve.Close()
	site := reserving(engine, reserve)
	defer site.Close()
	if err := site.Reserve(t.Context(), runOf("a")); err == nil {
		t.Error("a start that failed is no error")
	}
	engine.failing = nil
	if _, err := site.Fresh(t.Context(), runOf("a")); err != nil || engine.started.Load() != 1 {
		t.Errorf("%d hosts were started, %v", engine.started.Load(), err)
	}
}

// Without a reserve, nothing is started ahead.
func TestNoReserve(t *testing.T) {
	engine := &hosts{}
	site := Opener{Engine: engine}.Open(Subject{Lab: &labs.Lab{}}, nil)
	defer site.Close()
	if err := site.Reserve(t.Context(), runOf("a")); err != nil || engine.started.Load() != 0 {
		t.Errorf("%d hosts were started, %v", engine.started.Load(), err)
	}
}

// serving is an engine that counts the relays that were started.
type serving struct {
	labs.Engine
	relays []string
}

func (s *serving) Execute(_ context.Context, host labs.Host, _ labs.Command) (labs.Process, error) {
	s.relays = append(s.relays, host.Name)
	return &relayed{command{in: &input{note: func() {}}}}, nil
}

// relayed is a relay that says nothing, and does not end.
type relayed struct{ command }

func (*relayed) Stdout() io.Reader { return silence{} }

type silence struct{}

func (silence) Read([]byte) (int, error) { select {} }

// Relays into servers are started ahead, and later rounds share them.
func TestReserveKeepsRelays(t *testing.T) {
	engine, reserve := &serving{}, &Reserve{}
	defer reserve.Close()
	lab := &labs.Lab{Hosts: []labs.Host{{Name: "db", ID: "1", Server: "MySQL 9"}, {Name: labs.Workspace, ID: "2"}}}
	for range 2 {
		site := Opener{Engine: engine, Reserve: reserve}.Open(Subject{Lab: lab}, nil)
		if err := site.PrepareRelays(t.Context()); err != nil {
			t.Fatal(err)
		}
		site.Close()
	}
	if !slices.Equal(engine.relays, []string{"db"}) {
		t.Errorf("relays were started in %v", engine.relays)
	}
}
