package labs

import (
	"context"
	"time"
)

// Poll calls ready until it answers nil, its context ends, or it answers an error
// for which permanent is true.
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
