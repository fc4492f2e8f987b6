package site

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"endstate/labs"
	"endstate/labs/kit"
)

// pairs is an engine that notes the hosts that were started and the ones that were closed.
type pairs struct {
	labs.Engine
	mu      sync.Mutex
	plans   []labs.HostPlan
	down    map[string]bool // IDs of hosts that have ended
	failing error           // of the start of a server
	closed  atomic.Int64
}

func (p *pairs) Now() time.Time { return time.Now() }

func (p *pairs) Vitals(_ context.Context, host labs.Host) (labs.Vitals, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.down[host.ID] {
		return labs.Vitals{}, labs.ErrNotFound
	}
	return labs.Vitals{State: labs.HostRunning}, nil
}

func (p *pairs) Run(_ context.Context, plan labs.Plan) (labs.Host, labs.Process, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	host := plan.Hosts[0]
	if host.Name == serverName && p.failing != nil {
		return labs.Host{}, nil, p.failing
	}
	p.plans = append(p.plans, host)
	return labs.Host{Name: host.Name, ID: host.Name}, &counted{command{in: &input{note: func() {}}}, &p.closed}, nil
}

func withServer() kit.FreshRun {
	run := runOf("a")
	run.Server, run.ServerNames = "mysql", []string{"db"}
	return run
}

// A server runs within the network of the command's host, where it has the names that were asked for,
// and both are closed.
func TestServerBesideACommand(t *testing.T) {
	engine := &pairs{}
	if _, err := reserving(engine, nil).Fresh(t.Context(), withServer()); err != nil {
		t.Fatal(err)
	}
	if len(engine.plans) != 2 || engine.closed.Load() != 2 {
		t.Fatalf("%d hosts were started and %d closed", len(engine.plans), engine.closed.Load())
	}
	host, server := engine.plans[0], engine.plans[1]
	if server.Within != freshName || server.Family != "mysql" || server.Memory == 0 || !slices.Equal(host.Loopback, []string{"db"}) || host.Within != "" {
		t.Errorf("started were %+v and %+v", host, server)
	}
}

// A command does not run without its server.
func TestServerThatDoesNotStart(t *testing.T) {
	engine := &pairs{failing: errors.New("no room")}
	if _, err := reserving(engine, nil).Fresh(t.Context(), withServer()); !errors.Is(err, engine.failing) {
		t.Errorf("the error is %v", err)
	}
	if engine.closed.Load() != 1 {
		t.Error("the command's host is left")
	}
}

// A pair in reserve serves a command that wants the same server, as long as both hosts run.
func TestReservedServer(t *testing.T) {
	for _, test := range []struct {
		name string
		run  kit.FreshRun
		down string
		want int // how many hosts the command starts
	}{
		{"the same server", withServer(), "", 0},
		{"no server", runOf("a"), "", 1},
		{"the server has ended", withServer(), serverName, 2},
		{"the command's host has ended", withServer(), freshName, 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			engine, reserve := &pairs{down: map[string]bool{}}, &Reserve{}
			if err := reserving(engine, reserve).Reserve(t.Context(), withServer()); err != nil {
				t.Fatal(err)
			}
			engine.down[test.down] = true
			if _, err := reserving(engine, reserve).Fresh(t.Context(), test.run); err != nil {
				t.Fatal(err)
			}
			reserve.Close()
			if started := len(engine.plans) - 2; started != test.want || int(engine.closed.Load()) != len(engine.plans) {
				t.Errorf("it started %d hosts, not %d; of all %d, %d were closed", started, test.want, len(engine.plans), engine.closed.Load())
			}
		})
	}
}
