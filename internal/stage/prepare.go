package stage

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"endstate/internal/site"
	"endstate/labs"
	"endstate/labs/kit"
)

// setupTimeout limits a setup, generously, because its facts may wait for a place on a busy machine.
// After it, Sweep removes the remains of one that was killed.
const setupTimeout = 5 * time.Minute

var errSetupTimeout = errors.New("the scenario's setup takes too long")

// snapshot returns the variant's snapshot, and makes it if necessary: setup, facts, fault.
// The hosts used for that are removed in the background; the returned function waits for
// it.
func (s *Stage) snapshot(ctx context.Context, v *labs.Variant, images map[string]labs.ImageRef, emit labs.Emit) (*labs.Snapshot, func(), error) {
	key, hosts := snapshotKey(v, images), v.HostNames()
	for {
		snapshot, err := s.Snapshots.Find(ctx, key, hosts)
		if err == nil || !errors.Is(err, labs.ErrNotFound) {
			return snapshot, func() {}, err
		}
		clean, err := s.prepare(ctx, v, images, key, emit)
		if err == nil {
			if snapshot, err = s.Snapshots.Find(ctx, key, hosts); err != nil {
				clean()
			}
			return snapshot, clean, err
		}
		if !errors.Is(err, labs.ErrConflict) {
			return nil, nil, err
		}
		if err := s.await(ctx, key, emit); err != nil {
			return nil, nil, err
		}
	}
}

// snapshotKey hashes everything that determines a snapshot.
func snapshotKey(v *labs.Variant, images map[string]labs.ImageRef) string {
	h := sha256.New()
	fmt.Fprintf(h, "%s\x00", v.Key)
	for _, name := range slices.Sorted(maps.Keys(images)) {
		fmt.Fprintf(h, "%s\x00%s\x00", name, images[name].ID)
	}
	return hex.EncodeToString(h.Sum(nil))[:24]
}

// How often to check whether another process is done.
const awaitPause = time.Second

// await waits while another process makes the same snapshot. If that process has died,
// await removes its setup, in which nobody ever worked, whoever owns it.
func (s *Stage) await(ctx context.Context, key string, emit labs.Emit) (err error) {
	end := emit.Step(labs.AwaitSetup, "")
	defer func() { end(err) }()
	tick := time.NewTicker(awaitPause)
	defer tick.Stop()
	for {
		found, err := s.Engine.Labs(ctx, labs.Which{ID: setupID(key)})
		if err != nil || len(found) == 0 || len(found[0].Hosts) == 0 {
			return err
		}
		if found[0].Over(s.Engine.Now()) {
			return s.Engine.Remove(ctx, found[0])
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-tick.C:
		}
	}
}

func setupID(key string) string { return "setup-" + key }

// prepare builds the variant, measures its facts, breaks it and stores the result as a
// snapshot. In the background it removes the hosts it used, and old snapshots if the cache
// is full. clean waits for that.
func (s *Stage) prepare(ctx context.Context, v *labs.Variant, images map[string]labs.ImageRef, key string, emit labs.Emit) (clean func(), err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, setupTimeout, errSetupTimeout)
	defer cancel()
	lab, err := s.Engine.Launch(ctx, setupPlan(v, images, key, s.Owner, s.Engine.Now()), emit)
	if err != nil {
		return nil, err
	}
	kept := context.WithoutCancel(ctx)
	roomMade := site.InBackground(func() error { return s.makeRoom(kept) })
	var removed func() error
	defer func() {
		removed = site.InBackground(func() error { return s.Engine.Remove(kept, lab) })
		if err != nil {
			err = errors.Join(err, removed(), roomMade())
		}
	}()
	if err := s.Ready(ctx, lab, v, images, emit); err != nil {
		return nil, err
	}
	record, err := s.build(ctx, lab, nil, v, images, emit)
	if err != nil {
		return nil, err
	}
	end := emit.Step(labs.KeepSnapshot, "")
	err = s.Snapshots.Keep(ctx, lab, labs.Snapshot{Key: key, Scenario: v.Name, Seed: v.Seed}, record)
	end(err)
	// Errors of these don't affect the lab: Sweep or the next makeRoom tries again.
	return func() { _, _ = removed(), roomMade() }, err
}

// build runs setup, facts and fault in a lab, and returns the record. helpers run the scripts; nil:
// the hosts themselves do.
func (s *Stage) build(ctx context.Context, lab, helpers *labs.Lab, v *labs.Variant, images map[string]labs.ImageRef, emit labs.Emit) (record labs.Record, err error) {
	site := s.Sites.Open(site.Subject{Lab: lab, Given: v.Files, Hosts: v.Hosts, Images: images}, emit)
	defer site.Close()
	secret := rand.Text()
	if err := EachHost(lab.Hosts, func(host labs.Host) error {
		image, ok := s.image(host.Image)
		if !ok || image.Arm == nil {
			return nil
		}
		return image.Arm(ctx, site, host, secret)
	}); err != nil {
		return record, fmt.Errorf("set the grader's password: %w", err)
	}
	if err := s.phase(ctx, lab, helpers, v, labs.RunSetup, v.Setup, emit); err != nil {
		return record, err
	}
	record = labs.Record{Facts: map[string]any{}, Secret: secret}
	if err := s.measure(ctx, lab, v, images, record, emit); err != nil {
		return record, err
	}
	if err := s.phase(ctx, lab, helpers, v, labs.RunFault, v.Fault, emit); err != nil {
		return record, err
	}
	record.Seals, err = s.seal(ctx, lab, v, images, record, emit)
	return record, err
}

