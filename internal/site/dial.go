package site

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"endstate/labs"
	"endstate/labs/kit"
)

// ReadyTimeout is how long a server may take to start.
const ReadyTimeout = 60 * time.Second

// ErrStopped says that a host runs no more.
var ErrStopped = errors.New("the host has stopped")

const (
	// dialTries is how often a connection to a host that runs is tried: the host may have
	// just ended, which the engine has not noticed yet.
	dialTries = 5
	// dialPause is how much longer is waited from one time to the next.
	dialPause = 100 * time.Millisecond
	// upSoon is how long a host may be down before it counts as stopped. Somebody who
	// restarts it stops it first.
	upSoon = 2 * time.Second
	// mostEnds is how often a server that is waited for may end again.
	mostEnds = 2
)

// Dial connects to a port of a host, as a program in that host would. It waits for a
// server that is starting again. An [Obstacle]: nothing listens there, or the host has
// stopped by itself.
func (s *Site) Dial(ctx context.Context, host labs.Host, port int) (net.Conn, error) {
	return s.dialAt(ctx, host, port, "")
}

// DialNetwork is Dial by the host's own address in the lab's network, so that a server
// sees an address of that network, as of any other host.
func (s *Site) DialNetwork(ctx context.Context, host labs.Host, port int) (net.Conn, error) {
	return s.dialAt(ctx, host, port, placeNetwork)
}

func (s *Site) dialAt(ctx context.Context, host labs.Host, port int, place string) (net.Conn, error) {
	tries := 0
	if s.of.Starting || host.Name == freshName {
		tries = startingTries
	}
	waiting := s.wait(host)
	defer waiting.end()
	for {
		conn, err := s.dial(ctx, host, port, tries, place)
		if err == nil {
			return conn, nil
		}
		if errors.Is(err, errRefused) {
			err = &kit.Obstacle{Message: fmt.Sprintf("Nothing answers on port %d of `%s`.", port, host.Name), Err: err}
		}
		if err := waiting.more(ctx, err); err != nil {
			return nil, err
		}
		if waiting.starting { // it is tried again and again inside the host, which costs less
			tries = startingTries
		}
	}
}

// dial connects through the relay in the host, which is made anew if it has ended.
func (s *Site) dial(ctx context.Context, host labs.Host, port, tries int, place string) (net.Conn, error) {
	relay, err := s.relays.to(host).get(ctx, s.engine, host)
	if err != nil {
		return nil, fmt.Errorf("dial %s:%d: %w", host.Name, port, err)
	}
	conn, err := relay.dial(ctx, port, tries, place)
	if err != nil {
		return nil, fmt.Errorf("dial %s:%d: %w", host.Name, port, err)
	}
	return conn, nil
}

// hostWait is how long a look has been waiting for a server that can't be reached.
type hostWait struct {
	site     *Site
	host     labs.Host
	tried    int
	restarts int  // when it was first looked at
	starting bool // the server is
	told     func(error)
}

func (s *Site) wait(host labs.Host) *hostWait { return &hostWait{site: s, host: host} }

// end tells that there is no more waiting.
func (w *hostWait) end() {
	if w.told != nil {
		w.told(nil)
	}
}

// more waits before the next try, as long as the server may come. Otherwise it returns
// what stands in its way; that is the cause if nothing else is known.
func (w *hostWait) more(ctx context.Context, cause error) error {
	v, err := w.site.engine.Vitals(ctx, w.host)
	if err != nil {
		return w.site.missing(ctx, w.host, errors.Join(cause, err))
	}
	if w.tried++; w.tried == 1 {
		w.restarts = v.Restarts
	}
	pause, err := w.judge(ctx, v, cause)
	switch {
	case err != nil:
		return err
	case paused(ctx, pause):
		return nil
	}
	return fmt.Errorf("wait for %s: %w", w.host.Name, context.Cause(ctx))
}

