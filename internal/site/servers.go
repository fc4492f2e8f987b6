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

// Servers keeps the grader's own servers running between rounds of checks, because
// starting one takes longer than the rest of a round. Labs of one variant share them. The
// zero value is empty and ready to use.
type Servers struct {
	mu       sync.Mutex
	servers  []*server // least recently used first
	removals sync.WaitGroup
	closed   bool
}

const (
	// serverLife is when a server expires and is swept if no process has removed it.
	serverLife = 30 * time.Minute
	// serverMargin is the minimum time before expiry that a round needs.
	serverMargin = time.Minute
	// maxIdle is how many servers are kept while no round uses them.
	maxIdle = 3
)

// server is a running server, or one that is being started. Whoever starts it holds the
// lock, and others wait.
type server struct {
	sync.Mutex
	key       string
	lab       *labs.Lab
	turns     sync.RWMutex
	removeLab func() error

	users   int  // rounds that use it; guarded by Servers.mu, like retired
	retired bool // no later round may use it
}

// lasts reports whether the server is running and lives long enough for one more round.
func (s *server) lasts(now time.Time) bool {
	return s.lab != nil && s.lab.Expires.Sub(now) > serverMargin
}

// Server returns a host without a network that runs a server of the given image, which
// only the grader can reach. All looks of a variant that ask for the same content share
// it; holds names the content. open waits until the server answers, and fills it if it is
// empty. A server that fails to open again is replaced.
func (s *Site) Server(ctx context.Context, image, holds string, open func(ctx context.Context, host labs.Host, empty bool) error) (labs.Host, error) {
	one := s.servers.place(s.serverKey(image, holds))
	s.OnClose(func() { s.servers.leave(one) })
	resume := s.clock.pause()
	one.Lock()
	resume()
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

// newServer starts a server. The caller holds its lock.
func (s *Site) newServer(ctx context.Context, one *server, image string, open func(ctx context.Context, host labs.Host, empty bool) error) (labs.Host, error) {
	if ctx.Err() != nil {
		return labs.Host{}, context.Cause(ctx)
	}
	leave, err := s.place(ctx)
	if err != nil {
		return labs.Host{}, err
	}
	defer leave()
	host := labs.HostPlan{Image: s.subject.Images[image].Ref, Family: image}
	host.SetDefaults()
	lab, err := s.engine.Launch(ctx, s.freshPlan(serverLife, host), nil)
	if err != nil {
		return labs.Host{}, fmt.Errorf("start the grader's own server: %w", err)
	}
	one.lab, one.removeLab = lab, func() error { return s.engine.Remove(context.WithoutCancel(ctx), lab) }
	if err := open(ctx, lab.Hosts[0], true); err != nil {
		return labs.Host{}, errors.Join(err, one.remove())
	}
	return lab.Hosts[0], nil
}

func (s *Site) serverKey(image, holds string) string {
	return s.subject.Lab.Key + "\x00" + s.subject.Images[image].ID + "\x00" + holds
}

// turnInterval is the time between two attempts to get a turn.
const turnInterval = 20 * time.Millisecond

// Turn waits for a turn with the server that [Site.Server] returns for the same image and
// content, which lasts until done is called. The turn is shared with others unless alone
// is set. The error is the context's cause.
func (s *Site) Turn(ctx context.Context, image, holds string, alone bool) (done func(), err error) {
	one := s.servers.place(s.serverKey(image, holds))
	try, end := one.turns.TryRLock, one.turns.RUnlock
	if alone {
		try, end = one.turns.TryLock, one.turns.Unlock
	}
	for !try() {
		if !sleep(ctx, turnInterval) {
			s.servers.leave(one)
			return nil, context.Cause(ctx)
		}
	}
	return func() { end(); s.servers.leave(one) }, nil
}

// retire keeps later rounds from using a server that is too old, did not answer, or used
// up a round's time. It is removed when the last round is done with it.
func (s *Servers) retire(one *server) {
	s.mu.Lock()
	defer s.mu.Unlock()
	one.retired = true
	s.servers = slices.DeleteFunc(s.servers, func(other *server) bool { return other == one })
}

// remove removes the server's lab, if it was started.
func (s *server) remove() error {
	if s.lab == nil {
		return nil
	}
	s.lab = nil
	return s.removeLab()
}

// place returns the server for a key and counts the caller as a user until it calls leave.
func (s *Servers) place(key string) *server {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.servers, func(one *server) bool { return one.key == key })
	one := &server{key: key}
	if i >= 0 {
		one = s.servers[i]
		s.servers = slices.Delete(s.servers, i, i+1)
	}
	one.users++
	s.servers = append(s.servers, one)
	return one
}

// leave ends one round's use of a server.
func (s *Servers) leave(one *server) {
	s.mu.Lock()
	defer s.mu.Unlock()
	one.users--
	if one.retired && one.users == 0 {
		s.removals.Go(func() { _ = one.remove() })
	}
	s.trim()
}

// trim removes surplus servers that no round uses, in the background.
func (s *Servers) trim() {
	most := maxIdle
	if s.closed {
		most = 0
	}
	for i := 0; i < len(s.servers) && len(s.servers) > most; {
		idle := s.servers[i]
		if idle.users > 0 {
			i++
			continue
		}
		s.servers = slices.Delete(s.servers, i, i+1)
		// A server that can't be removed expires soon and is swept.
		s.removals.Go(func() { _ = idle.remove() })
	}
}

// Close removes the servers and waits until they are gone. A server that a round still
// uses is removed when that round ends.
func (s *Servers) Close() {
	s.mu.Lock()
	s.closed = true
	s.trim()
	s.mu.Unlock()
	s.removals.Wait()
}
