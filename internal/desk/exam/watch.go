package exam

import (
	"context"
	"time"

	"endstate/internal/exams"
	"endstate/labs"
)

// watchPause is how often a session reads its exam again.
const watchPause = 2 * time.Second

// timeWarnings are the times left at which the candidate is warned.
var timeWarnings = []time.Duration{10 * time.Minute, 2 * time.Minute}

// Watch watches the clock until the candidate must leave the shell, and returns why: time is
// up ([ErrTimeUp]; the door submits the exam), the clock is stopped ([ErrStopped]), or the exam
// was ended elsewhere ([ErrOver]). It returns nil when the context is done. It warns when
// little time is left.
func (s *Session) Watch(ctx context.Context, emit labs.Emit) error {
	return s.desk.watch(ctx, s.proctor.Store, s.id, emit)
}

// Watch watches an exam's clock for a candidate who is in no shell; see [Session.Watch].
func (d *Desk) Watch(ctx context.Context, who labs.Learner, id int64, emit labs.Emit) error {
	store, err := d.parts.Memory(ctx, who)
	if err == nil {
		_, err = store.Exam(ctx, id)
	}
	if err != nil {
		return err
	}
	return d.watch(ctx, store, id, emit)
}

func (d *Desk) watch(ctx context.Context, store exams.Store, id int64, emit labs.Emit) error {
	var left time.Duration // 0: unknown
	extra := -1            // unknown
	for {
		pause := watchPause
		if sitting, err := store.Exam(ctx, id); err == nil { // otherwise the next round reads it
			now := d.now()
			if err := whyClosed(sitting, now); err != nil {
				return err
			}
			before := left
			left = sitting.Left(now)
			warnOfTime(before, left, emit)
			extra = noteExtra(sitting.Extra, extra, emit)
			pause = min(pause, max(left, 50*time.Millisecond))
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(pause):
		}
	}
}

// noteExtra tells of extra time that was given since, and returns how often some was.
func noteExtra(extra []exams.ExtraTime, before int, emit labs.Emit) int {
	if before < 0 {
		return len(extra)
	}
	for _, e := range extra[min(before, len(extra)):] {
		emit.Warn(&labs.Problem{
			Code: CodeExtraTime, What: "You have " + labs.Duration(e.Duration()) + " more",
		}, "")
	}
	return len(extra)
}

// warnOfTime warns when the time left passes one of the marks.
func warnOfTime(before, left time.Duration, emit labs.Emit) {
	for _, mark := range timeWarnings {
		if before > mark && left <= mark {
			emit.Warn(&labs.Problem{Code: CodeTimeLeft, What: labs.Duration(mark) + " left"}, "")
		}
	}
}

// whyClosed returns why nobody can work on an exam now; nil if one can.
func whyClosed(s *exams.Sitting, now time.Time) error {
	switch {
	case hasEnded(s):
		return ErrOver
	case s.Due(now):
		return ErrTimeUp
	case s.Phase(now) == exams.Paused:
		return ErrStopped
	}
	return nil
}
