package labs

import (
	"context"
	"time"
)

// Poll calls ready at the given interval until it returns nil or an error for which
// permanent is true. If the context ends first, Poll returns the last error of ready, or the
// context's cause if there was none.
func Poll(ctx context.Context, every time.Duration, permanent func(error) bool, ready func(context.Context) error) error {
	timer := time.NewTimer(0)
	defer timer.Stop()
	var last error
	for {
		select {
		case <-ctx.Done():
			if last == nil {
				last = context.Cause(ctx)
			}
			return last
		case <-timer.C:
		}
		if last = ready(ctx); last == nil || permanent(last) {
			return last
		}
		timer.Reset(every)
	}
}
