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

// ErrStopped means that a host is not running.
var ErrStopped = errors.New("the host has stopped")

const (
	// dialTries limits the attempts to connect to a running host. More than one is needed
	// because the host may have stopped a moment ago, unnoticed by the engine.
	dialTries = 5
	// dialPause is the delay after the first attempt, and how much longer each further one is.
	dialPause = 100 * time.Millisecond
	// restartGrace is how long a host may be down before it counts as stopped: it may be
	// in the middle of a restart.
	restartGrace = 2 * time.Second
	// maxRestarts is how often a server may restart before the grader stops waiting for it.
	maxRestarts = 2
)

// Dial connects to a port of a host, as a program in that host would. It waits for a
// server that is restarting. The error is a [kit.Obstacle] if nothing listens there, or if
// the host stopped on its own.
func (s *Site) Dial(ctx context.Context, host labs.Host, port int) (net.Conn, error) {
	return s.dialAt(ctx, host, port, "")
}

// DialNetwork is like Dial, but connects to the host's address in the lab's network, so
// the server sees a client from that network, as if another host connected.
func (s *Site) DialNetwork(ctx context.Context, host labs.Host, port int) (net.Conn, error) {
	return s.dialAt(ctx, host, port, placeNetwork)
}

func (s *Site) dialAt(ctx context.Context, host labs.Host, port int, place string) (net.Conn, error) {
	tries := 0
	if s.subject.Starting || host.Name == freshName {
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
			err = &kit.Obstacle{Message: fmt.Sprintf("Nothing is listening on port %d of `%s`.", port, host.Name), Err: err}
		}
		if err := waiting.more(ctx, err); err != nil {
			return nil, err
		}
		if waiting.starting { // retries inside the host are cheaper
			tries = startingTries
		}
	}
}

// dial connects through the relay in the host.
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

// hostWait is one look's wait for a server that can't be reached.
type hostWait struct {
	site     *Site
	host     labs.Host
	tries    int
	restarts int  // how often the host had restarted when the wait began
	starting bool // the server is starting
	endStep  func(error)
}

func (s *Site) wait(host labs.Host) *hostWait { return &hostWait{site: s, host: host} }

// end reports the end of the wait.
func (w *hostWait) end() {
	if w.endStep != nil {
		w.endStep(nil)
	}
}

// more pauses before the next attempt if the server may still come up. Otherwise it
// returns why not; if it finds no better reason, that is the cause.
func (w *hostWait) more(ctx context.Context, cause error) error {
	v, err := w.site.engine.Vitals(ctx, w.host)
	if err != nil {
		return w.site.explainMissing(ctx, w.host, errors.Join(cause, err))
	}
	if w.tries++; w.tries == 1 {
		w.restarts = v.Restarts
	}
	pause, err := w.judge(ctx, v, cause)
	switch {
	case err != nil:
		return err
	case sleep(ctx, pause):
		return nil
	}
	return fmt.Errorf("wait for %s: %w", w.host.Name, context.Cause(ctx))
}

// judge returns how long to pause before the next attempt, or why to give up.
func (w *hostWait) judge(ctx context.Context, v labs.Vitals, cause error) (time.Duration, error) {
	handedOver := w.site.subject.Lab.Role == labs.RoleLab
	switch {
	case handedOver && v.Restarts-w.restarts >= maxRestarts, handedOver && v.State == labs.HostRestarting && v.Down > restartGrace:
		return 0, &kit.Obstacle{
			Message: fmt.Sprintf("The host `%s` keeps restarting because its server exits each time.", w.host.Name), Err: errors.Join(ErrStopped, cause),
		}
	case handedOver && v.State.Up() && w.startsAgain(ctx, v), handedOver && v.State == labs.HostRestarting:
		w.announceRestart()
		return dialPause, nil
	case v.State.Up() && w.site.subject.Starting && errors.Is(cause, errRefused):
		return 0, cause // the caller that starts it retries
	case v.State.Up() && w.tries < dialTries:
		return dialPause * time.Duration(w.tries), nil
	case v.State.Up():
		return 0, cause
	case handedOver && v.Down < restartGrace && v.State != labs.HostOutOfMemory:
		return dialPause, nil
	}
	return 0, w.site.explainDown(ctx, w.host, v, cause)
}