// judge returns how long to wait for a host, or why not to.
func (w *hostWait) judge(ctx context.Context, v labs.Vitals, cause error) (time.Duration, error) {
	handedOver := w.site.of.Lab.Role == labs.RoleLab
	switch {
	case handedOver && v.Restarts-w.restarts >= mostEnds, handedOver && v.Restarting && v.Down > upSoon:
		return 0, &kit.Obstacle{
			Message: fmt.Sprintf("The host `%s` starts again and again, as its server ends each time.", w.host.Name), Err: errors.Join(ErrStopped, cause),
		}
	case handedOver && v.Running && w.startsAgain(ctx, v), handedOver && v.Restarting:
		w.tellStarting()
		return dialPause, nil
	case v.Running && w.site.of.Starting && errors.Is(cause, errRefused):
		return 0, cause // whoever starts it asks again
	case v.Running && w.tried < dialTries:
		return dialPause * time.Duration(w.tried), nil
	case v.Running:
		return 0, cause
	case handedOver && v.Down < upSoon && !v.Starved:
		return dialPause, nil
	}
	return 0, w.site.down(ctx, w.host, v, cause)
}

// startsAgain reports whether a host that runs began less than the time ago that its
// server has to start. Time in which it was not let run does not count.
func (w *hostWait) startsAgain(ctx context.Context, v labs.Vitals) bool {
	if !v.Again || v.Age < ReadyTimeout {
		return v.Again
	}
	usage, err := w.site.engine.Usage(ctx, w.host)
	return err == nil && v.Age-usage.Throttled < ReadyTimeout
}

func (w *hostWait) tellStarting() {
	if w.starting = true; w.told == nil {
		w.told = w.site.emit.Step(labs.AwaitRestart, w.host.Name)
	}
}

// paused waits, and reports whether there is time left.
func paused(ctx context.Context, pause time.Duration) bool {
	select {
	case <-time.After(pause):
		return true
	case <-ctx.Done():
		return false
	}
}

// missing tells why the engine can't say how a host stands.
func (s *Site) missing(ctx context.Context, host labs.Host, cause error) error {
	if !errors.Is(cause, labs.ErrNotFound) {
		return cause
	}
	all, err := s.engine.Labs(ctx, labs.Which{ID: s.of.Lab.ID, Owner: s.of.Lab.Owner})
	if err != nil {
		return errors.Join(cause, err)
	}
	if len(all) > 0 {
		return s.down(ctx, host, labs.Vitals{}, cause)
	}
	return &labs.Problem{What: "The lab is gone", Do: "Start it again: endstate start " + s.of.Lab.Scenario, Err: cause}
}

// down tells a host that ended by the learner's doing, which is an obstacle, from one
// that was stopped from outside, which is nobody's mistake.
func (s *Site) down(ctx context.Context, host labs.Host, v labs.Vitals, cause error) error {
	switch {
	case s.of.Lab.Role != labs.RoleLab:
		return fmt.Errorf("host %s, exit status %d: %w", host.Name, v.Exit, errors.Join(ErrStopped, cause))
	case v.Starved:
		return &kit.Obstacle{Message: fmt.Sprintf("The host `%s` ran out of memory and stopped.", host.Name), Err: errors.Join(ErrStopped, cause)}
	}
	if full := s.overfull(ctx, host, errors.Join(ErrStopped, cause)); full != nil {
		return full
	}
	// How the engine says that is nothing to a learner.
	return &labs.Problem{
		What: fmt.Sprintf("The host `%s` was stopped from outside the lab", host.Name),
		Do:   fmt.Sprintf("Start it again, with all that is in it: endstate shell %[1]s; or put the lab back: endstate reset %[1]s", s.of.Lab.Scenario), Err: ErrStopped,
	}
}

// overfull tells a host that was stopped for what it had written from others that are down.
func (s *Site) overfull(ctx context.Context, host labs.Host, cause error) *kit.Obstacle {
	written, err := s.engine.Written(ctx, host)
	if err != nil || written <= labs.DiskBound {
		return nil
	}
	return &kit.Obstacle{
		Message: fmt.Sprintf("The host `%s` is stopped: it has written %s, and may write %s. Back into it, to make room: endstate shell %s", host.Name, kit.Size(written), kit.Size(labs.DiskBound), s.of.Lab.Scenario),
		Err:     cause,
	}
}
