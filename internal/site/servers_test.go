package site

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"endstate/labs"
)

// launches is an engine that only launches and removes labs of one host.
type launches struct {
	labs.Engine
	mu    sync.Mutex
	alive []string
}

func (l *launches) Launch(_ context.Context, plan labs.Plan, _ labs.Emit) (*labs.Lab, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	lab := plan.Lab
	lab.Hosts = []labs.Host{{Name: plan.Hosts[0].Name, ID: lab.ID}}
	l.alive = append(l.alive, lab.ID)
	return &lab, nil
}

func (l *launches) Now() time.Time { return time.Now() }

func (l *launches) Remove(_ context.Context, lab *labs.Lab) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.alive = slices.DeleteFunc(l.alive, func(one string) bool { return one == lab.ID })
	return nil
}

// openServer opens a site, asks it for a variant's server, and returns both.
func openServer(t *testing.T, r Opener, key string, open func(empty bool) error) (*Site, labs.Host) {
	t.Helper()
	site := r.Open(Subject{Lab: &labs.Lab{Key: key}}, nil)
	host, err := site.Server(t.Context(), "mongodb", "orders", func(_ context.Context, _ labs.Host, empty bool) error { return open(empty) })
	if err != nil {
		t.Fatal(err)
	}
	return site, host
}

func opens(bool) error { return nil }

func TestServerOutlastsItsRound(t *testing.T) {
	engine := &launches{}
	r := Opener{Engine: engine, Servers: &Servers{}}
	var filled int
	fill := func(empty bool) error {
		if empty {
			filled++
		}
		return nil
	}
	site, first := openServer(t, r, "a", fill)
	site.Close()
	site, second := openServer(t, r, "a", fill)
	site.Close()
	if first != second || filled != 1 {
		t.Errorf("the second round got %v, want %v; filled %d times", second, first, filled)
	}
	site, other := openServer(t, r, "b", fill)
	site.Close()
	if other == first {
		t.Error("another variant got the same server")
	}
	r.Servers.Close()
	if len(engine.alive) != 0 {
		t.Errorf("left after Close: %v", engine.alive)
	}
}

func TestServerThatDoesNotOpenIsReplaced(t *testing.T) {
	engine := &launches{}
	r := Opener{Engine: engine, Servers: &Servers{}}
	defer r.Servers.Close()
	site, first := openServer(t, r, "a", opens)
	site.Close()
	site, second := openServer(t, r, "a", func(empty bool) error {
		if !empty {
			return errors.New("it is gone")
		}
		return nil
	})
	site.Close()
	r.Servers.removals.Wait()
	if first == second || !slices.Equal(engine.alive, []string{second.ID}) {
		t.Errorf("first server %v, second %v, alive %v", first, second, engine.alive)
	}
}

// A server that hangs costs only one round its time.
func TestServerThatUsedUpTheTimeIsReplaced(t *testing.T) {
	engine := &launches{}
	r := Opener{Engine: engine, Servers: &Servers{}}
	defer r.Servers.Close()
	site, first := openServer(t, r, "a", opens)
	site.Close()
	ctx, cancel := context.WithCancel(t.Context())
	site = r.Open(Subject{Lab: &labs.Lab{Key: "a"}}, nil)
	_, err := site.Server(ctx, "mongodb", "orders", func(context.Context, labs.Host, bool) error {
		cancel()
		return ctx.Err()
	})
	site.Close()
	r.Servers.removals.Wait()
	if !errors.Is(err, context.Canceled) || len(engine.alive) != 0 {
		t.Errorf("got %v; alive: %v", err, engine.alive)
	}
	site, second := openServer(t, r, "a", opens)
	site.Close()
	if first == second {
		t.Error("the next round got the same server")
	}
}

// Neither another learner's Ctrl-C nor a server's expiry takes a server away from a round
// that uses it.
func TestServerThatAnotherRoundUsesStays(t *testing.T) {
	engine := &launches{}
	r := Opener{Engine: engine, Servers: &Servers{}}
	defer r.Servers.Close()
	other, used := openServer(t, r, "a", opens)
	ctx, cancel := context.WithCancel(t.Context())
	site := r.Open(Subject{Lab: &labs.Lab{Key: "a"}}, nil)
	if _, err := site.Server(ctx, "mongodb", "orders", func(context.Context, labs.Host, bool) error {
		cancel()
		return ctx.Err()
	}); !errors.Is(err, context.Canceled) {
		t.Errorf("the canceled round returned %v", err)
	}
	site.Close()
	r.Servers.removals.Wait()
	if !slices.Equal(engine.alive, []string{used.ID}) {
		t.Errorf("alive: %v, but %s is in use", engine.alive, used.ID)
	}
	third, fresh := openServer(t, r, "a", opens)
	other.Close()
	r.Servers.removals.Wait()
	if fresh == used || !slices.Equal(engine.alive, []string{fresh.ID}) {
		t.Errorf("%s stayed after its last round: alive %v", used.ID, engine.alive)
	}
	third.Close()
}

func TestOnlySomeIdleServersAreKept(t *testing.T) {
	engine := &launches{}
	r := Opener{Engine: engine, Servers: &Servers{}}
	var sites []*Site
	var hosts []labs.Host
	for _, key := range []string{"a", "b", "c", "d", "e"} {
		site, host := openServer(t, r, key, opens)
		sites, hosts = append(sites, site), append(hosts, host)
	}
	if len(engine.alive) != len(hosts) {
		t.Errorf("alive with five rounds: %v", engine.alive)
	}
	for _, site := range sites {
		site.Close()
	}
	r.Servers.removals.Wait()
	kept := []string{hosts[2].ID, hosts[3].ID, hosts[4].ID}
	if !slices.Equal(engine.alive, kept) {
		t.Errorf("kept %v, want the last used %v", engine.alive, kept)
	}
	r.Servers.Close()
	if len(engine.alive) != 0 {
		t.Errorf("left after Close: %v", engine.alive)
	}
}

// A round interrupted by the end of the program still removes what it made.
func TestServerOfARoundThatIsStillAtWorkGoesWithIt(t *testing.T) {
	engine := &launches{}
	r := Opener{Engine: engine, Servers: &Servers{}}
	site, _ := openServer(t, r, "a", opens)
	r.Servers.Close()
	site.Close()
	r.Servers.removals.Wait()
	if len(engine.alive) != 0 {
		t.Errorf("alive: %v", engine.alive)
	}
}

func TestWithoutServersARoundLeavesNone(t *testing.T) {
	engine := &launches{}
	site, _ := openServer(t, Opener{Engine: engine}, "a", opens)
	if len(engine.alive) != 1 {
		t.Fatalf("alive during the round: %v", engine.alive)
	}
	site.Close()
	if len(engine.alive) != 0 {
		t.Errorf("alive after the round: %v", engine.alive)
	}
}
