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

// asked asks for the server of a variant, and returns the round's site and the server.
func asked(t *testing.T, r Opener, key string, open func(empty bool) error) (*Site, labs.Host) {
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
	site, first := asked(t, r, "a", fill)
	site.Close()
	site, second := asked(t, r, "a", fill)
	site.Close()
	if first != second || filled != 1 {
		t.Errorf("a second round has %v, not %v; filled %d times", second, first, filled)
	}
	site, other := asked(t, r, "b", fill)
	site.Close()
	if other == first {
		t.Error("another variant has the same server")
	}
	r.Servers.Close()
	if len(engine.alive) != 0 {
		t.Errorf("closed, and there are %v", engine.alive)
	}
}

func TestServerThatDoesNotOpenIsMadeAnew(t *testing.T) {
	engine := &launches{}
	r := Opener{Engine: engine, Servers: &Servers{}}
	defer r.Servers.Close()
	site, first := asked(t, r, "a", opens)
	site.Close()
	site, second := asked(t, r, "a", func(empty bool) error {
		if !empty {
			return errors.New("it is gone")
		}
		return nil
	})
	site.Close()
	r.Servers.going.Wait()
	if first == second || !slices.Equal(engine.alive, []string{second.ID}) {
		t.Errorf("after %v there is %v, alive %v", first, second, engine.alive)
	}
}

// A server that hangs takes a round's time once.
func TestServerThatTookAllTheTimeIsGivenUp(t *testing.T) {
	engine := &launches{}
	r := Opener{Engine: engine, Servers: &Servers{}}
	defer r.Servers.Close()
	site, first := asked(t, r, "a", opens)
	site.Close()
	ctx, cancel := context.WithCancel(t.Context())
	site = r.Open(Subject{Lab: &labs.Lab{Key: "a"}}, nil)
	_, err := site.Server(ctx, "mongodb", "orders", func(context.Context, labs.Host, bool) error {
		cancel()
		return ctx.Err()
	})
	site.Close()
	r.Servers.going.Wait()
	if !errors.Is(err, context.Canceled) || len(engine.alive) != 0 {
		t.Errorf("%v; there are %v", err, engine.alive)
	}
	site, second := asked(t, r, "a", opens)
	site.Close()
	if first == second {
		t.Error("the next round has the same one")
	}
}

// One learner's Ctrl-C, or a server that is past its time, takes no server away from a round
// that uses it.
func TestServerThatAnotherRoundUsesStays(t *testing.T) {
	engine := &launches{}
	r := Opener{Engine: engine, Servers: &Servers{}}
	defer r.Servers.Close()
	other, used := asked(t, r, "a", opens)
	ctx, cancel := context.WithCancel(t.Context())
	site := r.Open(Subject{Lab: &labs.Lab{Key: "a"}}, nil)
	if _, err := site.Server(ctx, "mongodb", "orders", func(context.Context, labs.Host, bool) error {
		cancel()
		return ctx.Err()
	}); !errors.Is(err, context.Canceled) {
		t.Errorf("the round that was ended says %v", err)
	}
	site.Close()
	r.Servers.going.Wait()
	if !slices.Equal(engine.alive, []string{used.ID}) {
		t.Errorf("there are %v, and %s is in use", engine.alive, used.ID)
	}
	third, fresh := asked(t, r, "a", opens)
	other.Close()
	r.Servers.going.Wait()
	if fresh == used || !slices.Equal(engine.alive, []string{fresh.ID}) {
		t.Errorf("with the last round that used it, %s does not go: %v", used.ID, engine.alive)
	}
	third.Close()
}

func TestOnlySomeServersAreKeptThatNoRoundUses(t *testing.T) {
	engine := &launches{}
	r := Opener{Engine: engine, Servers: &Servers{}}
	var sites []*Site
	var hosts []labs.Host
	for _, key := range []string{"a", "b", "c", "d", "e"} {
		site, host := asked(t, r, key, opens)
		sites, hosts = append(sites, site), append(hosts, host)
	}
	if len(engine.alive) != len(hosts) {
		t.Errorf("five rounds use %v", engine.alive)
	}
	for _, site := range sites {
		site.Close()
	}
	r.Servers.going.Wait()
	kept := []string{hosts[2].ID, hosts[3].ID, hosts[4].ID}
	if !slices.Equal(engine.alive, kept) {
		t.Errorf("kept are %v, not the last used %v", engine.alive, kept)
	}
	r.Servers.Close()
	if len(engine.alive) != 0 {
		t.Errorf("closed, and there are %v", engine.alive)
	}
}

// A round that is cut off by the end of the program removes what it made all the same.
func TestServerOfARoundThatIsStillAtWorkGoesWithIt(t *testing.T) {
	engine := &launches{}
	r := Opener{Engine: engine, Servers: &Servers{}}
	site, _ := asked(t, r, "a", opens)
	r.Servers.Close()
	site.Close()
	r.Servers.going.Wait()
	if len(engine.alive) != 0 {
		t.Errorf("there are %v", engine.alive)
	}
}

func TestWithoutServersARoundLeavesNone(t *testing.T) {
	engine := &launches{}
	site, _ := asked(t, Opener{Engine: engine}, "a", opens)
	if len(engine.alive) != 1 {
		t.Fatalf("the round has %v", engine.alive)
	}
	site.Close()
	if len(engine.alive) != 0 {
		t.Errorf("after the round there are %v", engine.alive)
	}
}
