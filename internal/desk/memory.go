package desk

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

// memory returns a learner's part of the store, for acts that need it.
func (d *Desk) memory(ctx context.Context, who labs.Learner) (*attempts.View, error) {
	store, err := d.openStore(ctx)
	if err != nil {
		return nil, err
	}
	return store.Of(who), nil
}

// openStore opens the store, and ends the visits of clients that were killed.
func (d *Desk) openStore(ctx context.Context) (*attempts.Store, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.store != nil {
		return d.store, nil
	}
	store, err := attempts.Open(ctx, d.storePlace())
	if err != nil {
		return nil, err
	}
	if err := store.EndVisits(ctx, d.Clock()); err != nil {
		return nil, errors.Join(err, store.Close())
	}
	d.store = store
	return store, nil
}

// storePause is how long to wait before opening a store again that could not be opened.
const storePause = time.Minute

// recall returns a learner's part of the store. If the store can't be used, it warns and returns
// nil: labs work without it.
func (d *Desk) recall(ctx context.Context, who labs.Learner, emit labs.Emit) *attempts.View {
	if d.storeFailed() {
		return nil
	}
	view, err := d.memory(ctx, who)
	if err == nil {
		return view
	}
	d.mu.Lock()
	d.failed = d.Clock()
	d.mu.Unlock()
	emit.Warn(err, "The lab works without it, but hints and scores are not stored.")
	return nil
}

func (d *Desk) storeFailed() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.store == nil && !d.failed.IsZero() && d.Clock().Sub(d.failed).Abs() < storePause
}

// storePlace returns where the store is. There may be a password in it.
func (d *Desk) storePlace() string {
	if d.Store != "" {
		return d.Store
	}
	return attempts.Path(d.Home)
}

// Remembers reports whether the store exists. Looking does not create it. A database is not asked.
func (d *Desk) Remembers() bool {
	if d.Store != "" {
		return true
	}
	_, err := os.Stat(attempts.Path(d.Home))
	return err == nil
}

// begin returns the attempt of a lab, and opens one if there is none. What the engine does not
// say about itself is left out.
func (d *Desk) begin(ctx context.Context, store *attempts.View, lab *labs.Lab, v *labs.Variant) (*attempts.Attempt, error) {
	attempt, err := store.OfLab(ctx, lab)
	if err == nil && attempt != nil && attempt.Ended != nil {
		err = d.reopen(ctx, store, lab, attempt)
	}
	if err == nil {
		err = catchUp(ctx, store, lab, attempt)
	}
	if err != nil || attempt != nil && attempt.Hash != "" {
		return attempt, err
	}
	about := attempts.About{Scenario: v.Scenario, Images: d.imagesOf(ctx, lab)}
	if info, err := d.backend.Info(ctx); err == nil {
		about.Engine = strings.TrimSuffix(fmt.Sprintf("%s %s, %s", info.Name, info.Version, info.System), ", ")
	}
	return store.Begin(ctx, lab, about)
}

// reopen reopens the closed attempt of a lab if the lab still exists.
func (d *Desk) reopen(ctx context.Context, store *attempts.View, lab *labs.Lab, attempt *attempts.Attempt) error {
	there, err := d.stage(lab.Owner).Find(ctx, lab.Owner, lab.Scenario)
	if errors.Is(err, labs.ErrNotFound) || err == nil && !there.Started.Equal(lab.Started) {
		return nil
	}
	if err != nil {
		return err
	}
	return store.Reopen(ctx, attempt)
}

func (d *Desk) imagesOf(ctx context.Context, lab *labs.Lab) []attempts.Image {
	var names []string
	for _, host := range lab.Hosts {
		names = append(names, host.Image)
	}
	slices.Sort(names)
	found, _, _ := d.images.Lookup(ctx, slices.Compact(names))
	var used []attempts.Image
	for _, host := range lab.Hosts {
		used = append(used, attempts.Image{Host: host.Name, Name: host.Image, ID: found[host.Image].ID, Server: host.Server})
	}
	return used
}

// end ends the attempt of a lab that is about to be removed. If the process is killed in between,
// the lab is still there, and the next act on it reopens the attempt. The other order could leave
// an open attempt without a lab.
func (d *Desk) end(ctx context.Context, lab *labs.Lab, at time.Time, how attempts.Ending, emit labs.Emit) {
	ctx = context.WithoutCancel(ctx)
	if store := d.recall(ctx, labs.Learner{Name: lab.Owner}, emit); store != nil {
		if err := store.End(ctx, lab, at, how); err != nil {
			emit.Warn(err, "The lab is removed all the same.")
		}
	}
}

// note changes the attempt of a lab. If that fails, it warns, and says what goes on all the same.
func (d *Desk) note(ctx context.Context, lab *labs.Lab, v *labs.Variant, but string, emit labs.Emit, note func(*attempts.View, *attempts.Attempt) error) {
	store := d.recall(ctx, labs.Learner{Name: lab.Owner}, emit)
	if store == nil {
		return
	}
	attempt, err := d.begin(ctx, store, lab, v)
	if err == nil {
		err = note(store, attempt)
	}
	if err != nil {
		emit.Warn(err, but)
	}
}

// nothing changes nothing: the attempt only has to exist.
func nothing(*attempts.View, *attempts.Attempt) error { return nil }
