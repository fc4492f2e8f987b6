package recording

import (
	"context"
	"io"
	"time"
)

// Player plays a recording with its timings.
type Player struct {
	Out   io.Writer
	Speed float64     // 1 is as it was
	Keys  <-chan byte // what is pressed meanwhile; may be nil
	// After is time.After, but for tests.
	After func(time.Duration) <-chan time.Time
}

// What keys do while a recording is played.
const (
	KeyNext  = 'n' // go on at the next check
	KeyPause = ' '
	KeyQuit  = 'q'
	ctrlC    = 0x03
)

// Play plays a recording to its end, or until it is quit. It reports whether that is
// its end.
func (p *Player) Play(ctx context.Context, r *Recording) (ended bool, err error) {
	now, jumping := time.Duration(0), false
	for _, event := range r.Events {
		if !jumping {
			jump, goOn, err := p.wait(ctx, event.At-now)
			if err != nil || !goOn {
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

// wait waits for a time of the recording, during which keys are obeyed. Jump: go to
// the next marker at once.
func (p *Player) wait(ctx context.Context, d time.Duration) (jump, goOn bool, err error) {
	// Time passes during a pause, too: what is due by its end comes at once.
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
