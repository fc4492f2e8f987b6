package terminal

import (
	"sync"
	"sync/atomic"
	"time"

	"endstate/internal/seat"
)

// Typed counts the keys that each shell has taken from pages, for as long as a page may come back to it.
type Typed struct {
	mu     sync.Mutex
	shells map[string]*typed
}

type typed struct {
	taken atomic.Int64 // bytes
	left  time.Time    // zero: a page is there
}

// Open tells a page that a shell is open, and counts the keys that it takes from that page until leave. Call
// leave before another page can open the shell.
func (t *Typed) Open(client *Client, shell string) (leave func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for id, other := range t.shells {
		if !other.left.IsZero() && time.Since(other.left) > seat.Wait {
			delete(t.shells, id)
		}
	}
	at := t.shells[shell]
	if at == nil {
		at = &typed{}
		if t.shells == nil {
			t.shells = map[string]*typed{}
		}
		t.shells[shell] = at
	}
	at.left = time.Time{}
	client.countIn(&at.taken)
	_ = client.Tell(Told{Kind: "open", Shell: shell, Taken: at.taken.Load()})
	return func() {
		client.countIn(nil)
		t.mu.Lock()
		defer t.mu.Unlock()
		at.left = time.Now()
	}
}
