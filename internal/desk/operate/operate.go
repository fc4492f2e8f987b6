// Package operate is the desk's room for who runs a server: whether it can work, and how much it does.
package operate

import (
	"context"
	"slices"

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
