package desk

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"endstate/internal/attempts"
	"endstate/internal/recording"
	"endstate/internal/seat"
	"endstate/labs"
)

// Stay is a learner's stay in a shell, as it is remembered: that it was, when keys were
// pressed, and what the screen showed. What can't be remembered is left out, and told at the
// end.
type Stay struct {
	Process labs.Process // the shell

	visit   *Visit
	emit    labs.Emit
	store   *attempts.View
	attempt *attempts.Attempt
	id      int64
	failed  error

	pressed atomic.Int64    // when a key last was, in nanoseconds since 1970
	left    context.Context // ends when the learner leaves
	leave   context.CancelFunc
	working sync.WaitGroup
}

const (
	// signPause is how often it is noted that the client is there and keys were pressed.
	signPause = 15 * time.Second
	// diskPause is how often it is looked at what a lab has written.
	diskPause = 20 * time.Second
)

// arrive begins a stay.
func (v *Visit) arrive(ctx context.Context, process labs.Process, at Window, emit labs.Emit) *Stay {
	d, s := v.desk, &Stay{Process: process, visit: v, emit: emit}
	s.left, s.leave = context.WithCancel(ctx)
	lab := v.Lab
	s.working.Go(func() { s.watchDisk(lab) })
	if s.store = d.recall(ctx, labs.Learner{Name: v.Lab.Owner}, emit); s.store == nil {
		return s
	}
	if s.attempt, s.failed = d.begin(ctx, s.store, v.Lab, v.Variant); s.failed != nil {
		return s
	}
	now, name := d.Clock(), ""
	s.nameOthers(ctx, now)
	if d.Record && !at.Unrecorded {
		name = s.record(at, now)
	}
	if s.id, s.failed = s.store.Enter(ctx, s.attempt, v.Host, name, now); s.failed == nil {
		s.working.Go(func() { s.noteKeys(context.WithoutCancel(ctx)) })
	}
	return s
}

// nameOthers names the learner's other terminals in the lab: what runs there may hold locks.
func (s *Stay) nameOthers(ctx context.Context, now time.Time) {
	others, err := s.store.Others(ctx, s.attempt, now)
	if err != nil {
		s.failed = err
	}
	for _, other := range others {
		s.emit.Warn(&labs.Problem{
			Code: CodeOthers, Advice: "What runs in it may hold locks.",
			What: fmt.Sprintf("Another terminal is open in this lab, on `%s` since %s", other.Host, other.Began.In(now.Location()).Format("15:04")),
		}, "")
	}
}

// record begins a recording and returns its file's name.
func (s *Stay) record(at Window, now time.Time) string {
	v, dir := s.visit, s.visit.desk.recordings()
	recording.Prune(dir, allRecordings-recording.Limit)
	title := fmt.Sprintf("%s · seed %d · %s", v.Lab.Scenario, v.Lab.Seed, v.Host)
	name := fmt.Sprintf("%s-%d.cast", s.attempt.UID, now.UnixNano())
	recorder, err := recording.Create(filepath.Join(dir, name), at.Columns, at.Rows, title, at.Kind, v.desk.Clock)
	if err != nil {
		s.emit.Warn(err, "The terminal is not recorded; the lab goes on.")
		return ""
	}
	v.recorder = recorder
	return name
}

// Watchers are those who look at the terminal.
func (s *Stay) Watchers() []seat.Watcher {
	if s.visit.recorder == nil {
		return []seat.Watcher{s}
	}
	return []seat.Watcher{s, s.visit.recorder}
}

// Output does nothing: a stay is a [seat.Watcher] for its input.
func (s *Stay) Output([]byte) {}

// Resize does nothing.
func (s *Stay) Resize(int, int) {}

// Input keeps the time at which keys were pressed.
func (s *Stay) Input() { s.pressed.Store(s.visit.desk.Clock().UnixNano()) }

// noteKeys notes from time to time that the client is there, and that keys were pressed, so
// that little is lost if this process is killed.
func (s *Stay) noteKeys(ctx context.Context) {
	ticker := time.NewTicker(signPause)
	defer ticker.Stop()
	noted := int64(0)
	for going := true; going; {
		select {
		case <-ticker.C:
		case <-s.left.Done():
			going = false
		}
		if going {
			if err := s.store.Stay(ctx, s.id, s.visit.desk.Clock()); err != nil {
				s.failed = err
				return
			}
		}
		if last := s.pressed.Load(); last != noted {
			noted = last
			if err := s.store.NoteWork(ctx, s.attempt, time.Unix(0, last)); err != nil {
				s.failed = err
				return
			}
		}
	}
}

// watchDisk warns of what the lab's hosts have written.
func (s *Stay) watchDisk(lab *labs.Lab) {
	tick := time.NewTicker(diskPause)
	defer tick.Stop()
	for {
		select {
		case <-s.left.Done():
			return
		case <-tick.C:
			s.visit.desk.warnOfDisk(s.left, lab, s.emit)
		}
	}
}

// Leave ends a stay. Its warnings come after the shell's end.
func (s *Stay) Leave(ctx context.Context, emit labs.Emit) {
	ctx = context.WithoutCancel(ctx)
	s.leave()
	s.working.Wait()
	if s.id != 0 && s.failed == nil {
		s.failed = s.store.Leave(ctx, s.attempt, s.id, s.visit.desk.Clock())
		if s.visit.Exam != nil && s.failed == nil {
			s.failed = s.store.StopClock(ctx, s.attempt) // on to another question, or away
		}
	}
	if s.failed != nil {
		emit.Warn(s.failed, "This stay in the lab is not remembered whole.")
	}
	recorder := s.visit.recorder
	if recorder == nil {
		return
	}
	s.visit.recorder = nil
	if err := recorder.Close(); recording.Full(err) {
		emit.Warn(&labs.Problem{Code: labs.CodeRecordingFull, What: fmt.Sprintf("The recording of this terminal ended at %d MiB", recording.Limit>>20)}, "")
	} else if err != nil {
		emit.Warn(err, "The recording of this terminal is not whole.")
	}
}

// recordings is the folder of what terminals showed.
func (d *Desk) recordings() string { return filepath.Join(d.Home, "recordings") }

// allRecordings is what recordings take together, in bytes: the oldest go first.
const allRecordings = 512 << 20
