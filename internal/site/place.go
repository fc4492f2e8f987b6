package site

import (
	"context"
	"strconv"
	"sync"
	"time"

	"endstate/labs"
)

// Places limits how many rounds of checks, of all users of a machine, run hosts of the
// grader's own at the same time.
type Places interface {
	// Take waits in line for a place. The returned function gives the place back. While
	// waiting, Take repeatedly calls before with the number of rounds ahead in the line.
	Take(ctx context.Context, owner string, before func(int)) (leave func(), err error)
	// TakeIdle takes the machine's one place for work that nobody waits for, if no round has or
	// waits for a place. It does not keep rounds from their places.
	TakeIdle() (leave func(), ok bool)
}

// turn is a round's place, which its looks share: a look that has started one host may
// need a second one to prepare it, and must not wait in line again.
type turn struct {
	mu    sync.Mutex
	users int
	ready chan struct{} // closed when the wait is over
	leave func()
}

// place waits for the round's place. The clocks of its looks stop while it waits.
func (s *Site) place(ctx context.Context) (leave func(), err error) {
	if s.places == nil {
		return func() {}, nil
	}
	s.turn.mu.Lock()
	ready := s.turn.ready
	if s.turn.users++; s.turn.users == 1 {
		ready = make(chan struct{})
		s.turn.ready = ready
		go s.take(ctx, ready)
	}
	s.turn.mu.Unlock()
	select {
	case <-ready:
	case <-ctx.Done():
	}
	if ctx.Err() != nil {
		s.leavePlace()
		return nil, context.Cause(ctx)
	}
	return s.leavePlace, nil
}

// take takes the round's place. If it fails, the round goes on without one: the limit only
// keeps rounds from slowing each other down and does not affect the grade.
func (s *Site) take(ctx context.Context, ready chan struct{}) {
	resume := s.clock.pause()
	endStep := func(error) {}
	var once sync.Once
	leave, err := s.places.Take(ctx, s.subject.Lab.Owner, func(before int) {
		once.Do(func() { endStep = s.emit.Step(labs.AwaitPlace, "") })
		s.emit.Move(labs.AwaitPlace, "", strconv.Itoa(before), 0, 0)
	})
	if err != nil {
		leave = func() {}
	}
	endStep(nil)
	resume()
	s.turn.mu.Lock()
	abandoned := s.turn.users == 0 || s.turn.ready != ready
	if !abandoned {
		s.turn.leave = leave
	}
	s.turn.mu.Unlock()
	if abandoned {
		leave()
	}
	close(ready)
}

func (s *Site) leavePlace() {
	s.turn.mu.Lock()
	defer s.turn.mu.Unlock()
	if s.turn.users--; s.turn.users == 0 && s.turn.leave != nil {
		s.turn.leave()
		s.turn.leave = nil
	}
}

// stopwatch measures how long a round has waited for others. The zero value is ready to use.
type stopwatch struct {
	mu     sync.Mutex
	waited time.Duration
	since  time.Time // when it began to wait
	waits  int
}

// pause starts a wait, which lasts until resume is called. Waits may overlap.
func (w *stopwatch) pause() (resume func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.waits++; w.waits == 1 {
		w.since = time.Now()
	}
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		if w.waits--; w.waits == 0 {
			w.waited += time.Since(w.since)
		}
	}
}

// total returns how long the round has waited so far; overlapping waits count once.
func (w *stopwatch) total() time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.waits > 0 {
		return w.waited + time.Since(w.since)
	}
	return w.waited
}

// withLimit returns a context that is canceled with the cause when the limit is over. Time
// that the round spends waiting for others does not count.
func (s *Site) withLimit(ctx context.Context, limit time.Duration, cause error) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	begun, waited := time.Now(), s.clock.total()
	go func() {
		for left := limit; left > 0; left = limit - time.Since(begun) + s.clock.total() - waited {
			if !sleep(ctx, left) {
				return
			}
		}
		cancel(cause)
	}()
	return ctx, func() { cancel(context.Canceled) }
}
