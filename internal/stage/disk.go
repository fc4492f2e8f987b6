package stage

import (
	"context"
	"fmt"
	"sync"

	"endstate/labs"
	"endstate/labs/kit"
)

// diskWarning is from how much on, in bytes, whoever works in the lab is told what a host
// has written.
const diskWarning = labs.DiskBound / 2

// Full is a host that has written much.
type Full struct {
	Host    string
	Written int64 // bytes
	Stopped bool  // it had written more than it may, and was stopped just now
}

// String tells it to who works in the lab.
func (f Full) String() string {
	if f.Stopped {
		return fmt.Sprintf("The host `%s` was stopped: it had written %s, and may write %s. All that is in it is still there.", f.Host, kit.Size(f.Written), kit.Size(labs.DiskBound))
	}
	return fmt.Sprintf("The host `%s` has written %s. Past %s it is stopped: make room in it.", f.Host, kit.Size(f.Written), kit.Size(labs.DiskBound))
}

// Watch looks at what the hosts of a lab have written, stops those that wrote more than they
// may, and returns those of which there is something to tell.
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
