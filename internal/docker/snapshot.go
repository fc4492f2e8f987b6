package docker

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/image"

	"endstate/labs"
)

// snapshotRepository names snapshots: endstate/snapshot:KEY-HOST, one image per host.
const snapshotRepository = "endstate/snapshot"

func snapshotRef(key, host string) string { return snapshotRepository + ":" + key + "-" + host }

// Snapshots stores snapshots as images of the engine, one per host. The record is in a
// label of the workspace's image, which containers don't inherit (see [Engine.createHost]).
type Snapshots struct{ engine *Engine }

// Snapshots returns the engine's cache of snapshots.
func (e *Engine) Snapshots() Snapshots { return Snapshots{engine: e} }

// Keep stores the hosts of a lab as a snapshot, side by side. The hosts are paused
// meanwhile, so that each image shows a single moment.
func (s Snapshots) Keep(ctx context.Context, lab *labs.Lab, snapshot labs.Snapshot, record labs.Record) error {
	text, err := record.Encode()
	if err != nil {
		return fmt.Errorf("keep a snapshot of %s: %w", snapshot.Scenario, err)
	}
	labels := map[string]string{
		labelSnapshot: snapshot.Key, labelScenario: snapshot.Scenario, labelSeed: strconv.FormatUint(snapshot.Seed, 10),
		labelHosts: strconv.Itoa(len(lab.Hosts)), labelVersion: s.engine.version, labelMoment: rand.Text(), labelSaved: snapshot.Name,
		labelOwner: "", // a snapshot is everyone's; the engine would take over its hosts' owner
	}
	failed := make([]error, len(lab.Hosts))
	var all sync.WaitGroup
	for i, host := range lab.Hosts {
		labels := maps.Clone(labels)
		labels[labelHost] = host.Name
		if host.Name == labs.Workspace {
			labels[labelRecord] = text
		}
		all.Go(func() { failed[i] = s.keepHost(ctx, host, snapshotRef(snapshot.Key, host.Name), labels) })
	}
	all.Wait()
	err = errors.Join(errors.Join(failed...), context.Cause(ctx))
	if err == nil {
		return nil
	}
	snapshot.Images = map[string]string{}
	for _, host := range lab.Hosts {
		snapshot.Images[host.Name] = snapshotRef(snapshot.Key, host.Name)
	}
	_, dropErr := s.Drop(context.WithoutCancel(ctx), snapshot)
	return errors.Join(err, dropErr)
}

func (s Snapshots) keepHost(ctx context.Context, host labs.Host, ref string, labels map[string]string) error {
	call, cancel := callContext(ctx)
	defer cancel()
	options := container.CommitOptions{Reference: ref, Pause: true, Config: &container.Config{Labels: labels}}
	if _, err := s.engine.api.ContainerCommit(call, host.ID, options); err != nil {
		return failure(err, "keep a snapshot of host %s", host.Name)
	}
	return nil
}

// Find returns a snapshot if it is complete and consistent, and marks it as used. It asks
// for each image by name, because the time to list images grows with their number.
func (s Snapshots) Find(ctx context.Context, key string, hosts []string) (*labs.Snapshot, error) {
	snapshot := &labs.Snapshot{Key: key, Images: map[string]string{}}
	moments := map[string]bool{}
	for _, host := range hosts {
		ref := snapshotRef(key, host)
		found, err := s.engine.api.ImageInspect(ctx, ref)
		if errdefs.IsNotFound(err) {
			return nil, labs.ErrNotFound
		}
		if err != nil {
			return nil, failure(err, "find snapshot %s", key)
		}
		lab := labOf(found.Config.Labels)
		snapshot.Scenario, snapshot.Seed, snapshot.Name = lab.Scenario, lab.Seed, found.Config.Labels[labelSaved]
		snapshot.Made, _ = time.Parse(time.RFC3339Nano, found.Created)
		snapshot.Images[host] = ref
		moments[found.Config.Labels[labelMoment]] = true
	}
	if len(moments) != 1 {
		return nil, labs.ErrNotFound // a process was killed while replacing an older snapshot
	}
	return snapshot, s.touch(ctx, snapshot)
}

