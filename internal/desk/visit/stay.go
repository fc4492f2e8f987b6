package visit

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"endstate/internal/attempts"
	"endstate/internal/desk"
	"endstate/internal/grading"
	"endstate/internal/recording"
	"endstate/internal/seat"
	"endstate/labs"
)

// Stay is a learner's stay in a shell. It stores that the learner was there and when they pressed
// keys, and records the screen. If something can't be stored, [Stay.Leave] warns.
type Stay struct {
	Shell *seat.Shell
	// Before is what the learner, who comes back, has done so far. It is nil on the first visit,
	// in an exam, and if the shell has waited: its screen shows more.
	Before *Before

	visit   *Visit
	emit    labs.Emit
	store   *attempts.View
	attempt *attempts.Attempt
	id      int64
	failed  error

	pressed atomic.Int64    // when the last key was pressed, in nanoseconds since 1970
	left    context.Context // ends when the learner leaves
	leave   context.CancelFunc
	working sync.WaitGroup
	standby *grading.Standby
}

// Before is what a learner has done in a lab before they come back.
type Before struct {
	Title string          // of the task
	Last  *attempts.Check // nil: there was no check
}

const (
	// signPause is how often the client's presence and its keys are stored.
	signPause = 15 * time.Second
	// diskPause is how often the disk usage of a lab is measured.
	diskPause = 20 * time.Second
)

// arrive begins a stay.
func (v *Visit) arrive(ctx context.Context, shell *seat.Shell, at Window, emit labs.Emit) *Stay {
	d, s := v.desk, &Stay{Shell: shell, visit: v, emit: emit}
	s.left, s.leave = context.WithCancel(ctx)
	lab, variant := v.Lab, v.Variant // a reset gives the visit others while these are still watched
	s.standby = v.parts.Grader().StandBy(ctx, lab, variant)
	s.working.Go(func() { s.watchDisk(lab) })
	if v.Exam == nil {
		s.working.Go(func() { s.watchLife(lab, variant) })
	}
	if s.store = v.parts.Recall(ctx, labs.Learner{Name: v.Lab.Owner}, emit); s.store == nil {
		return s
	}
	if s.attempt, s.failed = v.parts.Begin(ctx, s.store, v.Lab, v.Variant); s.failed != nil {
		return s
	}
	now, name := d.Clock(), ""
	s.comeBack(ctx)
	s.nameOthers(ctx, now)
	if d.Record && !at.Unrecorded {
		name = s.record(at, now)
	}
	if s.id, s.failed = s.store.Enter(ctx, s.attempt, v.Host, name, now); s.failed == nil {
		s.failed = s.store.TakeShell(ctx, s.id, shell.ID)
		s.working.Go(func() { s.noteKeys(context.WithoutCancel(ctx)) })
	}
	return s
}

// comeBack ends the visits to a shell that has waited. For another shell, it finds out what the
// learner has done before.
func (s *Stay) comeBack(ctx context.Context) {
	if s.Shell.History != nil {
		s.failed = s.store.EndShell(ctx, s.Shell.ID)
		return
	}
	if s.visit.Exam != nil || s.visit.shells > 1 {
		return
	}
	last, err := s.store.LastCheck(ctx, s.attempt)
	visited, visitErr := s.store.Visited(ctx, s.attempt)
	if s.failed = errors.Join(err, visitErr); s.failed == nil && (visited || last != nil) {
		s.Before = &Before{Title: s.visit.Variant.Title, Last: last}
	}
}

// nameOthers warns of the learner's other shells in the lab, at a terminal or waiting for one:
// programs there may hold locks.
func (s *Stay) nameOthers(ctx context.Context, now time.Time) {
	others, err := s.store.Others(ctx, s.attempt, now)
	if err != nil {
		s.failed = err
	}
	for _, other := range others {
		s.emit.Warn(&labs.Problem{
			Code: desk.CodeOthers, Advice: "What runs in it may hold locks.",
			What: fmt.Sprintf("Another terminal is open in this lab, on `%s` since %s", other.Host, other.Began.In(now.Location()).Format("15:04")),
		}, "")
	}
	if err := s.visit.parts.WarnOfWaiting(ctx, s.store, s.attempt, s.emit); err != nil {
		s.failed = err
	}
}

// record starts a recording and returns its file's name.
func (s *Stay) record(at Window, now time.Time) string {
	v, dir := s.visit, s.visit.parts.Recordings()
	recording.Prune(dir, allRecordings-recording.Limit)
	title := fmt.Sprintf("%s · seed %d · %s", v.Lab.Scenario, v.Lab.Seed, v.Host)
	name := fmt.Sprintf("%s-%d.cast", s.attempt.UID, now.UnixNano())
	recorder, err := recording.Create(filepath.Join(dir, name), at.Columns, at.Rows, title, at.Kind, v.desk.Clock)
	if err != nil {
		s.emit.Warn(err, "The terminal is not recorded.")
		return ""
	}
	v.recorder = recorder
	return name
}

// Watchers returns what watches the terminal.
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

// Input notes the time of a key.
func (s *Stay) Input() {
	s.pressed.Store(s.visit.desk.Clock().UnixNano())
	s.standby.Touch()
}

// noteKeys regularly stores that the client is there, and that keys were pressed, so that little
// is lost if this process is killed.
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

// watchDisk warns when the lab's hosts have written much.
func (s *Stay) watchDisk(lab *labs.Lab) {
	tick := time.NewTicker(diskPause)
	defer tick.Stop()
	for {
		select {
		case <-s.left.Done():
			return
		case <-tick.C:
			s.visit.parts.WarnOfDisk(s.left, lab, s.emit)
		}
	}
}

// Leave ends a stay. Call it after the shell has ended.
func (s *Stay) Leave(ctx context.Context, emit labs.Emit) {
	ctx = context.WithoutCancel(ctx)
	s.leave()
	s.standby.Close()
	s.working.Wait()
	if s.id != 0 && s.failed == nil {
		if now := s.visit.desk.Clock(); s.Shell.Waits() {
			s.failed = s.store.Lose(ctx, s.attempt, s.id, now)
		} else {
			s.failed = s.store.Leave(ctx, s.attempt, s.id, now)
		}
		if s.visit.Exam != nil && s.failed == nil {
			s.failed = s.store.StopClock(ctx, s.attempt) // the candidate left, or goes to another question
		}
	}
	if s.failed != nil {
		emit.Warn(s.failed, "Part of this stay in the lab could not be stored.")
	}
	recorder := s.visit.recorder
	if recorder == nil {
		return
	}
	s.visit.recorder = nil
	if err := recorder.Close(); recording.Full(err) {
		emit.Warn(&labs.Problem{Code: labs.CodeRecordingFull, What: fmt.Sprintf("The recording of this terminal ended at %d MiB", recording.Limit>>20)}, "")
	} else if err != nil {
		emit.Warn(err, "The recording of this terminal is incomplete.")
	}
}

// allRecordings limits the size of all recordings together, in bytes; the oldest are removed
// first.
const allRecordings = 512 << 20
