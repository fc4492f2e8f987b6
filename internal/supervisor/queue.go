package supervisor

import "sync"

// queue holds bytes between who adds and who takes them. Who adds never waits: an engine sends a
// bounded number of bytes ahead. The zero value is empty and ready to use.
type queue struct {
	mu     sync.Mutex
	wake   sync.Cond
	data   []byte
	closed bool
}

func (q *queue) add(data []byte) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.data = append(q.data, data...)
	q.signal()
}

// end says that nothing more will be added.
func (q *queue) end() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.signal()
}

func (q *queue) signal() {
	if q.wake.L == nil {
		q.wake.L = &q.mu
	}
	q.wake.Signal()
}

// take waits for bytes and returns all there are. open is false after the last.
func (q *queue) take() (data []byte, open bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.data) == 0 && !q.closed {
		if q.wake.L == nil {
			q.wake.L = &q.mu
		}
		q.wake.Wait()
	}
	data, q.data = q.data, nil
	return data, len(data) > 0
}
