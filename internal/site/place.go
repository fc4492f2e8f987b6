package site

import (
	"context"
	"strconv"
	"sync"
	"time"

	"endstate/labs"
)

// Places bounds how many rounds of checks have hosts of the grader's own at work at once
// on a machine, whoever runs them.
type Places interface {
	// Take waits for a place, in turn, and returns what gives it back. before is told how
	// many wait before this one, again and again.
	Take(ctx context.Context, owner string, before func(int)) (leave func(), err error)
}

// turn is a round's place, shared by its looks: one that has a host of its own may need
// another for what goes into it, which must not wait for others.
type turn struct {
	mu    sync.Mutex
	users int
	took  chan struct{} // closed when there is nothing more to wait for
	leave func()
}

// place waits for the round's place. The time of no look runs meanwhile.
func (s *Site) place(ctx context.Context) (leave func(), err error) {
	if s.places == nil {
		return func() {}, nil
	}
	s.turn.mu.Lock()
	took := s.turn.took
	if s.turn.users++; s.turn.users == 1 {
		took = make(chan struct{})
		s.turn.took = took
		go s.take(ctx, took)
	}
	s.turn.mu.Unlock()
	select {
	case <-took:
	case <-ctx.Done():
	}
	if ctx.Err() != nil {
		s.leavePlace()
		return nil, context.Cause(ctx)
	}
	return s.leavePlace, nil
}

// take takes the round's place. If that goes wrong it does without: the bound is there so
// that looks do not slow each other down, and whoever can't keep it is graded as truly.
func (s *Site) take(ctx context.Context, took chan struct{}) {
	goOn := s.clock.stand()
	told := func(error) {}
	var once sync.Once
	leave, err := s.places.Take(ctx, s.of.Lab.Owner, func(before int) {
		once.Do(func() { told = s.emit.Step(labs.AwaitPlace, "") })
		s.emit.Move(labs.AwaitPlace, "", strconv.Itoa(before), 0, 0)
	})
	if err != nil {
		leave = func() {}
	}
	told(nil)
	goOn()
	s.turn.mu.Lock()
	abandoned := s.turn.users == 0 || s.turn.took != took
	if !abandoned {
		s.turn.leave = leave
	}
	s.turn.mu.Unlock()
	if abandoned {
		leave()
	}
	close(took)
}

func (s *Site) leavePlace() {
	s.turn.mu.Lock()
	defer s.turn.mu.Unlock()
	if s.turn.users--; s.turn.users == 0 && s.turn.leave != nil {
		s.turn.leave()
		s.turn.leave = nil
	}
}

// stopwatch tells how long a round waited for others. The zero value has not waited.
type stopwatch struct {
	mu    sync.Mutex
	stood time.Duration
	since time.Time // when it began to wait
	waits int
}

// stand tells that the round waits, until it goes on.
func (w *stopwatch) stand() (goOn func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.waits++; w.waits == 1 {
		w.since = time.Now()
	}
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		if w.waits--; w.waits == 0 {
			w.stood += time.Since(w.since)
		}
	}
}

// total returns how long the round has waited so far.
func (w *stopwatch) total() time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.waits > 0 {
		return w.stood + time.Since(w.since)
	}
	return w.stood
}

// limited returns a context for one look, whose time does not run while the round waits.
func (s *Site) limited(ctx context.Context, limit time.Duration, cause error) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	begun, stood := time.Now(), s.clock.total()
	go func() {
		for left := limit; left > 0; left = limit - time.Since(begun) + s.clock.total() - stood {
			if !paused(ctx, left) {
				return
			}
		}
		cancel(cause)
	}()
	return ctx, func() { cancel(context.Canceled) }
}
