package terminal

import "sync"

// Places are the terminals of pages. A page that is loaded again has the same ID as before, so its new
// terminal can wait until the old one has left its shell, and gets that shell.
type Places struct {
	mu   sync.Mutex
	held map[string]*place
}

type place struct {
	leave func()
	left  chan struct{} // closed when it is free
}

// Take takes the place with an ID. If a terminal has it, that one has to leave, and Take waits until it
// has. Call free when the terminal has left its shell.
func (p *Places) Take(id string, leave func()) (free func()) {
	mine := &place{leave: leave, left: make(chan struct{})}
	p.mu.Lock()
	before := p.held[id]
	if p.held == nil {
		p.held = map[string]*place{}
	}
	p.held[id] = mine
	p.mu.Unlock()
	if before != nil {
		before.leave()
		<-before.left
	}
	return func() {
		p.mu.Lock()
		if p.held[id] == mine {
			delete(p.held, id)
		}
		p.mu.Unlock()
		close(mine.left)
	}
}