// seal returns what must not change in each host once the lab is handed over, by host name.
func (s *Stage) seal(ctx context.Context, lab *labs.Lab, v *labs.Variant, images map[string]labs.ImageRef, record labs.Record, emit labs.Emit) (map[string]any, error) {
	site := s.Sites.Open(site.Subject{Lab: lab, Record: record, Given: v.Files, Hosts: v.Hosts, Images: images}, emit)
	defer site.Close()
	seals := map[string]any{}
	for _, host := range lab.Hosts {
		image, ok := s.image(host.Image)
		if !ok || image.Seal == nil {
			continue
		}
		value, err := image.Seal(ctx, site, host)
		if err == nil {
			seals[host.Name], err = labs.Normal(value)
		}
		if hasStopped(err) {
			// The last script may end before its host has stopped.
			return nil, scriptFailed(labs.RunFault, v, host.Name, err)
		}
		if err != nil {
			return nil, fmt.Errorf("seal host %s: %w", host.Name, err)
		}
	}
	return seals, nil
}

// hasStopped reports whether an error is that a host does not run, before it is asked or meanwhile.
func hasStopped(err error) bool {
	return errors.Is(err, labs.ErrDown) || errors.Is(err, site.ErrStopped)
}

// measure fills the record with the variant's facts.
func (s *Stage) measure(ctx context.Context, lab *labs.Lab, v *labs.Variant, images map[string]labs.ImageRef, record labs.Record, emit labs.Emit) (err error) {
	end := emit.Step(labs.MeasureFacts, "")
	defer func() { end(err) }()
	site := s.Sites.Open(site.Subject{Lab: lab, Record: record, Given: v.Files, Hosts: v.Hosts, Images: images}, emit)
	defer site.Close()
	for _, fact := range v.Facts {
		if record.Facts[fact.Name], err = site.Observe(ctx, fact.Look); err != nil {
			return notMeasured(v, fact, err)
		}
	}
	return nil
}

// notMeasured says why a fact can't be measured. While everything is right, nothing but the scenario
// can be the reason that a look meets an obstacle.
func notMeasured(v *labs.Variant, fact labs.Fact, err error) error {
	err = fmt.Errorf("%s: %w", fact.Place, err)
	var obstacle *kit.Obstacle
	if !errors.As(err, &obstacle) {
		return fmt.Errorf("measure fact %s: %w", fact.Name, err)
	}
	return mistaken(v, fmt.Sprintf("The fact `%s` of %s can't be measured at seed %d", fact.Name, v.Name, v.Seed), err)
}

// mistaken says that a scenario can't be set up because of a mistake in it.
func mistaken(v *labs.Variant, what string, err error) error {
	return &labs.Problem{
		Code: labs.CodeSetup, What: what, Advice: "This is a mistake in the scenario.",
		Acts: []labs.Act{{Name: labs.ActRender, For: "See what it ran", Scenario: v.Name, Seed: v.Seed}}, Err: err,
	}
}

// phase runs a phase's scripts in order.
func (s *Stage) phase(ctx context.Context, lab, helpers *labs.Lab, v *labs.Variant, work labs.Work, scripts []labs.Script, emit labs.Emit) (err error) {
	if len(scripts) == 0 {
		return nil
	}
	end := emit.Step(work, "")
	defer func() { end(err) }()
	for _, script := range scripts {
		host, err := hostOf(lab, helpers, script)
		if err != nil {
			return err
		}
		if err := runScript(ctx, s.Engine, host, script, v.Environment()); err != nil {
			return scriptFailed(work, v, script.Host, err)
		}
	}
	return nil
}

// scriptFailed says that a phase's script failed, or stopped its host.
func scriptFailed(work labs.Work, v *labs.Variant, host string, err error) error {
	return mistaken(v, fmt.Sprintf("The %s of %s failed on host `%s` at seed %d", work, v.Name, host, v.Seed),
		fmt.Errorf("%s/%s.sh: %w", work, host, err))
}

// hostOf returns the host of a script, and its helper.
func hostOf(lab, helpers *labs.Lab, script labs.Script) (scripted, error) {
	host, err := lab.Host(script.Host)
	if err != nil || helpers == nil {
		return scripted{Host: host}, err
	}
	helper, err := helpers.Host(script.Host)
	return scripted{Host: host, helper: &helper}, err
}

// makeRoom drops the least recently used snapshots if the cache is over its limit. It drops
// a few more, so that not every new snapshot has to make room. It also drops saved states
// whose labs are gone.
func (s *Stage) makeRoom(ctx context.Context) error {
	all, err := s.Snapshots.List(ctx)
	if err != nil {
		return err
	}
	if err := s.sweepSaved(ctx, all); err != nil {
		return err
	}
	all = slices.DeleteFunc(all, labs.Snapshot.Saved)
	var size int64
	for _, one := range all {
		size += one.Size
	}
	if size <= s.Cache {
		return nil
	}
	used := map[string]time.Time{}
	for _, one := range all {
		if used[one.Key], err = s.Snapshots.LastUsed(ctx, one); err != nil {
			return err
		}
	}
	slices.SortFunc(all, func(a, b labs.Snapshot) int { return used[a.Key].Compare(used[b.Key]) })
	for _, one := range all {
		if size <= s.Cache*9/10 {
			return nil
		}
		dropped, err := s.Snapshots.Drop(ctx, one)
		if err != nil {
			return err
		}
		if dropped {
			size -= one.Size
		}
	}
	return nil
}
