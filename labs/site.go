package labs

import (
	"fmt"
	"io/fs"
	"slices"
	"sync"
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
	places    Places
	turn      turn
	clock     stopwatch
	emit      Emit
}

type share struct {
	once  sync.Once
	value any
	err   error
}

// site returns a lab's site for one round. Servers of the grader's own, and relays, last
// as long, unless the runner keeps them.
func (r *Runner) site(lab *Lab, record Record, files fs.FS, images map[string]ImageRef) *Site {
	s := &Site{
		Lab: lab, Record: record, Given: files, Images: images,
		engine: r.Engine, servers: r.Servers, relays: r.relays, shared: map[string]*share{},
		kept: NewBudget("The lab", roundLimits), emit: r.Emit, places: r.Places,
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
