package grading

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"endstate/internal/site"
	"endstate/labs"
	"endstate/labs/kit"
)

const (
	// standbyInterval is how often a standby looks whether something is missing, and standbyRetry
	// how soon if the machine was busy.
	standbyInterval = time.Minute
	standbyRetry    = 3 * time.Second
	// standbyIdle is how long after the learner's last key everything is removed.
	standbyIdle = 10 * time.Minute
	// prepareTimeout limits one preparation. A check does not depend on it.
	prepareTimeout = time.Minute
)

// Standbys are the labs in which somebody works. What their next check needs is kept ready:
// fresh hosts, servers and relays. The zero value is empty and ready to use.
type Standbys struct {
	mu  sync.Mutex
	all map[string]*Standby // by the lab's ID
}

// Standby keeps ready what the next check of a lab needs, as long as somebody works in it.
type Standby struct {
	standbys *Standbys
	grader   *Grader
	lab      *labs.Lab
	variant  *labs.Variant
	reserve  site.Reserve

	used    chan struct{} // a check may have used what was ready
	active  atomic.Int64  // when the learner last pressed a key, in nanoseconds since 1970
	basis   atomic.Pointer[basis]
	stop    context.CancelFunc
	stopped chan struct{}
	users   int // guarded by Standbys.mu
}

// StandBy keeps ready what checks of a lab need until the standby is closed. Everyone who works
// in a lab has a standby, and they share what is ready.
func (g *Grader) StandBy(ctx context.Context, lab *labs.Lab, v *labs.Variant) *Standby {
	g.Standbys.mu.Lock()
	defer g.Standbys.mu.Unlock()
	if s := g.Standbys.all[lab.ID]; s != nil {
		s.users++
		return s
	}
	s := &Standby{standbys: g.Standbys, grader: g, lab: lab, variant: v, users: 1, used: make(chan struct{}, 1), stopped: make(chan struct{})}
	ctx, s.stop = context.WithCancel(context.WithoutCancel(ctx))
	s.Touch()
	if g.Standbys.all == nil {
		g.Standbys.all = map[string]*Standby{}
	}
	g.Standbys.all[lab.ID] = s
	go s.run(ctx)
	return s
}

// Touch says that the learner is working.
func (s *Standby) Touch() { s.active.Store(s.grader.Clock().UnixNano()) }

// Close ends the standby. When nobody works in the lab or checks it any more, it removes what was
// ready, and waits until that is gone.
func (s *Standby) Close() {
	s.standbys.mu.Lock()
	s.users--
	last := s.users == 0
	if last {
		delete(s.standbys.all, s.lab.ID)
	}
	s.standbys.mu.Unlock()
	if last {
		s.stop()
		<-s.stopped
		s.reserve.Close()
	}
}

// run prepares the next check: at first, after each check, and every now and then, because a
// host may have ended or expired. When the learner is away, it removes everything.
func (s *Standby) run(ctx context.Context) {
	defer close(s.stopped)
	for {
		pause := standbyInterval
		if s.grader.Clock().Sub(time.Unix(0, s.active.Load())) > standbyIdle {
			s.reserve.Empty()
		} else if leave, ok := s.place(); ok {
			// If it fails, a check takes longer, and says what is wrong.
			_ = s.prepare(ctx)
			leave()
		} else {
			pause = standbyRetry
		}
		select {
		case <-ctx.Done():
			return
		case <-s.used:
		case <-time.After(pause):
		}
	}
}

// place takes the machine's place for work that nobody waits for. There is none while the machine
// is busy with checks.
func (s *Standby) place() (leave func(), ok bool) {
	if s.grader.Sites.Places == nil {
		return func() {}, true
	}
	return s.grader.Sites.Places.TakeIdle()
}

// prepare starts what the next check needs and is not there.
func (s *Standby) prepare(ctx context.Context) error {
	sites := s.grader.Sites
	ctx, cancel := context.WithTimeout(ctx, prepareTimeout)
	defer cancel()
	found, err := s.grader.basis(ctx, s.lab, s.variant, nil, nil)
	if err != nil {
		return err
	}
	s.basis.Store(found)
	sites.Places, sites.Reserve = nil, &s.reserve
	site := sites.Open(site.Subject{Lab: s.lab, Record: found.record, Given: s.variant.Files, Hosts: s.variant.Hosts, Images: found.images}, nil)
	defer site.Close()
	failed := []error{site.PrepareRelays(ctx)}
	for _, check := range s.variant.Checks {
		failed = append(failed, prepare(ctx, site, check.Look))
	}
	for _, guard := range s.variant.Guards {
		failed = append(failed, prepare(ctx, site, guard.Look))
	}
	return errors.Join(failed...)
}

func prepare(ctx context.Context, site kit.Site, look labs.Look) error {
	if able, ok := look.(kit.Preparer); ok {
		return able.Prepare(ctx, site)
	}
	return nil
}

// sites returns what opens the site for a check of a lab. If somebody works in the lab, the check
// uses what is ready for it, and done has that replaced. What the check rests on is ready only
// until the lab is reset: the new lab may have another record.
func (g *Grader) sites(lab *labs.Lab) (sites site.Opener, ready *basis, done func()) {
	sites = g.Sites
	if g.Standbys == nil {
		return sites, nil, func() {}
	}
	g.Standbys.mu.Lock()
	defer g.Standbys.mu.Unlock()
	s := g.Standbys.all[lab.ID]
	if s == nil {
		return sites, nil, func() {}
	}
	s.users++
	sites.Reserve = &s.reserve
	if s.lab.Started.Equal(lab.Started) && s.lab.Key == lab.Key {
		ready = s.basis.Load()
	}
	return sites, ready, func() {
		select {
		case s.used <- struct{}{}:
		default: // it already knows
		}
		s.Close()
	}
}
