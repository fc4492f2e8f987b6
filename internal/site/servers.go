package site

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"endstate/labs"
)

// Servers keeps the grader's own servers for the rounds of checks to come, as to start
// one takes longer than all the rest of a round. Labs of one variant share them. The zero
// value keeps none yet.
type Servers struct {
	mu     sync.Mutex
	kept   []*server // the least recently used first
	going  sync.WaitGroup
	closed bool
}

const (
	// A server that no process removed is swept after this time.
	serverLife = 10 * time.Minute
	// With less time left none is begun with.
	serverMargin = time.Minute
	// More are kept only while rounds use them.
	mostServers = 3
)

// server is one that is kept, or a place for it: while it is made, others wait for it.
type server struct {
	sync.Mutex
	key    string
	lab    *labs.Lab
	turns  sync.RWMutex
	remove func() error

	users   int  // rounds at work with it; guarded by Servers, like all below
	retired bool // no later round is to use it
}

// lasts reports whether there is a server, with time enough for one more round.
func (s *server) lasts(now time.Time) bool {
	return s.lab != nil && s.lab.Expires.Sub(now) > serverMargin
}

// Server returns a server of an image in a host without a network, which only the grader
// reaches: one for all looks of the variant that want the same in it. open waits until it
// answers, and fills it if it is empty. If a kept one does not open it is made anew.
func (s *Site) Server(ctx context.Context, image, holds string, open func(ctx context.Context, host labs.Host, empty bool) error) (labs.Host, error) {
	one := s.servers.place(s.serverKey(image, holds))
	s.OnClose(func() { s.servers.leave(one) })
	goOn := s.clock.stand()
	one.Lock()
	goOn()
	defer one.Unlock()
	if one.lab == nil {
		return s.newServer(ctx, one, image, open)
	}
	if one.lasts(s.engine.Now()) && open(ctx, one.lab.Hosts[0], false) == nil {
		return one.lab.Hosts[0], nil
	}
	s.servers.retire(one)
	if ctx.Err() != nil {
		return labs.Host{}, context.Cause(ctx)
	}
	return s.Server(ctx, image, holds, open)
}

// newServer starts a server in its place.
func (s *Site) newServer(ctx context.Context, one *server, image string, open func(ctx context.Context, host labs.Host, empty bool) error) (labs.Host, error) {
	if ctx.Err() != nil {
		return labs.Host{}, context.Cause(ctx)
	}
	leave, err := s.place(ctx)
	if err != nil {
		return labs.Host{}, err
	}
	defer leave()
	host := labs.HostPlan{Image: s.of.Images[image].Ref, Family: image}
	host.SetDefaults()
	lab, err := s.engine.Launch(ctx, s.freshPlan(host, serverLife), nil)
	if err != nil {
		return labs.Host{}, fmt.Errorf("start a server of the grader's: %w", err)
	}
	one.lab, one.remove = lab, func() error { return s.engine.Remove(context.WithoutCancel(ctx), lab) }
	if err := open(ctx, lab.Hosts[0], true); err != nil {
		return labs.Host{}, errors.Join(err, one.gone())
	}
	return lab.Hosts[0], nil
}

func (s *Site) serverKey(image, holds string) string {
	return s.of.Lab.Key + "\x00" + s.of.Images[image].ID + "\x00" + holds
}

// turnInterval is how often it is tried to get a turn.
const turnInterval = 20 * time.Millisecond

// Turn waits for a turn with the server that [LabSite.Server] returns for the same, side by
// side with others or alone, until done is called.
func (s *Site) Turn(ctx context.Context, image, holds string, alone bool) (done func(), err error) {
	one := s.servers.place(s.serverKey(image, holds))
	try, end := one.turns.TryRLock, one.turns.RUnlock
	if alone {
		try, end = one.turns.TryLock, one.turns.Unlock
	}
	for !try() {
		if !paused(ctx, turnInterval) {
			s.servers.leave(one)
			return nil, context.Cause(ctx)
		}
	}
	return func() { end(); s.servers.leave(one) }, nil
}

// retire has no later round use a server: it is too old, did not answer, or took all the time
// there was. Other rounds may still be using it; it goes with the last of them.
func (s *Servers) retire(one *server) {
	s.mu.Lock()
	defer s.mu.Unlock()
	one.retired = true
	s.kept = slices.DeleteFunc(s.kept, func(other *server) bool { return other == one })
}

// gone removes the server, if there is one.
func (s *server) gone() error {
	if s.lab == nil {
		return nil
	}
	s.lab = nil
	return s.remove()
}

// place returns the place of a server, which is not given up before it is left.
func (s *Servers) place(key string) *server {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.kept, func(one *server) bool { return one.key == key })
	one := &server{key: key}
	if i >= 0 {
		one = s.kept[i]
		s.kept = slices.Delete(s.kept, i, i+1)
	}
	one.users++
	s.kept = append(s.kept, one)
	return one
}

// leave says that a round is done with a server.
func (s *Servers) leave(one *server) {
	s.mu.Lock()
	defer s.mu.Unlock()
	one.users--
	if one.retired && one.users == 0 {
		s.going.Go(func() { _ = one.gone() })
	}
	s.trim()
}

// trim removes servers that are too many and that no round uses, in the background.
func (s *Servers) trim() {
	most := mostServers
	if s.closed {
		most = 0
	}
	for i := 0; i < len(s.kept) && len(s.kept) > most; {
		idle := s.kept[i]
		if idle.users > 0 {
			i++
			continue
		}
		s.kept = slices.Delete(s.kept, i, i+1)
		// What could not be removed is past its time soon, and swept.
		s.going.Go(func() { _ = idle.gone() })
	}
}

// Close removes the servers, and waits for that. What a round still uses goes with it.
func (s *Servers) Close() {
	s.mu.Lock()
	s.closed = true
	s.trim()
	s.mu.Unlock()
	s.going.Wait()
}
