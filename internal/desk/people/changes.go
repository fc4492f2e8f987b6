package people

import "sync"

// changes tells everybody who waits that an account has changed.
type changes struct {
	mu   sync.Mutex
	next chan struct{} // closed at the next change; nil: nobody waits
}

func (c *changes) tell() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.next != nil {
		close(c.next)
		c.next = nil
	}
}

// Changed returns a channel that is closed when an account changes next. Changes by other processes don't
// close it.
func (d *Desk) Changed() <-chan struct{} {
	d.changes.mu.Lock()
	defer d.changes.mu.Unlock()
	if d.changes.next == nil {
		d.changes.next = make(chan struct{})
	}
	return d.changes.next
}