// startsAgain reports whether a running host restarted so recently that its server may
// still be starting. Time during which the host was throttled does not count.
func (w *hostWait) startsAgain(ctx context.Context, v labs.Vitals) bool {
	if !v.Again || v.Age < ReadyTimeout {
		return v.Again
	}
	usage, err := w.site.engine.Usage(ctx, w.host)
	return err == nil && v.Age-usage.Throttled < ReadyTimeout
}

func (w *hostWait) announceRestart() {
	if w.starting = true; w.endStep == nil {
		w.endStep = w.site.emit.Step(labs.AwaitRestart, w.host.Name)
	}
}

// sleep pauses, and reports whether the context is still alive.
func sleep(ctx context.Context, pause time.Duration) bool {
	select {
	case <-time.After(pause):
		return true
	case <-ctx.Done():
		return false
	}
}

// explainMissing returns why the engine can't report on a host: the host is gone, the
// whole lab is, or the engine failed.
func (s *Site) explainMissing(ctx context.Context, host labs.Host, cause error) error {
	if !errors.Is(cause, labs.ErrNotFound) {
		return cause
	}
	all, err := s.engine.Labs(ctx, labs.Which{ID: s.subject.Lab.ID, Owner: s.subject.Lab.Owner})
	if err != nil {
		return errors.Join(cause, err)
	}
	if len(all) > 0 {
		return s.explainDown(ctx, host, labs.Vitals{}, cause)
	}
	return &labs.Problem{Code: labs.CodeNoLab, What: "The lab is gone", Acts: []labs.Act{{Name: labs.ActStart, For: "Start it again", Scenario: s.subject.Lab.Scenario}}, Err: cause}
}

// explainDown returns why a host is down: an obstacle if the learner caused it, a problem
// if it was stopped from outside the lab.
func (s *Site) explainDown(ctx context.Context, host labs.Host, v labs.Vitals, cause error) error {
	switch {
	case s.subject.Lab.Role != labs.RoleLab:
		return fmt.Errorf("host %s, exit status %d: %w", host.Name, v.Exit, errors.Join(ErrStopped, cause))
	case v.State == labs.HostOutOfMemory:
		return &kit.Obstacle{Message: fmt.Sprintf("The host `%s` ran out of memory and stopped.", host.Name), Err: errors.Join(ErrStopped, cause)}
	}
	if full := s.diskExceeded(ctx, host, errors.Join(ErrStopped, cause)); full != nil {
		return full
	}
	// The engine's own words would not help a learner.
	return &labs.Problem{
		Code: labs.CodeHostDown,
		What: fmt.Sprintf("The host `%s` was stopped from outside the lab", host.Name),
		Acts: []labs.Act{
			{Name: labs.ActEnter, For: "Start it again with everything in it", Scenario: s.subject.Lab.Scenario},
			{Name: labs.ActReset, For: "reset the lab", Scenario: s.subject.Lab.Scenario},
		},
		Err: ErrStopped,
	}
}

// diskExceeded returns an obstacle if a host was stopped because it wrote too much, else nil.
func (s *Site) diskExceeded(ctx context.Context, host labs.Host, cause error) *kit.Obstacle {
	written, err := s.engine.Written(ctx, host)
	if err != nil || written <= labs.DiskBound {
		return nil
	}
	return &kit.Obstacle{
		Message: fmt.Sprintf("The host `%s` was stopped because it has written %s of at most %s. It starts again when you open a shell in the lab: make room there.", host.Name, kit.Size(written), kit.Size(labs.DiskBound)),
		Err:     cause,
	}
}
