// Package site is the grader's view of a lab. It implements [kit.Site]: connections through
// a relay into a host, copies of files, temporary hosts, long-running servers of the
// grader's own, and questions that are retried when a host is slow.
package site

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"sync"

	"endstate/labs"
	"endstate/labs/kit"
)

// Site is a lab as the looks of one round of checks see it. The looks share connections and
// copied files. Its methods are safe for concurrent use.
type Site struct {
	subject Subject
	engine  labs.Engine
	servers *Servers
	mu      sync.Mutex
	shared  map[string]*share
	closes  []func()
	relays  *Relays
	reserve *Reserve // nil: there is none
	// reserved counts the hosts that this round has asked to reserve, by kind.
	reserved map[string]int
	budget   *kit.Budget // bounds what the looks of the round keep in memory
	loans    []*loan
	places   Places
	turn     turn
	clock    stopwatch
	emit     labs.Emit
}

// Subject describes the lab that a site looks at.
type Subject struct {
	Lab    *labs.Lab
	Record labs.Record
	Given  fs.FS                    // the scenario's folder with its templates rendered
	Images map[string]labs.ImageRef // the images that the scenario needs, by name
	Hosts  []labs.HostSpec          // what the scenario says of the hosts; only for [Site.Restarted]
	// Starting means that the lab's servers are starting, so connections retry for longer.
	Starting bool
}

// Opener opens sites, which share what it holds.
type Opener struct {
	Engine labs.Engine
	// Servers keeps the grader's own servers between rounds of checks. If nil, each round
	// starts and removes its own.
	Servers *Servers
	// Places limits how many rounds run hosts of the grader's own at once. Nil means no limit.
	Places Places
	// Relays keeps the relays into hosts between rounds. If nil, each round has its own.
	Relays *Relays
	// Reserve has what was started for the round ahead, and keeps the relays. May be nil.
	Reserve *Reserve
}

type share struct {
	once  sync.Once
	value any
	err   error
}

// Open returns a lab's site for one round of checks. The caller closes it.
func (o Opener) Open(subject Subject, emit labs.Emit) *Site {
	s := &Site{
		subject: subject, engine: o.Engine, servers: o.Servers, relays: o.Relays, shared: map[string]*share{},
		budget: kit.NewBudget("The lab", kit.RoundLimits), emit: emit, places: o.Places, reserve: o.Reserve,
	}
	if s.relays == nil && s.reserve != nil {
		s.relays = &s.reserve.relays
	}
	if s.relays == nil {
		s.relays = &Relays{}
		s.OnClose(s.relays.Close)
	}
	if s.servers == nil {
		s.servers = &Servers{}
		s.OnClose(s.servers.Close)
	}
	return s
}

// Lab returns the lab.
func (s *Site) Lab() *labs.Lab { return s.subject.Lab }

// Record returns what was measured and sealed before the lab was handed over.
func (s *Site) Record() labs.Record { return s.subject.Record }

// Given returns the scenario's folder with its templates rendered.
func (s *Site) Given() fs.FS { return s.subject.Given }

// Budget returns a budget for reading one thing. If the limits say that the data is kept,
// it also counts against the round's budget.
func (s *Site) Budget(what string, limits kit.Limits) *kit.Budget {
	return kit.NewBudget(what, limits).Within(s.budget)
}

// Share builds a value once per round and returns it to all callers with the same key.
func (s *Site) Share(key string, build func() (any, error)) (any, error) {
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

// Observe takes a look, which must end within [kit.LookTimeout], and returns its value in
// normal form.
func (s *Site) Observe(ctx context.Context, look labs.Look) (any, error) {
	able, ok := look.(kit.Look)
	if !ok {
		return nil, fmt.Errorf("a %T is not a kit.Look", look)
	}
	ctx, cancel := s.withLimit(ctx, kit.LookTimeout, errors.New("the grader ran out of time"))
	defer cancel()
	value, err := able.Observe(ctx, s)
	if err != nil {
		return nil, err
	}
	return labs.Normal(value)
}

// OnClose registers a function to call when the round ends. The last one runs first.
func (s *Site) OnClose(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closes = append(s.closes, f)
}

// Close ends the round and releases what its looks opened.
func (s *Site) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range slices.Backward(s.closes) {
		f()
	}
	s.closes = nil
}
