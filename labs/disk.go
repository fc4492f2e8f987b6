package labs

import (
	"context"
	"fmt"
	"sync"
)

// What a host may write to its disk, in bytes. An engine whose storage can bound that does.
// With others it is watched: whoever works in the lab is told from the first on, and past the
// second the host is stopped, with all that is in it.
const (
	diskTold  = 2 << 30
	diskBound = 4 << 30
)

// Full is a host that has written much.
type Full struct {
	Host    string
	Written int64 // bytes
	Stopped bool  // it had written more than it may, and was stopped just now
}

// String tells it to who works in the lab.
func (f Full) String() string {
	if f.Stopped {
		return fmt.Sprintf("The host `%s` was stopped: it had written %s, and may write %s. All that is in it is still there.", f.Host, gib(f.Written), gib(diskBound))
	}
	return fmt.Sprintf("The host `%s` has written %s. Past %s it is stopped: make room in it.", f.Host, gib(f.Written), gib(diskBound))
}

func gib(bytes int64) string { return fmt.Sprintf("%.1f GiB", float64(bytes)/(1<<30)) }

// Watch looks at what the hosts of a lab have written, stops those that wrote more than they
// may, and returns those of which there is something to tell.
func (r *Runner) Watch(ctx context.Context, lab *Lab) ([]Full, error) {
	var full []Full
	var mu sync.Mutex
	err := eachHost(lab, func(host Host) error {
		written, err := r.Engine.Written(ctx, host)
		if err != nil || written <= diskTold {
			return err
		}
		one := Full{Host: host.Name, Written: written, Stopped: written > diskBound}
		if one.Stopped {
			err = r.Engine.Stop(ctx, host)
		}
		mu.Lock()
		defer mu.Unlock()
		full = append(full, one)
		return err
	})
	return full, err
}

// overfull tells a host that was stopped for what it had written from others that are down.
func (s *Site) overfull(ctx context.Context, host Host, cause error) *Obstacle {
	written, err := s.engine.Written(ctx, host)
	if err != nil || written <= diskBound {
		return nil
	}
	return &Obstacle{
		Message: fmt.Sprintf("The host `%s` is stopped: it has written %s, and may write %s. Back into it, to make room: endstate shell %s", host.Name, gib(written), gib(diskBound), s.Lab.Scenario),
		Err:     cause,
	}
}
