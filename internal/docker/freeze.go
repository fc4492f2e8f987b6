package docker

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/events"
	"github.com/docker/docker/api/types/filters"
	"github.com/gofrs/flock"

	"endstate/labs"
)

// Who keeps a host frozen holds a lock on a file of its name, which the system lets go
// when the process ends, however it does. Several may. Whoever gets the file for itself
// alone thaws the host, unless a second file says that it is to stay frozen.
//
// A host must not be frozen while a command is just beginning in it: engines that use runc
// and cgroup v1 then wait for each other without end, for all hosts. Commands that begin
// share a third lock, which who freezes has alone.
const (
	lockSuffix   = ".lock"
	keptSuffix   = ".frozen"
	beginSuffix  = ".begin"
	lockInterval = 10 * time.Millisecond
	// Where processes begin and end all the time, an engine may fail to freeze them.
	pauseTries = 3
	// A host that nobody thaws is looked at that often by whoever is attached to it.
	thawInterval = 500 * time.Millisecond
)

// Freeze stops all that runs in a host.
func (e *Engine) Freeze(ctx context.Context, host labs.Host, lasting bool) (thaw func() error, err error) {
	lock, err := lockOf(host, lockSuffix)
	if err != nil {
		return nil, err
	}
	if _, err := lock.TryRLockContext(ctx, lockInterval); err != nil {
		return nil, fmt.Errorf("freeze host %s: %w", host.Name, err)
	}
	thaw = sync.OnceValue(func() error {
		if lasting {
			_ = os.Remove(keptFile(lock))
		}
		return errors.Join(lock.Close(), e.thaw(context.WithoutCancel(ctx), host))
	})
	if lasting {
		if err := os.WriteFile(keptFile(lock), nil, 0o600); err != nil {
			return nil, errors.Join(fmt.Errorf("freeze host %s: %w", host.Name, err), thaw())
		}
	}
	if err := e.pause(ctx, host); err != nil {
		return nil, errors.Join(err, thaw())
	}
	if lasting {
		// The file keeps it frozen: who thaws it does not wait for this process to end.
		return thaw, lock.Close()
	}
	return thaw, nil
}

// pause freezes a host. That it is frozen already is success.
func (e *Engine) pause(ctx context.Context, host labs.Host) error {
	begin, err := lockOf(host, beginSuffix)
	if err != nil {
		return err
	}
	if _, err := begin.TryLockContext(ctx, lockInterval); err != nil {
		return fmt.Errorf("freeze host %s: %w", host.Name, err)
	}
	defer begin.Close()
	call, cancel := settled(ctx)
	defer cancel()
	for range pauseTries {
		if err = e.api.ContainerPause(call, host.ID); err == nil {
			return nil
		}
		if frozen, looked := e.frozen(call, host); looked == nil && frozen {
			return nil
		}
	}
	if errdefs.IsConflict(err) {
		err = errors.Join(labs.ErrDown, err)
	}
	return fmt.Errorf("freeze host %s: %w", host.Name, err)
}

func (e *Engine) frozen(ctx context.Context, host labs.Host) (bool, error) {
	inspected, err := e.api.ContainerInspect(ctx, host.ID)
	if err != nil {
		return false, err
	}
	return inspected.State.Paused, nil
}

// thaw lets a host run on if nobody keeps it frozen. That it runs, or is gone, is success.
func (e *Engine) thaw(ctx context.Context, host labs.Host) error {
	lock, err := lockOf(host, lockSuffix)
	if err != nil {
		return err
	}
	alone, err := lock.TryLock()
	if err != nil || !alone {
		return err
	}
	defer lock.Close()
	if isKept(host) {
		return nil
	}
	call, cancel := settled(ctx)
	defer cancel()
	if err := e.api.ContainerUnpause(call, host.ID); err != nil {
		frozen, looked := e.frozen(call, host)
		if errdefs.IsNotFound(looked) || looked == nil && !frozen {
			return nil
		}
		return fmt.Errorf("thaw host %s: %w", host.Name, err)
	}
	return nil
}

