package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"endstate/internal/attempts"
	"endstate/labs"
)

// memory returns the store, for commands that are about nothing else.
func (a *app) memory(ctx context.Context) (*attempts.Store, error) {
	if a.store == nil {
		store, err := a.openStore(ctx)
		if err != nil {
			return nil, err
		}
		a.store, a.stored = store, true
	}
	return a.store, nil
}

// remembers reports whether anything was ever kept; to look is no reason to make a store.
func (a *app) remembers() bool {
	_, err := os.Stat(attempts.Path(a.home()))
	return err == nil
}

// remembered returns the attempts of the owner in the order in which they began.
func (a *app) remembered(ctx context.Context, scenario string) ([]*attempts.Attempt, error) {
	store, err := a.memory(ctx)
	if err != nil {
		return nil, err
	}
	return store.List(ctx, attempts.Filter{Owner: a.owner(), Scenario: scenario})
}

// begin opens the attempt of a lab, or finds it. What can't be found out about the
// engine is left out: the lab goes on all the same.
func (a *app) begin(ctx context.Context, store *attempts.Store, lab *labs.Lab, v *labs.Variant) (*attempts.Attempt, error) {
	attempt, err := store.Known(ctx, lab)
	if err == nil && attempt != nil && attempt.Ended != nil {
		err = a.reopen(ctx, store, lab, attempt)
	}
	if err != nil || attempt != nil && attempt.Hash != "" {
		return attempt, err
	}
	about := attempts.About{Scenario: v.Scenario, Images: a.imagesOf(ctx, lab)}
	if info, err := a.backend.Info(ctx); err == nil {
		about.Engine = strings.TrimSuffix(fmt.Sprintf("Docker %s, %s", info.Version, info.System), ", ")
	}
	return store.Begin(ctx, lab, about)
}

// reopen has the attempt of a lab go on that was closed, if the lab is still there.
func (a *app) reopen(ctx context.Context, store *attempts.Store, lab *labs.Lab, attempt *attempts.Attempt) error {
	there, err := a.stage().Find(ctx, lab.Owner, lab.Scenario)
	if errors.Is(err, labs.ErrNotFound) || err == nil && !there.Started.Equal(lab.Started) {
		return nil
	}
	if err != nil {
		return err
	}
	return store.Reopen(ctx, attempt)
}

func (a *app) imagesOf(ctx context.Context, lab *labs.Lab) []attempts.Image {
	var names []string
	for _, host := range lab.Hosts {
		names = append(names, host.Image)
	}
	slices.Sort(names)
	found, _, _ := a.library.Lookup(ctx, slices.Compact(names))
	var used []attempts.Image
	for _, host := range lab.Hosts {
		used = append(used, attempts.Image{Host: host.Name, Name: host.Image, ID: found[host.Image].ID, Server: host.Server})
	}
	return used
}

// closed notes that a lab goes. It is noted before the lab is removed: a process that is
// ended between the two leaves a lab, whose attempt goes on with the next command about it,
// and not an attempt without a lab.
func (a *app) closed(ctx context.Context, lab *labs.Lab, at time.Time, how attempts.Ending) {
	ctx = context.WithoutCancel(ctx)
	if store := a.attempts(ctx); store != nil {
		if err := store.End(ctx, lab, at, how); err != nil {
			a.warn(err, "The lab goes all the same.")
		}
	}
}

// learned notes something about the attempt that a lab stands for. Where that fails
// the learner is warned, and goes on.
func (a *app) learned(ctx context.Context, lab *labs.Lab, v *labs.Variant, but string, note func(*attempts.Store, *attempts.Attempt) error) {
	store := a.attempts(ctx)
	if store == nil {
		return
	}
	attempt, err := a.begin(ctx, store, lab, v)
	if err == nil {
		err = note(store, attempt)
	}
	if err != nil {
		a.warn(err, but)
	}
}
