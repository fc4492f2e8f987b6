// Package operate is the desk's room for who runs a server: whether it can work, and how much it does.
package operate

import (
	"context"
	"slices"
	"time"

	"endstate/internal/desk"
	"endstate/labs"
)

// Ready returns an error if the store or the engine can't be reached.
func Ready(ctx context.Context, d *desk.Desk) error {
	parts := d.Parts()
	store, err := parts.Memory(ctx, labs.Learner{})
	if err == nil {
		err = store.Answer(ctx)
	}
	if err != nil {
		return err
	}
	if err := parts.Connect(ctx); err != nil {
		return err
	}
	_, err = parts.Backend().Info(ctx)
	return err
}

// Running returns how many labs everybody has, with those of exams.
func Running(ctx context.Context, d *desk.Desk) (int, error) {
	parts := d.Parts()
	if err := parts.Connect(ctx); err != nil {
		return 0, err
	}
	all, err := parts.Engine().Labs(ctx, labs.Which{})
	return len(slices.DeleteFunc(all, func(l *labs.Lab) bool { return l.Role != labs.RoleLab })), err
}

// Waiting returns how many starts wait because the machine is full.
func Waiting(d *desk.Desk) int { return d.Parts().StartsWaiting() }

// MayWatch returns an error if somebody may not see how much the server does.
func MayWatch(who labs.Learner) error {
	if who.Maintains() {
		return nil
	}
	return &labs.Problem{Code: labs.CodeForbidden, What: "Only an admin can see how much the server does", Usage: true}
}

// Tell tells the other servers of the same store something. If that fails, they are not told.
func Tell(ctx context.Context, d *desk.Desk, news string) {
	if store, err := d.Parts().Memory(ctx, labs.Learner{}); err == nil {
		_ = store.Tell(ctx, news)
	}
}

// hearPause is how long to wait for a store that can't be opened.
const hearPause = 5 * time.Second

// Hear calls heard with what other servers of the same store tell, until the context is done.
func Hear(ctx context.Context, d *desk.Desk, heard func(news string)) {
	for {
		store, err := d.Parts().Memory(ctx, labs.Learner{})
		if err == nil {
			store.Hear(ctx, heard)
		}
		select {
		case <-time.After(hearPause):
		case <-ctx.Done():
			return
		}
	}
}
