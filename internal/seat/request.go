package seat

import (
	"context"
	"time"
)

// Answer answers a request of an in-lab command on the learner's screen. It returns false
// to close the shell that made the request.
type Answer func(ctx context.Context, verb string, screen *Screen) (goOn bool)

// request is a request that is being answered.
type request struct {
	keys chan []byte   // what was typed meanwhile
	done chan struct{} // closed once nobody reads keys
}

// take hands keys to the request. It returns false if there is none, or no longer.
func (r *request) take(keys []byte) bool {
	if r == nil {
		return false
	}
	select {
	case r.keys <- keys:
		return true
	case <-r.done:
		return false
	}
}

// ignoreAfterCtrlC is how long requests are dropped after a Ctrl-C. Requests already on
// their way came from the loop or program that Ctrl-C was meant to end.
const ignoreAfterCtrlC = 250 * time.Millisecond

// handle answers a request, which gets the keys meanwhile. The shell is told that the
// answer has ended before it gets the keys that follow.
func (s *session) handle(ctx context.Context, verb string) error {
	r := &request{keys: make(chan []byte), done: make(chan struct{})}
	s.request.Store(r)
	defer close(r.done)
	defer s.request.Store(nil)
	_, _ = s.process.Stdin().Write([]byte{acknowledge})
	screen := newScreen(s.screen, r.keys)
	if !s.answer(ctx, verb, screen) {
		return ErrShellClosed
	}
	end := byte(acknowledge)
	if screen.interrupted {
		end = ctrlC // the shell must see it, too
		s.ignoreUntil = time.Now().Add(ignoreAfterCtrlC)
	}
	_, _ = s.process.Stdin().Write(append([]byte{end}, screen.unread...))
	return nil
}
