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

// A process that keeps a host frozen holds a shared lock on a file named after the host.
// The system releases the lock when the process ends, however it ends. A process that gets
// the lock exclusively thaws the host, unless a second file says that the host should stay
// frozen.
//
// A host must not be frozen while a command is starting in it: engines with runc and cgroup
// v1 would deadlock, for all hosts. So starting commands share a third lock, which the
// process that freezes the host takes exclusively.
const (
	lockSuffix   = ".lock"
	keptSuffix   = ".frozen"
	beginSuffix  = ".begin"
	lockInterval = 10 * time.Millisecond
	// An engine may fail to freeze processes while they keep starting and ending.
	pauseTries = 3
	// How often an attached process checks whether a frozen host needs thawing.
	thawInterval = 500 * time.Millisecond
)

// Freeze stops everything that runs in a host, until thaw is called. If lasting, the host
// stays frozen even beyond this process.
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
			_ = os.Remove(lastingFile(lock))
		}
		return errors.Join(lock.Close(), e.thaw(context.WithoutCancel(ctx), host))
	})
	if lasting {
		if err := os.WriteFile(lastingFile(lock), nil, 0o600); err != nil {
			return nil, errors.Join(fmt.Errorf("freeze host %s: %w", host.Name, err), thaw())
		}
	}
	if err := e.pause(ctx, host); err != nil {
		return nil, errors.Join(err, thaw())
	}
	if lasting {
		// The file keeps the host frozen, so the lock need not outlive this process.
		return thaw, lock.Close()
	}
	return thaw, nil
}

// pause freezes a host. It succeeds if the host is already frozen.
func (e *Engine) pause(ctx context.Context, host labs.Host) error {
	begin, err := lockOf(host, beginSuffix)
	if err != nil {
		return err
	}
	if _, err := begin.TryLockContext(ctx, lockInterval); err != nil {
		return fmt.Errorf("freeze host %s: %w", host.Name, err)
	}
	defer begin.Close()
	call, cancel := callContext(ctx)
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

// thaw lets a host run again unless another process keeps it frozen. It succeeds if the
// host is running or does not exist.
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
	if staysFrozen(host) {
		return nil
	}
	call, cancel := callContext(ctx)
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

// begin starts a command in a host. If the host is frozen for a moment, begin waits. It
// returns a lock that keeps others from freezing the host; release it once the command has
// started. If the host should stay frozen, the error is labs.ErrFrozen.
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
		case frozen && staysFrozen(host):
			return nil, errors.Join(labs.ErrFrozen, err)
		case frozen:
			refused = 0
			err = e.thaw(ctx, host)
		case refused < 2: // it may have been thawed just now
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

// attend thaws a host whenever a process has frozen it and was then killed, until the
// context ends. Otherwise the learner attached to it would face a dead terminal.
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

// thawWhenLeft waits until a frozen host runs again, and thaws it if nobody keeps it
// frozen.
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

// lockOf returns one of a host's locks, unlocked.
func lockOf(host labs.Host, suffix string) (*flock.Flock, error) {
	dir, err := locksDir()
	if err != nil {
		return nil, fmt.Errorf("create the folder for hosts' locks: %w", err)
	}
	return flock.New(filepath.Join(dir, host.ID+suffix)), nil
}

// lastingFile returns the path of the file that says that a host should stay frozen.
func lastingFile(lock *flock.Flock) string { return lock.Path() + keptSuffix }

func staysFrozen(host labs.Host) bool {
	lock, err := lockOf(host, lockSuffix)
	if err != nil {
		return false
	}
	_, err = os.Stat(lastingFile(lock))
	return err == nil
}

// locksDir returns a folder shared by all processes of a user, whatever their settings.
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

// forget removes the locks of a host that no longer exists.
func forget(id string) {
	dir, err := locksDir()
	if err != nil {
		return
	}
	for _, suffix := range []string{lockSuffix, lockSuffix + keptSuffix, beginSuffix} {
		_ = os.Remove(filepath.Join(dir, id+suffix))
	}
}
