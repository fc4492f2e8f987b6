package labs

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"slices"
	"sync"
	"time"
)

// Site is a lab as the looks of one round of checks see it. What one look opened
// or copied out, the others share.
type Site struct {
	Lab    *Lab
	Record Record
	Given  fs.FS               // the scenario's folder, templates rendered
	Images map[string]ImageRef // those the scenario needs, by name

	engine    Engine
	servers   *Servers
	starting  bool // its servers are: a connection waits for them
	examining bool // expectations are asked what their author should know
	mu        sync.Mutex
	shared    map[string]*share
	closes    []func()
	relays    *relays
	kept      *Budget // what the looks of the round may keep in memory
}

type share struct {
	once  sync.Once
	value any
	err   error
}

// errStopped says that a host runs no more.
var errStopped = errors.New("the host has stopped")

// site returns a lab's site for one round. Servers of the grader's own, and relays, last
// as long, unless the runner keeps them.
func (r *Runner) site(lab *Lab, record Record, files fs.FS, images map[string]ImageRef) *Site {
	s := &Site{
		Lab: lab, Record: record, Given: files, Images: images,
		engine: r.Engine, servers: r.Servers, relays: r.relays, shared: map[string]*share{},
		kept: NewBudget("The lab", roundLimits),
	}
	if s.relays == nil {
		s.relays = &relays{}
		s.OnClose(s.relays.close)
	}
	if s.servers == nil {
		s.servers = &Servers{}
		s.OnClose(s.servers.Close)
	}
	return s
}

// HostOf returns the named host or, without a name, the only host that runs one
// of the images.
func (s *Site) HostOf(name string, images ...string) (Host, error) {
	if name != "" {
		return s.Lab.Host(name)
	}
	var found []Host
	for _, h := range s.Lab.Hosts {
		if slices.Contains(images, h.Image) {
			found = append(found, h)
		}
	}
	if len(found) != 1 {
		return Host{}, fmt.Errorf("%d hosts run %v: the look must name one", len(found), images)
	}
	return found[0], nil
}

// Dial connects to a port of a host, as a program in that host would. An
// [Obstacle]: nothing listens there, or the host has stopped by itself.
func (s *Site) Dial(ctx context.Context, host Host, port int) (net.Conn, error) {
	tries := 0
	if s.starting || host.Name == freshName {
		tries = startingTries
	}
	for left := dialTries; ; left-- {
		conn, err := s.dial(ctx, host, port, tries)
		switch {
		case err == nil:
			return conn, nil
		case errors.Is(err, errRefused):
			return nil, &Obstacle{Message: fmt.Sprintf("Nothing answers on port %d of `%s`.", port, host.Name), Err: err}
		}
		runs, why := s.stopped(ctx, host, err)
		switch {
		case !runs:
			return nil, why
		case left > 1 && paused(ctx, dialPause*time.Duration(1+dialTries-left)):
			continue
		case s.Lab.Role == RoleLab && errors.Is(err, ErrDown):
			return nil, restarting(host, err)
		}
		return nil, why
	}
}

// dial connects through the relay in the host, which is made anew if it has ended.
func (s *Site) dial(ctx context.Context, host Host, port, tries int) (net.Conn, error) {
	relay, err := s.relays.to(host).get(ctx, s.engine, host)
	if err != nil {
		return nil, fmt.Errorf("dial %s:%d: %w", host.Name, port, err)
	}
	conn, err := relay.dial(ctx, port, tries)
	if err != nil {
		return nil, fmt.Errorf("dial %s:%d: %w", host.Name, port, err)
	}
	return conn, nil
}

// How often a host that runs, and yet takes no command, is tried, and how much longer is
// waited from one time to the next: it may just have ended, which the engine is about to
// notice, or be just starting again.
const (
	dialTries = 5
	dialPause = 100 * time.Millisecond
)

// paused waits, and reports whether there is time left.
func paused(ctx context.Context, pause time.Duration) bool {
	select {
	case <-time.After(pause):
		return true
	case <-ctx.Done():
		return false
	}
}

// restarting is what stands in the way of looking at a host that ends by itself, as
// nobody but the engine starts one again.
func restarting(host Host, cause error) *Obstacle {
	return &Obstacle{Message: fmt.Sprintf("The host `%s` starts again, as its server ended.", host.Name), Err: cause}
}

// Broken tells why a connection that [Site.Dial] made broke off: an [Obstacle] if
// the server broke it or the host stopped by itself.
func (s *Site) Broken(ctx context.Context, host Host, cause error) error {
	runs, why := s.stopped(ctx, host, cause)
	if runs {
		return &Obstacle{Message: fmt.Sprintf("The server on `%s` broke the connection off. Has it just stopped?", host.Name), Err: cause}
	}
	return why
}

// stopped tells a host that runs from one that ended by the learner's doing, which
// is an obstacle, and from one that was stopped from outside, which is nobody's mistake.
func (s *Site) stopped(ctx context.Context, host Host, cause error) (runs bool, why error) {
	all, err := s.engine.Labs(ctx)
	if err != nil {
		return false, errors.Join(cause, err)
	}
	i := slices.IndexFunc(all, func(l *Lab) bool { return l.ID == s.Lab.ID })
	if i < 0 {
		return false, &Problem{What: "The lab is gone", Do: "Start it again: endstate start " + s.Lab.Scenario, Err: cause}
	}
	now, err := all[i].Host(host.Name)
	if err == nil && now.Running {
		return true, cause
	}
	cause = errors.Join(errStopped, cause)
	switch {
	case err != nil || s.Lab.Role != RoleLab:
		return false, fmt.Errorf("host %s, exit status %d: %w", host.Name, now.Exit, cause)
	case now.Starved:
		return false, &Obstacle{Message: fmt.Sprintf("The host `%s` ran out of memory and stopped.", host.Name), Err: cause}
	case now.Restarting:
		return false, restarting(host, cause)
	}
	// How the engine says that is nothing to a learner.
	return false, &Problem{
		What: fmt.Sprintf("The host `%s` was stopped from outside the lab", host.Name),
		Do:   fmt.Sprintf("Start it again, with all that is in it: endstate shell %[1]s; or put the lab back: endstate reset %[1]s", s.Lab.Scenario), Err: errStopped,
	}
}

// ReadGiven reads a file of the scenario's folder.
func (s *Site) ReadGiven(name string) ([]byte, error) { return fs.ReadFile(s.Given, name) }

// Once makes a value once a round, whoever asks first, and hands it to all who
// ask for the same key.
func (s *Site) Once(key string, build func() (any, error)) (any, error) {
	s.mu.Lock()
	one, ok := s.shared[key]
	if !ok {
		one = &share{}
		s.shared[key] = one
	}
	s.mu.Unlock()
	one.once.Do(func() { one.value, one.err = build() })
	return one.value, one.err
}

// OnClose registers what is to be let go at the round's end.
func (s *Site) OnClose(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closes = append(s.closes, f)
}

func (s *Site) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range slices.Backward(s.closes) {
		f()
	}
	s.closes = nil
}
