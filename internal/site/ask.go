package site

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"endstate/labs"
	"endstate/labs/kit"
)

const (
	// askTime is how long one question may be asked in all.
	askTime = 90 * time.Second
	// firstWatch and nextWatch are when a server that does not answer is looked into.
	firstWatch = 500 * time.Millisecond
	nextWatch  = time.Second
	// freshSight is how old what was seen may be to count when the limit passes.
	freshSight = 3 * time.Second
	// mostBreaks is how often a connection may break off.
	mostBreaks = 3
)

// Ask asks a question until it is answered. What kept the answer away is the learner's,
// an [Obstacle], only if that was seen: somebody holds a lock, or the server worked on it
// for all the time that it may take. If all that is known is that the host is slow, the
// error is a [Problem], and nobody is charged.
func (s *Site) Ask(ctx context.Context, q kit.Question) error {
	begun, limit, breaks := time.Now(), q.Limit, 0
	waiting := s.wait(q.Host)
	defer waiting.end()
	told := func(error) {}
	defer func() { told(nil) }()
	for attempt := 1; ; attempt++ {
		watch := s.watch(ctx, q)
		err := q.Ask(ctx, limit)
		seen := watch.stop(ctx, errors.Is(err, kit.ErrLate))
		switch left := askTime - time.Since(begun); {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case errors.Is(err, kit.ErrBroken):
			if breaks++; breaks > mostBreaks {
				return &kit.Obstacle{Message: serverOf(&q) + " breaks connections off.", Err: err}
			}
			if err := waiting.more(ctx, err); err != nil {
				return err
			}
		case !errors.Is(err, kit.ErrLate):
			return err
		case seen.obstacle != nil:
			return seen.obstacle
		case seen.worked >= q.Limit*5/8:
			return tooMuch(&q, seen, err)
		case left <= 0:
			return tooSlow(&q, seen, err)
		default:
			if attempt == 1 {
				told = s.emit.Step(labs.AskAgain, q.Host.Name)
			}
			limit = min(left, max(2*limit, seen.scaled(q.Limit)))
		}
	}
}

func serverOf(q *kit.Question) string {
	if q.Server != "" {
		return q.Server
	}
	return fmt.Sprintf("The server on `%s`", q.Host.Name)
}

func tooMuch(q *kit.Question, seen sight, cause error) error {
	return &kit.Obstacle{
		Message: fmt.Sprintf("%s has worked for %.0f s and has no answer yet: what it is asked takes too long, or it is busy with something else.",
			serverOf(q), seen.worked.Seconds()),
		Err: cause,
	}
}

func tooSlow(q *kit.Question, seen sight, cause error) error {
	return &labs.Problem{
		What: fmt.Sprintf("%s is too slow to be looked at: in %.0f s it had %.1f s of a processor",
			serverOf(q), seen.took.Seconds(), seen.worked.Seconds()),
		Do: "See what keeps the machine busy, and check again.", Err: cause,
	}
}

// sight is what was seen while an answer was awaited.
type sight struct {
	obstacle error         // what stands in the way; nil if nothing was seen
	took     time.Duration // by the clock
	worked   time.Duration // processor time of the host; 0 if that is not known
}

// scaled returns the time by the clock in which the host has as much of a processor as a
// host that is not slow has within the limit.
func (s sight) scaled(limit time.Duration) time.Duration {
	if s.worked <= 0 {
		return 0
	}
	return time.Duration(float64(limit) * float64(s.took) / float64(s.worked))
}

// watcher looks into a host while an answer is awaited. What is answered at once, it does
// not look at.
type watcher struct {
	site   *Site
	host   labs.Host
	cancel context.CancelFunc
	ended  sync.WaitGroup

	mu       sync.Mutex
	obstacle error
	at       time.Time // when the obstacle was seen
	since    time.Time // when the host's work was first measured
	before   time.Duration
	now      time.Duration
}

func (s *Site) watch(ctx context.Context, q kit.Question) *watcher {
	ctx, cancel := context.WithCancel(ctx)
	w := &watcher{site: s, host: q.Host, cancel: cancel}
	w.ended.Go(func() {
		for pause := firstWatch; paused(ctx, pause); pause = nextWatch {
			w.measure(ctx)
			if q.Watch != nil {
				w.see(q.Watch(ctx))
			}
		}
	})
	return w
}

// measure takes down how much the host has worked.
func (w *watcher) measure(ctx context.Context) {
	usage, err := w.site.engine.Usage(ctx, w.host)
	if err != nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.since.IsZero() {
		w.since, w.before = time.Now(), usage.Worked
	}
	w.now = usage.Worked
}

func (w *watcher) see(err error) {
	var obstacle *kit.Obstacle
	w.mu.Lock()
	defer w.mu.Unlock()
	if errors.As(err, &obstacle) {
		w.obstacle, w.at = obstacle, time.Now()
	}
}

// stop ends the watching and returns what was seen.
func (w *watcher) stop(ctx context.Context, late bool) sight {
	if late {
		w.measure(ctx)
	}
	w.cancel()
	w.ended.Wait()
	w.mu.Lock()
	defer w.mu.Unlock()
	seen := sight{worked: w.now - w.before}
	if !w.since.IsZero() {
		seen.took = time.Since(w.since)
	}
	if time.Since(w.at) < freshSight {
		seen.obstacle = w.obstacle
	}
	return seen
}
