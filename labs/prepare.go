package labs

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// A setup may take this long; after it the remains of one that was killed are swept.
const setupTimeout = 2 * time.Minute

// snapshot returns the variant's snapshot and makes it if it is not there: setup,
// facts, fault. What it used is being removed meanwhile: clean waits for that.
func (r *Runner) snapshot(ctx context.Context, v *Variant, images map[string]ImageRef) (*Snapshot, func(), error) {
	key, hosts := snapshotKey(v, images), v.hostNames()
	for {
		snapshot, err := r.Engine.Snapshot(ctx, key, hosts)
		if err == nil || !errors.Is(err, ErrNotFound) {
			return snapshot, func() {}, err
		}
		clean, err := r.prepare(ctx, v, images, key)
		if err == nil {
			if snapshot, err = r.Engine.Snapshot(ctx, key, hosts); err != nil {
				clean()
			}
			return snapshot, clean, err
		}
		if !errors.Is(err, ErrConflict) {
			return nil, nil, err
		}
		if err := r.await(ctx, key); err != nil {
			return nil, nil, err
		}
	}
}

// snapshotKey names a snapshot by all that goes into it.
func snapshotKey(v *Variant, images map[string]ImageRef) string {
	h := sha256.New()
	fmt.Fprintf(h, "%s\x00", v.Key)
	for _, name := range slices.Sorted(maps.Keys(images)) {
		fmt.Fprintf(h, "%s\x00%s\x00", name, images[name].ID)
	}
	return hex.EncodeToString(h.Sum(nil))[:24]
}

// How often a process looks whether another one is done.
const awaitPause = time.Second

// await waits while another process makes the same snapshot. What such a process left
// when it ended, whoever ran it, is removed: nobody ever worked there.
func (r *Runner) await(ctx context.Context, key string) (err error) {
	end := r.Emit.Step("await", "Waiting: another process is preparing the same exercise")
	defer func() { end(err) }()
	tick := time.NewTicker(awaitPause)
	defer tick.Stop()
	for {
		found, err := r.Engine.Labs(ctx, Which{ID: setupID(key)})
		if err != nil || len(found) == 0 || len(found[0].Hosts) == 0 {
			return err
		}
		if found[0].Over(r.Engine.Now()) {
			return r.Engine.Remove(ctx, found[0])
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-tick.C:
		}
	}
}

func setupID(key string) string { return "setup-" + key }

// prepare builds the variant, measures its facts, breaks it and keeps the result
// as a snapshot. What has to go is removed in the background: the hosts it used, and
// snapshots for which there is no room. clean waits for that.
func (r *Runner) prepare(ctx context.Context, v *Variant, images map[string]ImageRef, key string) (clean func(), err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, setupTimeout, errors.New("the scenario's setup takes too long"))
	defer cancel()
	lab, err := r.Engine.Launch(ctx, setupPlan(v, images, key, r.Owner, r.Engine.Now()), r.Emit)
	if err != nil {
		return nil, err
	}
	kept := context.WithoutCancel(ctx)
	roomMade := waited(func() error { return r.makeRoom(kept) })
	var removed func() error
	defer func() {
		removed = waited(func() error { return r.Engine.Remove(kept, lab) })
		if err != nil {
			err = errors.Join(err, removed(), roomMade())
		}
	}()
	if err := r.ready(ctx, lab, v, images); err != nil {
		return nil, err
	}
	record, err := r.build(ctx, lab, v, images)
	if err != nil {
		return nil, err
	}
	end := r.Emit.Step("snapshot", "Keeping a snapshot")
	err = r.Engine.Commit(ctx, lab, Snapshot{Key: key, Scenario: v.Name, Seed: v.Seed, Record: record})
	end(err)
	// Neither says anything of the lab: what stays is swept, or makes room the next time.
	return func() { _, _ = removed(), roomMade() }, err
}