// Record reads the record from the image that the lab's workspace was started from. An
// image in use can't be removed, but another one may have taken over its name.
func (s Snapshots) Record(ctx context.Context, lab *labs.Lab) (labs.Record, error) {
	workspace, err := lab.Host(labs.Workspace)
	if err != nil {
		return labs.Record{}, fmt.Errorf("%w: %w", labs.ErrNotFound, err)
	}
	started, err := s.engine.api.ContainerInspect(ctx, workspace.ID)
	if err == nil {
		var from image.InspectResponse
		if from, err = s.engine.api.ImageInspect(ctx, started.Image); err == nil && from.Config.Labels[labelRecord] != "" {
			return labs.DecodeRecord(from.Config.Labels[labelRecord])
		}
	}
	if err == nil {
		return s.engine.handedRecord(ctx, workspace)
	}
	if errdefs.IsNotFound(err) {
		err = labs.ErrNotFound
	}
	return labs.Record{}, failure(err, "load the record of lab %s", lab.ID)
}

// touch tags the images again, which makes the engine record the time of use.
func (s Snapshots) touch(ctx context.Context, snapshot *labs.Snapshot) error {
	for _, ref := range snapshot.Images {
		err := s.engine.api.ImageTag(ctx, ref, ref)
		if errdefs.IsNotFound(err) {
			return labs.ErrNotFound
		}
		if err != nil {
			return failure(err, "mark snapshot %s as used", snapshot.Key)
		}
	}
	return nil
}

// List lists all snapshots. Sizes exclude the images below them.
func (s Snapshots) List(ctx context.Context) ([]labs.Snapshot, error) {
	// All images at once, because the ones below the snapshots are needed, too.
	images, err := s.engine.api.ImageList(ctx, image.ListOptions{All: true})
	if err != nil {
		return nil, failure(err, "list snapshots")
	}
	sizes := map[string]int64{}
	for _, found := range images {
		sizes[found.ID] = found.Size
	}
	byKey := map[string]*labs.Snapshot{}
	var keys []string
	for _, found := range images {
		key := found.Labels[labelSnapshot]
		if key == "" {
			continue
		}
		if byKey[key] == nil {
			lab := labOf(found.Labels)
			byKey[key] = &labs.Snapshot{
				Key: key, Scenario: lab.Scenario, Seed: lab.Seed, Images: map[string]string{}, Name: found.Labels[labelSaved], Made: time.Unix(found.Created, 0),
			}
			keys = append(keys, key)
		}
		byKey[key].Size += found.Size - sizes[found.ParentID]
		host, ref := found.Labels[labelHost], snapshotRef(key, found.Labels[labelHost])
		if !slices.Contains(found.RepoTags, ref) {
			host, ref = host+" "+found.ID, found.ID // another image has taken over its name
		}
		byKey[key].Images[host] = ref
	}
	all := make([]labs.Snapshot, len(keys))
	for i, key := range keys {
		all[i] = *byKey[key]
	}
	return all, nil
}

// LastUsed returns when a snapshot was last used.
func (s Snapshots) LastUsed(ctx context.Context, snapshot labs.Snapshot) (used time.Time, err error) {
	for _, ref := range snapshot.Images {
		inspected, err := s.engine.api.ImageInspect(ctx, ref)
		if err != nil && !errdefs.IsNotFound(err) {
			return used, failure(err, "ask when snapshot %s was used", snapshot.Key)
		}
		if err == nil && inspected.Metadata.LastTagTime.After(used) {
			used = inspected.Metadata.LastTagTime
		}
	}
	return used, nil
}

// Drop deletes a snapshot unless a lab uses it, and reports whether it did.
func (s Snapshots) Drop(ctx context.Context, snapshot labs.Snapshot) (bool, error) {
	for _, ref := range snapshot.Images {
		_, err := s.engine.api.ImageRemove(ctx, ref, image.RemoveOptions{PruneChildren: true})
		if errdefs.IsConflict(err) || err != nil && strings.Contains(err.Error(), "in use") {
			return false, nil
		}
		// If the engine is already removing it for somebody else, it does not report not
		// found.
		gone := errdefs.IsNotFound(err) || err != nil && strings.Contains(err.Error(), "unrecognized image ID")
		if err != nil && !gone {
			return false, failure(err, "drop snapshot %s", snapshot.Key)
		}
	}
	return true, nil
}
