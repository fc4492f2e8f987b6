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
	// askTimeout limits all attempts at one question together.
	askTimeout = 90 * time.Second
	// firstWatch is the delay before the first look into a server that does not answer,
	// nextWatch the delay before each further one.
	firstWatch = 500 * time.Millisecond
	nextWatch  = time.Second
	// maxObstacleAge is the age up to which an obstacle explains a timeout.
	maxObstacleAge = 3 * time.Second
	// maxBreaks is how many broken connections are tolerated.
	maxBreaks = 3
)

// Ask asks a question until it is answered. The error is a [kit.Obstacle], which counts
// against the learner, only if the cause was observed: a session holds a lock, or the
// server worked on the question for all the time it may take. If the host is merely slow,
// the error is a [labs.Problem], and the learner is not charged.
func (s *Site) Ask(ctx context.Context, q kit.Question) error {
	begun, limit, breaks := time.Now(), q.Limit, 0
	waiting := s.wait(q.Host)
	defer waiting.end()
	endStep := func(error) {}
	defer func() { endStep(nil) }()
	for attempt := 1; ; attempt++ {
		watch := s.watch(ctx, q)
		err := q.Ask(ctx, limit)
		during := watch.stop(ctx, errors.Is(err, kit.ErrLate))
		switch left := askTimeout - time.Since(begun); {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case errors.Is(err, kit.ErrBroken):
			if breaks++; breaks > maxBreaks {
				return &kit.Obstacle{Message: serverOf(&q) + " keeps closing connections.", Err: err}
			}
			if err := waiting.more(ctx, err); err != nil {
				return err
			}
		case !errors.Is(err, kit.ErrLate):
			return err
		case during.obstacle != nil:
			return during.obstacle
		case during.worked >= q.Limit*5/8:
			return tooMuch(&q, during, err)
		case left <= 0:
			return tooSlow(&q, during, err)
		default:
			if attempt == 1 {
				endStep = s.emit.Step(labs.AskAgain, q.Host.Name)
			}
			limit = min(left, max(2*limit, during.scaled(q.Limit)))
		}
	}
}

func serverOf(q *kit.Question) string {
	if q.Server != "" {
		return q.Server
	}
	return fmt.Sprintf("The server on `%s`", q.Host.Name)
}

func tooMuch(q *kit.Question, during observation, cause error) error {
	return &kit.Obstacle{
		Message: fmt.Sprintf("%s has worked for %.0f s without an answer: the request takes too long, or the server is busy with something else.",
			serverOf(q), during.worked.Seconds()),
		Err: cause,
	}
}

func tooSlow(q *kit.Question, during observation, cause error) error {
	return &labs.Problem{
		Code: labs.CodeTooSlow,
		What: fmt.Sprintf("%s is too slow to be graded: in %.0f s it got only %.1f s of processor time",
			serverOf(q), during.elapsed.Seconds(), during.worked.Seconds()),
		Advice: "Find out what keeps the machine busy, then check again.", Err: cause,
	}
}

// observation is what a watcher measured during one attempt.
type observation struct {
	obstacle error         // what kept the server from answering; nil if nothing was found
	elapsed  time.Duration // wall-clock time
	worked   time.Duration // processor time of the host; 0 if unknown
}

// scaled returns the wall-clock time in which this host gets as much processor time as a
// fast host gets within the limit.
func (o observation) scaled(limit time.Duration) time.Duration {
	if o.worked <= 0 {
		return 0
	}
	return time.Duration(float64(limit) * float64(o.elapsed) / float64(o.worked))
}

// watcher measures a host, and looks for obstacles there, while a question waits for its
// answer. It starts after a delay, so quick answers cost nothing extra.
type watcher struct {
	site   *Site
	host   labs.Host
	cancel context.CancelFunc
	ended  sync.WaitGroup

	mu          sync.Mutex
	obstacle    error
	obstacleAt  time.Time
	firstAt     time.Time     // when the processor time was first measured
	firstWorked time.Duration // processor time at that moment
	lastWorked  time.Duration
}

func (s *Site) watch(ctx context.Context, q kit.Question) *watcher {
	ctx, cancel := context.WithCancel(ctx)
	w := &watcher{site: s, host: q.Host, cancel: cancel}
	w.ended.Go(func() {
		for pause := firstWatch; sleep(ctx, pause); pause = nextWatch {
			w.measure(ctx)
			if q.Watch != nil {
				w.record(q.Watch(ctx))
			}
		}
	})
	return w
}

// measure records the host's processor time.
func (w *watcher) measure(ctx context.Context) {
	usage, err := w.site.engine.Usage(ctx, w.host)
	if err != nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.firstAt.IsZero() {
		w.firstAt, w.firstWorked = time.Now(), usage.Worked
	}
	w.lastWorked = usage.Worked
}

// record keeps an obstacle; it ignores any other error.
func (w *watcher) record(err error) {
	var obstacle *kit.Obstacle
	w.mu.Lock()
	defer w.mu.Unlock()
	if errors.As(err, &obstacle) {
		w.obstacle, w.obstacleAt = obstacle, time.Now()
	}
}

// stop ends the watch and returns the results. If the answer was late it measures once more.
func (w *watcher) stop(ctx context.Context, late bool) observation {
	if late {
		w.measure(ctx)
	}
	w.cancel()
	w.ended.Wait()
	w.mu.Lock()
	defer w.mu.Unlock()
	result := observation{worked: w.lastWorked - w.firstWorked}
	if !w.firstAt.IsZero() {
		result.elapsed = time.Since(w.firstAt)
	}
	if time.Since(w.obstacleAt) < maxObstacleAge {
		result.obstacle = w.obstacle
	}
	return result
}
