package labs

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"
)

// launches is an engine that only launches and removes labs of one host.
type launches struct {
	Engine
	mu    sync.Mutex
	alive []string
}

func (l *launches) Launch(_ context.Context, plan Plan, _ Emit) (*Lab, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	lab := plan.Lab
	lab.Hosts = []Host{{Name: plan.Hosts[0].Name, ID: lab.ID}}
	l.alive = append(l.alive, lab.ID)
	return &lab, nil
}

func (l *launches) Now() time.Time { return time.Now() }

func (l *launches) Remove(_ context.Context, lab *Lab) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.alive = slices.DeleteFunc(l.alive, func(one string) bool { return one == lab.ID })
	return nil
}

// round asks for the server of a variant, and returns the round's site and the server.
func round(t *testing.T, r *Runner, key string, open func(empty bool) error) (*Site, Host) {
	t.Helper()
	site := r.site(&Lab{Key: key}, Record{}, nil, nil)
	host, err := site.Server(t.Context(), "mongodb", "orders", func(_ context.Context, _ Host, empty bool) error { return open(empty) })
	if err != nil {
		t.Fatal(err)
	}
	return site, host
}

func opens(bool) error { return nil }

func TestServerOutlastsItsRound(t *testing.T) {
	engine := &launches{}
	r := &Runner{Engine: engine, Servers: &Servers{}}
	var filled int
	fill := func(empty bool) error {
		if empty {
			filled++
		}
		return nil
	}
	site, first := round(t, r, "a", fill)
	site.close()
	site, second := round(t, r, "a", fill)
	site.close()
	if first != second || filled != 1 {
		t.Errorf("a second round has %v, not %v; filled %d times", second, first, filled)
	}
	site, other := round(t, r, "b", fill)
	site.close()
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
	r := &Runner{Engine: engine, Servers: &Servers{}}
	defer r.Servers.Close()
	site, first := round(t, r, "a", opens)
	site.close()
	site, second := round(t, r, "a", func(empty bool) error {
		if !empty {
			return errors.New("it is gone")
		}
		return nil
	})
	site.close()
	r.Servers.going.Wait()
	if first == second || !slices.Equal(engine.alive, []string{second.ID}) {
		t.Errorf("after %v there is %v, alive %v", first, second, engine.alive)
	}
}

// A server that hangs takes a round's time once.
func TestServerThatTookAllTheTimeIsGivenUp(t *testing.T) {
	engine := &launches{}
	r := &Runner{Engine: engine, Servers: &Servers{}}
	defer r.Servers.Close()
	site, first := round(t, r, "a", opens)
	site.close()
	ctx, cancel := context.WithCancel(t.Context())
	site = r.site(&Lab{Key: "a"}, Record{}, nil, nil)
	_, err := site.Server(ctx, "mongodb", "orders", func(context.Context, Host, bool) error {
		cancel()
		return ctx.Err()
	})
	site.close()
	r.Servers.going.Wait()
	if !errors.Is(err, context.Canceled) || len(engine.alive) != 0 {
		t.Errorf("%v; there are %v", err, engine.alive)
	}
	site, second := round(t, r, "a", opens)
	site.close()
	if first == second {
		t.Error("the next round has the same one")
	}
}

// One learner's Ctrl-C, or a server that is past its time, takes no server away from a round
// that uses it.
func TestServerThatAnotherRoundUsesStays(t *testing.T) {
	engine := &launches{}
	r := &Runner{Engine: engine, Servers: &Servers{}}
	defer r.Servers.Close()
	other, used := round(t, r, "a", opens)
	ctx, cancel := context.WithCancel(t.Context())
	site := r.site(&Lab{Key: "a"}, Record{}, nil, nil)
	if _, err := site.Server(ctx, "mongodb", "orders", func(context.Context, Host, bool) error {
		cancel()
		return ctx.Err()
	}); !errors.Is(err, context.Canceled) {
		t.Errorf("the round that was ended says %v", err)
	}
	site.close()
	r.Servers.going.Wait()
	if !slices.Equal(engine.alive, []string{used.ID}) {
		t.Errorf("there are %v, and %s is in use", engine.alive, used.ID)
	}
	third, fresh := round(t, r, "a", opens)
	other.close()
	r.Servers.going.Wait()
	if fresh == used || !slices.Equal(engine.alive, []string{fresh.ID}) {
		t.Errorf("with the last round that used it, %s does not go: %v", used.ID, engine.alive)
	}
	third.close()
}

func TestOnlySomeServersAreKeptThatNoRoundUses(t *testing.T) {
	engine := &launches{}
	r := &Runner{Engine: engine, Servers: &Servers{}}
	var sites []*Site
	var hosts []Host
	for _, key := range []string{"a", "b", "c", "d", "e"} {
		site, host := round(t, r, key, opens)
		sites, hosts = append(sites, site), append(hosts, host)
	}
	if len(engine.alive) != len(hosts) {
		t.Errorf("five rounds use %v", engine.alive)
	}
	for _, site := range sites {
		site.close()
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
	r := &Runner{Engine: engine, Servers: &Servers{}}
	site, _ := round(t, r, "a", opens)
	r.Servers.Close()
	site.close()
	r.Servers.going.Wait()
	if len(engine.alive) != 0 {
		t.Errorf("there are %v", engine.alive)
	}
}

func TestWithoutServersARoundLeavesNone(t *testing.T) {
	engine := &launches{}
	site, _ := round(t, &Runner{Engine: engine}, "a", opens)
	if len(engine.alive) != 1 {
		t.Fatalf("the round has %v", engine.alive)
	}
	site.close()
	if len(engine.alive) != 0 {
		t.Errorf("after the round there are %v", engine.alive)
	}
}
