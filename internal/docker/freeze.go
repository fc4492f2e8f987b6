package docker

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/events"
	"github.com/docker/docker/api/types/filters"

	"endstate/internal/docker/locks"
	"endstate/labs"
)

const (
	lockInterval = 10 * time.Millisecond
	// mostRefusals is how often a host that is not frozen may refuse a command before it counts as
	// down. If others freeze it for moments, each attempt may meet one of them.
	mostRefusals = 20
	// An engine may fail to freeze processes while they keep starting and ending.
	pauseTries = 3
	// How often an attached process checks whether a frozen host needs thawing.
	thawInterval = 500 * time.Millisecond
)

// Freeze stops everything that runs in a host, until thaw is called. If lasting, the host
// stays frozen even beyond this process.
func (e *Engine) Freeze(ctx context.Context, host labs.Host, lasting bool) (thaw func() error, err error) {
	lock, err := locks.Of(host, locks.Running)
	if err != nil {
		return nil, err
	}
	if _, err := lock.TryRLockContext(ctx, lockInterval); err != nil {
		return nil, fmt.Errorf("freeze host %s: %w", host.Name, err)
	}
	thaw = sync.OnceValue(func() error {
		if lasting {
			_ = os.Remove(locks.LastingFile(lock))
		}
		return errors.Join(lock.Close(), e.thaw(context.WithoutCancel(ctx), host))
	})
	if lasting {
		if err := os.WriteFile(locks.LastingFile(lock), nil, 0o600); err != nil {
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
	begin, err := locks.Of(host, locks.Begin)
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
	lock, err := locks.Of(host, locks.Running)
	if err != nil {
		return err
	}
	alone, err := lock.TryLock()
	if err != nil || !alone {
		return err
	}
	defer lock.Close()
	if locks.StaysFrozen(host) {
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
	lock, err := locks.Of(host, locks.Begin)
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
		case frozen && locks.StaysFrozen(host):
			return nil, errors.Join(labs.ErrFrozen, err)
		case frozen:
			refused = 0
			err = e.thaw(ctx, host)
		case refused < mostRefusals: // it may have been thawed just now
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
