package recording

import (
	"context"
	"io"
	"time"
)

// Player plays a recording with its timings.
type Player struct {
	Out   io.Writer
	Speed float64     // 1 is the original speed
	Keys  <-chan byte // keys pressed during playback; may be nil
	// After is time.After, except in tests.
	After func(time.Duration) <-chan time.Time
}

// The keys that control playback.
const (
	KeyNext  = 'n' // skip to the next check
	KeyPause = ' '
	KeyQuit  = 'q'
	ctrlC    = 0x03
)

// Play plays a recording until its end or until [KeyQuit]. It reports whether it reached the
// end.
func (p *Player) Play(ctx context.Context, r *Recording) (ended bool, err error) {
	now, jumping := time.Duration(0), false
	for _, event := range r.Events {
		if !jumping {
			jump, proceed, err := p.wait(ctx, event.At-now)
			if err != nil || !proceed {
				return false, err
			}
			jumping = jump
		}
		now = event.At
		switch event.Kind {
		case Output:
			if _, err := io.WriteString(p.Out, event.Data); err != nil {
				return false, err
			}
		case Marker:
			jumping = false
		}
	}
	return true, nil
}

// wait waits for a period of the recording and handles keys meanwhile. jump means to skip to
// the next marker; proceed is false if playback was quit.
func (p *Player) wait(ctx context.Context, d time.Duration) (jump, proceed bool, err error) {
	// The timer keeps running during a pause, so an event that is due by then comes at once.
	due := p.After(time.Duration(float64(max(0, d)) / p.Speed))
	paused := false
	for {
		timer := due
		if paused {
			timer = nil
		}
		select {
		case <-timer:
			return false, true, nil
		case key := <-p.Keys:
			switch key {
			case KeyNext:
				return true, true, nil
			case KeyPause:
				paused = !paused
			case KeyQuit, ctrlC:
				return false, false, nil
			}
		case <-ctx.Done():
			return false, false, context.Cause(ctx)
		}
	}
}