// begin begins a command in a host that takes none while it is frozen, and waits for those
// who freeze it for a moment. It returns the lock that keeps others from freezing the host
// until the command has begun. labs.ErrFrozen: the host is to stay frozen.
func (e *Engine) begin(ctx context.Context, host labs.Host, do func() error) (begun io.Closer, err error) {
	lock, err := lockOf(host, beginSuffix)
	if err != nil {
		return nil, err
	}
	for refused := 1; ; refused++ {
		if _, err := lock.TryRLockContext(ctx, lockInterval); err != nil {
			return nil, err
		}
		err := do()
		if err == nil {
			return lock, nil
		}
		_ = lock.Close()
		if !errdefs.IsConflict(err) {
			return nil, err
		}
		frozen, looked := e.frozen(ctx, host)
		switch {
		case looked != nil:
			return nil, errors.Join(err, looked)
		case frozen && isKept(host):
			return nil, errors.Join(labs.ErrFrozen, err)
		case frozen:
			refused = 0
			err = e.thaw(ctx, host)
		case refused < 2: // it may just have been thawed
			err = nil
		default:
			err = errors.Join(labs.ErrDown, err)
		}
		if err != nil {
			return nil, err
		}
		select {
		case <-time.After(lockInterval):
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

// attend thaws a host, for as long as the context lasts, whenever a process froze it and
// was killed: who is attached would sit before a dead terminal.
func (e *Engine) attend(ctx context.Context, host labs.Host) {
	paused, failed := e.api.Events(ctx, events.ListOptions{Filters: filters.NewArgs(
		filters.Arg("container", host.ID), filters.Arg("event", string(events.ActionPause)),
	)})
	for {
		select {
		case <-paused:
		case <-failed:
			return
		}
		if err := e.thawWhenLeft(ctx, host); err != nil {
			return
		}
	}
}

// thawWhenLeft waits until a frozen host runs, and thaws it if nobody else will.
func (e *Engine) thawWhenLeft(ctx context.Context, host labs.Host) error {
	for {
		select {
		case <-time.After(thawInterval):
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		if err := e.thaw(ctx, host); err != nil {
			return err
		}
		if frozen, err := e.frozen(ctx, host); err != nil || !frozen {
			return err
		}
	}
}

// lockOf returns a lock of a host, unlocked.
func lockOf(host labs.Host, suffix string) (*flock.Flock, error) {
	dir, err := locksDir()
	if err != nil {
		return nil, fmt.Errorf("make the folder for locks of hosts: %w", err)
	}
	return flock.New(filepath.Join(dir, host.ID+suffix)), nil
}

// keptFile is the file that says that a host is to stay frozen.
func keptFile(lock *flock.Flock) string { return lock.Path() + keptSuffix }

func isKept(host labs.Host) bool {
	lock, err := lockOf(host, lockSuffix)
	if err != nil {
		return false
	}
	_, err = os.Stat(keptFile(lock))
	return err == nil
}

// locksDir is where all processes of a user meet, whatever else is set for them.
func locksDir() (dir string, err error) {
	if cache, err := os.UserCacheDir(); err == nil {
		dir = filepath.Join(cache, "endstate", "hosts")
		if err := os.MkdirAll(dir, 0o700); err == nil {
			return dir, nil
		}
	}
	dir = filepath.Join(os.TempDir(), fmt.Sprintf("endstate-%d", os.Getuid()))
	return dir, os.MkdirAll(dir, 0o700)
}

// forget removes what is kept about a host that is gone.
func forget(id string) {
	dir, err := locksDir()
	if err != nil {
		return
	}
	for _, suffix := range []string{lockSuffix, lockSuffix + keptSuffix, beginSuffix} {
		_ = os.Remove(filepath.Join(dir, id+suffix))
	}
}
