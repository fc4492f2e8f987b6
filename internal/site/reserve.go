package site

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"sync"
	"time"

	"endstate/labs"
	"endstate/labs/kit"
)

// Reserve is what the next round of checks of a lab needs, started ahead: hosts that wait for
// the files of a command, and relays. A host in reserve ends when its process does: then its
// command's input ends. The zero value is empty and ready to use.
type Reserve struct {
	relays Relays

	mu       sync.Mutex
	spares   []*spare
	closed   bool
	removals sync.WaitGroup
}

// spare is a host in reserve, or one that is being started.
type spare struct {
	key     string
	expires time.Time
	started chan struct{} // closed when the host runs, or could not be started
	host    labs.Host
	process labs.Process // nil: it could not be started
}

// Reserve starts a host for a command that a later round will run, if this round's reserve
// does not have enough of them. It does nothing in a round without a reserve.
func (s *Site) Reserve(ctx context.Context, run kit.FreshRun) error {
	if s.reserve == nil {
		return nil
	}
	key := s.keyOf(&run)
	one := s.reserve.add(key, s.wants(key), s.engine.Now(), s.engine.Now().Add(serverLife))
	if one == nil {
		return nil
	}
	defer close(one.started)
	host, process, err := s.launch(context.WithoutCancel(ctx), &run, serverLife)
	if err != nil {
		s.reserve.forget(one)
		return fmt.Errorf("start a host in reserve: %w", err)
	}
	one.host, one.process = host, process
	return nil
}

// keyOf identifies hosts that can replace each other.
func (s *Site) keyOf(run *kit.FreshRun) string {
	apart, _ := packApart(run) // launch returns the error
	return fmt.Sprintf("%+v %x", freshHosts(run, s.subject.Images), sha256.Sum256(apart))
}

// wants counts how many hosts of a kind this round has asked to reserve.
func (s *Site) wants(key string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.reserved == nil {
		s.reserved = map[string]int{}
	}
	s.reserved[key]++
	return s.reserved[key]
}

// add returns a new spare for the caller to start, or nil if there are enough of its kind.
func (r *Reserve) add(key string, enough int, now, expires time.Time) *spare {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.spares = slices.DeleteFunc(r.spares, func(one *spare) bool {
		old := one.expires.Sub(now) < serverMargin
		if old {
			r.remove(one)
		}
		return old
	})
	have := 0
	for _, one := range r.spares {
		if one.key == key {
			have++
		}
	}
	if r.closed || have >= enough {
		return nil
	}
	one := &spare{key: key, expires: expires, started: make(chan struct{})}
	r.spares = append(r.spares, one)
	return one
}

// take takes a host of a kind out of the reserve, or returns nil if there is none.
func (r *Reserve) take(key string) *spare {
	r.mu.Lock()
	defer r.mu.Unlock()
	i := slices.IndexFunc(r.spares, func(one *spare) bool { return one.key == key })
	if i < 0 {
		return nil
	}
	one := r.spares[i]
	r.spares = slices.Delete(r.spares, i, i+1)
	return one
}

func (r *Reserve) forget(gone *spare) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.spares = slices.DeleteFunc(r.spares, func(one *spare) bool { return one == gone })
}

// remove removes a host in the background, once it is started.
func (r *Reserve) remove(one *spare) {
	r.removals.Go(func() {
		<-one.started
		if one.process != nil {
			_ = one.process.Close()
		}
	})
}

// Empty removes everything in the reserve, and waits until it is gone.
func (r *Reserve) Empty() {
	r.mu.Lock()
	for _, one := range r.spares {
		r.remove(one)
	}
	r.spares = nil
	r.mu.Unlock()
	r.relays.Close()
	r.removals.Wait()
}

// Close is like Empty, and keeps rounds that are under way from adding to the reserve.
func (r *Reserve) Close() {
	r.mu.Lock()
	r.closed = true
	r.mu.Unlock()
	r.Empty()
}

// fromReserve returns a host in reserve that can run a command, and its process; nil if there
// is none that runs.
func (s *Site) fromReserve(ctx context.Context, run *kit.FreshRun) (labs.Host, labs.Process) {
	if s.reserve == nil {
		return labs.Host{}, nil
	}
	for one := s.reserve.take(s.keyOf(run)); one != nil; one = s.reserve.take(one.key) {
		select {
		case <-one.started:
		case <-ctx.Done():
		}
		if ctx.Err() == nil && one.process != nil && one.expires.Sub(s.engine.Now()) > serverMargin {
			if s.runs(ctx, one.host) && s.runs(ctx, besideOf(one.process)) {
				return one.host, one.process
			}
		}
		s.reserve.remove(one)
	}
	return labs.Host{}, nil
}
