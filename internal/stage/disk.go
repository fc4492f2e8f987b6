package stage

import (
	"context"
	"fmt"
	"sync"

	"endstate/labs"
	"endstate/labs/kit"
)

// diskWarning is how much a host may write, in bytes, before the learner is warned.
const diskWarning = labs.DiskBound / 2

// Full is a host that is close to its disk limit, or beyond it.
type Full struct {
	Host    string
	Written int64 // bytes
	Stopped bool  // it was over the limit, and has just been stopped
}

// String describes it to the learner.
func (f Full) String() string {
	if f.Stopped {
		return fmt.Sprintf("The host `%s` was stopped because it had written %s; the limit is %s. Its data is still there.", f.Host, kit.Size(f.Written), kit.Size(labs.DiskBound))
	}
	return fmt.Sprintf("The host `%s` has written %s. At %s it will be stopped, so free some space.", f.Host, kit.Size(f.Written), kit.Size(labs.DiskBound))
}

// Watch measures what the hosts of a lab have written to disk. It stops hosts over the
// limit, and returns those above the warning level.
func (s *Stage) Watch(ctx context.Context, lab *labs.Lab) ([]Full, error) {
	var full []Full
	var mu sync.Mutex
	err := EachHost(lab.Hosts, func(host labs.Host) error {
		written, err := s.Engine.Written(ctx, host)
		if err != nil || written <= diskWarning {
			return err
		}
		one := Full{Host: host.Name, Written: written, Stopped: written > labs.DiskBound}
		if one.Stopped {
			err = s.Engine.Stop(ctx, host)
		}
		mu.Lock()
		defer mu.Unlock()
		full = append(full, one)
		return err
	})
	return full, err
}