// build runs setup, facts and fault in a lab, and returns the record.
func (r *Runner) build(ctx context.Context, lab *Lab, v *Variant, images map[string]ImageRef) (_ string, err error) {
	site := r.site(lab, Record{Facts: map[string]any{}}, v.Files, images)
	defer site.close()
	secret := rand.Text()
	if err := eachHost(lab, func(host Host) error {
		image, ok := r.image(host.Image)
		if !ok || image.Arm == nil {
			return nil
		}
		return image.Arm(ctx, site, host, secret)
	}); err != nil {
		return "", fmt.Errorf("set the grader's password: %w", err)
	}
	if err := r.phase(ctx, lab, v, "setup", "Building a healthy system", v.Setup); err != nil {
		return "", err
	}
	record := Record{Facts: map[string]any{}, Secret: secret}
	if err := r.measure(ctx, lab, v, images, record); err != nil {
		return "", err
	}
	if err := r.phase(ctx, lab, v, "fault", "Breaking it", v.Fault); err != nil {
		return "", err
	}
	if record.Seals, err = r.seal(ctx, lab, v, images, record); err != nil {
		return "", err
	}
	return record.Encode()
}

// seal returns what must not change in hosts once the lab is handed over, by their names.
func (r *Runner) seal(ctx context.Context, lab *Lab, v *Variant, images map[string]ImageRef, record Record) (map[string]any, error) {
	site := r.site(lab, record, v.Files, images)
	defer site.close()
	seals := map[string]any{}
	for _, host := range lab.Hosts {
		image, ok := r.image(host.Image)
		if !ok || image.Seal == nil {
			continue
		}
		value, err := image.Seal(ctx, site, host)
		if err == nil {
			seals[host.Name], err = Normal(value)
		}
		if err != nil {
			return nil, fmt.Errorf("seal host %s: %w", host.Name, err)
		}
	}
	return seals, nil
}

// measure fills the record with the variant's facts.
func (r *Runner) measure(ctx context.Context, lab *Lab, v *Variant, images map[string]ImageRef, record Record) (err error) {
	end := r.Emit.Step("facts", "Measuring it")
	defer func() { end(err) }()
	site := r.site(lab, record, v.Files, images)
	defer site.close()
	for _, fact := range v.Facts {
		if record.Facts[fact.Name], err = observe(ctx, site, fact.Look); err != nil {
			return fmt.Errorf("measure fact %s: %w", fact.Name, err)
		}
	}
	return nil
}

// phase runs a phase's scripts in their order.
func (r *Runner) phase(ctx context.Context, lab *Lab, v *Variant, name, text string, scripts []Script) (err error) {
	if len(scripts) == 0 {
		return nil
	}
	end := r.Emit.Step(name, text)
	defer func() { end(err) }()
	for _, script := range scripts {
		host, err := lab.Host(script.Host)
		if err != nil {
			return err
		}
		if err := runScript(ctx, r.Engine, host, script, v.Environment()); err != nil {
			return &Problem{
				What: fmt.Sprintf("The %s of %s failed on host `%s`", name, v.Name, script.Host),
				Do:   "It is a mistake in the scenario: endstate prove " + v.Name,
				Err:  err,
			}
		}
	}
	return nil
}

// Environment returns the variant's params as its scripts see them: scalars as
// they are, lists one item a line.
func (v *Variant) Environment() map[string]string {
	env := map[string]string{"seed": fmt.Sprint(v.Seed)}
	for name, value := range v.Params {
		if list, ok := value.([]any); ok {
			items := make([]string, len(list))
			for i := range list {
				items[i] = fmt.Sprint(list[i])
			}
			env[name] = strings.Join(items, "\n")
			continue
		}
		env[name] = fmt.Sprint(value)
	}
	return env
}

// makeRoom drops the least recently used snapshots when the cache is out of its bounds,
// and a few more, so that not every snapshot has to look for room.
func (r *Runner) makeRoom(ctx context.Context) error {
	all, err := r.Engine.Snapshots(ctx)
	if err != nil {
		return err
	}
	var size int64
	for _, s := range all {
		size += s.Size
	}
	if size <= r.Cache {
		return nil
	}
	used := map[string]time.Time{}
	for _, s := range all {
		if used[s.Key], err = r.Engine.Used(ctx, s); err != nil {
			return err
		}
	}
	slices.SortFunc(all, func(a, b Snapshot) int { return used[a.Key].Compare(used[b.Key]) })
	for _, s := range all {
		if size <= r.Cache*9/10 {
			return nil
		}
		dropped, err := r.Engine.Drop(ctx, s)
		if err != nil {
			return err
		}
		if dropped {
			size -= s.Size
		}
	}
	return nil
}
