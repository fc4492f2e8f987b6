package exam

import (
	"context"
	"sync"
	"time"

	"endstate/internal/desk"
	"endstate/internal/exams"
	"endstate/labs"
)

// longestSleep is how long [Desk.KeepAll] sleeps at most, because other processes start exams, too.
const longestSleep = 10 * time.Second

// NewServed returns the room of a desk in a process that runs [Desk.KeepAll]: exams that begin here
// are kept by it.
func NewServed(base *desk.Desk) *Desk {
	d := New(base, nil)
	woken := make(chan struct{}, 1)
	d.woken = woken
	d.keep = func(int64) error {
		select {
		case woken <- struct{}{}:
		default: // it wakes up anyway
		}
		return nil
	}
	return d
}

// KeepAll keeps the time of everyone's exams until the context is done: it wakes up at the next
// deadline, and then does what [Desk.Keep] does, as it does at once for exams that should have been
// graded before. At the end it calls handOver for every exam that still runs or is not graded.
func (d *Desk) KeepAll(ctx context.Context, who labs.Learner, handOver func(owner string, id int64) error) error {
	view, err := d.parts.Memory(ctx, who)
	for err != nil && d.mayAnswerAgain(err) && ctx.Err() == nil {
		select {
		case <-time.After(longestSleep):
			view, err = d.parts.Memory(ctx, who)
		case <-ctx.Done():
		}
	}
	if ctx.Err() != nil {
		return nil // before it has begun
	}
	if err != nil {
		return err
	}
	store, err := view.Everyone(who)
	if err != nil {
		return err
	}
	all := &keeping{desk: d, at: map[int64]bool{}}
	for {
		open, err := store.OpenExams(ctx)
		if err == nil { // otherwise the next round reads them
			all.keep(ctx, open)
		}
		select {
		case <-ctx.Done():
			all.working.Wait() // who gets an exam finds its lock free
			return handAllOver(open, handOver)
		case <-d.woken:
		case <-time.After(d.untilNext(open)):
		}
	}
}

// handAllOver hands over exams.
func handAllOver(open []*exams.Sitting, handOver func(owner string, id int64) error) error {
	if handOver == nil {
		return nil
	}
	for _, s := range open {
		if err := handOver(s.Owner, s.ID); err != nil {
			return err
		}
	}
	return nil
}

// untilNext returns how long no exam's time can be up. A clock that stands may run again at once.
func (d *Desk) untilNext(open []*exams.Sitting) time.Duration {
	next := longestSleep
	for _, s := range open {
		if left := s.Left(d.now()); !hasEnded(s) && left > 0 {
			next = min(next, left)
		}
	}
	return next
}

// keeping is the exams that this process is grading.
type keeping struct {
	desk    *Desk
	working sync.WaitGroup
	mu      sync.Mutex
	at      map[int64]bool
}

// keep begins to keep the exams that have to be graded.
func (k *keeping) keep(ctx context.Context, open []*exams.Sitting) {
	for _, s := range open {
		if (hasEnded(s) || s.Due(k.desk.now())) && !k.desk.isDone(s) && k.claim(s.ID) {
			k.working.Go(func() {
				defer k.release(s.ID)
				_ = k.desk.Keep(ctx, labs.Learner{Name: s.Owner}, s.ID) // the next round tries again
			})
		}
	}
}

func (k *keeping) claim(id int64) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.at[id] {
		return false
	}
	k.at[id] = true
	return true
}

func (k *keeping) release(id int64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.at, id)
}
