// Package site is how the grader sees a lab. It implements [kit.Site]: connections through a
// relay into a host, copies of files, fresh hosts and kept servers of the grader's own, and
// questions that are asked again where a host is slow.
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

// LabSite is a lab as the looks of one round of checks see it. What one look opened
// or copied out, the others share.
type Site struct {
	of      Subject
	engine  labs.Engine
	servers *Servers
	mu      sync.Mutex
	shared  map[string]*share
	closes  []func()
	relays  *Relays
	kept    *kit.Budget // what the looks of the round may keep in memory
	places  Places
	turn    turn
	clock   stopwatch
	emit    labs.Emit
}

// Subject is what a site is of.
type Subject struct {
	Lab    *labs.Lab
	Record labs.Record
	Given  fs.FS                    // the scenario's folder, templates rendered
	Images map[string]labs.ImageRef // those the scenario needs, by name
	// Starting: the lab's servers are being started, so that a connection waits for them.
	Starting bool
}

// Opener opens sites. What it holds is shared by all of them.
type Opener struct {
	Engine labs.Engine
	// Servers keeps the grader's own servers between rounds of checks; nil keeps none.
	Servers *Servers
	// Places bounds how much is done at once with hosts of the grader's own; nil does not.
	Places Places
	// Relays keeps the relays into hosts between rounds; nil: each round has its own.
	Relays *Relays
}

type share struct {
	once  sync.Once
	value any
	err   error
}

// Open returns a lab's site for one round, which ends with [LabSite.Close].
func (o Opener) Open(of Subject, emit labs.Emit) *Site {
	s := &Site{
		of: of, engine: o.Engine, servers: o.Servers, relays: o.Relays, shared: map[string]*share{},
		kept: kit.NewBudget("The lab", kit.RoundLimits), emit: emit, places: o.Places,
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

// Lab is the lab that is looked at.
func (s *Site) Lab() *labs.Lab { return s.of.Lab }

// Record is what was measured and sealed before the lab was handed over.
func (s *Site) Record() labs.Record { return s.of.Record }

// Given is the scenario's folder, templates rendered.
func (s *Site) Given() fs.FS { return s.of.Given }

// Budget returns a budget that counts against the round's, if what is read is kept.
func (s *Site) Budget(what string, limits kit.Limits) *kit.Budget {
	return kit.NewBudget(what, limits).Within(s.kept)
}

// Share makes a value once a round, whoever asks first, and hands it to all who
// ask for the same key.
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

// Observe looks, within the time of one look, and makes what was seen normal.
func (s *Site) Observe(ctx context.Context, look labs.Look) (any, error) {
	able, ok := look.(kit.Look)
	if !ok {
		return nil, fmt.Errorf("a %T can't look at anything", look)
	}
	ctx, cancel := s.limited(ctx, kit.LookTimeout, errors.New("the grader ran out of its own time"))
	defer cancel()
	value, err := able.Observe(ctx, s)
	if err != nil {
		return nil, err
	}
	return labs.Normal(value)
}

// OnClose registers what is to be let go at the round's end.
func (s *Site) OnClose(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closes = append(s.closes, f)
}

// Close ends the round, and lets go what its looks opened.
func (s *Site) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range slices.Backward(s.closes) {
		f()
	}
	s.closes = nil
}
