package docker

import (
	"context"
	"errors"
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

// snapshotRepository names snapshots: endstate/snapshot:KEY-HOST, one image a host.
const snapshotRepository = "endstate/snapshot"

func snapshotRef(key, host string) string { return snapshotRepository + ":" + key + "-" + host }

// Commit keeps the hosts of a lab as a snapshot, host by host side by side. The
// hosts stand still meanwhile, so that what is kept is of one moment.
func (e *Engine) Commit(ctx context.Context, lab *labs.Lab, snapshot labs.Snapshot) error {
	failed := make([]error, len(lab.Hosts))
	var all sync.WaitGroup
	for i, host := range lab.Hosts {
		all.Go(func() { failed[i] = e.commitHost(ctx, lab, host, snapshot) })
	}
	all.Wait()
	err := errors.Join(failed...)
	if err == nil {
		err = context.Cause(ctx)
	}
	if err == nil {
		return nil
	}
	snapshot.Images = map[string]string{}
	for _, host := range lab.Hosts {
		snapshot.Images[host.Name] = snapshotRef(snapshot.Key, host.Name)
	}
	_, dropErr := e.Drop(context.WithoutCancel(ctx), snapshot)
	return errors.Join(err, dropErr)
}

func (e *Engine) commitHost(ctx context.Context, lab *labs.Lab, host labs.Host, snapshot labs.Snapshot) error {
	call, cancel := settled(ctx)
	defer cancel()
	_, err := e.api.ContainerCommit(call, host.ID, container.CommitOptions{
		Reference: snapshotRef(snapshot.Key, host.Name), Pause: true,
		Config: &container.Config{Labels: map[string]string{
			labelSnapshot: snapshot.Key, labelScenario: snapshot.Scenario, labelSeed: strconv.FormatUint(snapshot.Seed, 10),
			labelRecord: snapshot.Record, labelHost: host.Name, labelHosts: strconv.Itoa(len(lab.Hosts)), labelVersion: e.version,
		}},
	})
	if err != nil {
		return failure(err, "keep a snapshot of host %s", host.Name)
	}
	return nil
}

// Snapshot finds a snapshot of which every host is there, and marks it as used now.
// It asks for each by name, as to list images takes the engine longer the more there are.
func (e *Engine) Snapshot(ctx context.Context, key string, hosts []string) (*labs.Snapshot, error) {
	snapshot := &labs.Snapshot{Key: key, Images: map[string]string{}}
	for _, host := range hosts {
		ref := snapshotRef(key, host)
		found, err := e.api.ImageInspect(ctx, ref)
		if errdefs.IsNotFound(err) {
			return nil, labs.ErrNotFound
		}
		if err != nil {
			return nil, failure(err, "find snapshot %s", key)
		}
		lab := labOf(found.Config.Labels)
		snapshot.Scenario, snapshot.Seed, snapshot.Record = lab.Scenario, lab.Seed, lab.Record
		snapshot.Images[host] = ref
	}
	return snapshot, e.touch(ctx, snapshot)
}

// touch tags the images anew, which is how an engine remembers when they were used.
func (e *Engine) touch(ctx context.Context, snapshot *labs.Snapshot) error {
	for _, ref := range snapshot.Images {
		err := e.api.ImageTag(ctx, ref, ref)
		if errdefs.IsNotFound(err) {
			return labs.ErrNotFound
		}
		if err != nil {
			return failure(err, "mark snapshot %s as used", snapshot.Key)
		}
	}
	return nil
}

// Snapshots lists all snapshots, with their sizes beyond the images below them.
func (e *Engine) Snapshots(ctx context.Context) ([]labs.Snapshot, error) {
	// All images at once, as those below the snapshots are weighed too.
	images, err := e.api.ImageList(ctx, image.ListOptions{All: true})
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
			byKey[key] = &labs.Snapshot{Key: key, Scenario: lab.Scenario, Seed: lab.Seed, Images: map[string]string{}}
			keys = append(keys, key)
		}
		byKey[key].Size += found.Size - sizes[found.ParentID]
		host, ref := found.Labels[labelHost], snapshotRef(key, found.Labels[labelHost])
		if !slices.Contains(found.RepoTags, ref) {
			host, ref = host+" "+found.ID, found.ID // what another one took the name from
		}
		byKey[key].Images[host] = ref
	}
	all := make([]labs.Snapshot, len(keys))
	for i, key := range keys {
		all[i] = *byKey[key]
	}
	return all, nil
}

// Used returns when a snapshot was last used.
func (e *Engine) Used(ctx context.Context, snapshot labs.Snapshot) (used time.Time, err error) {
	for _, ref := range snapshot.Images {
		inspected, err := e.api.ImageInspect(ctx, ref)
		if err != nil && !errdefs.IsNotFound(err) {
			return used, failure(err, "ask when snapshot %s was used", snapshot.Key)
		}
		if err == nil && inspected.Metadata.LastTagTime.After(used) {
			used = inspected.Metadata.LastTagTime
		}
	}
	return used, nil
}

// Drop deletes a snapshot that no lab uses, and reports whether it did.
func (e *Engine) Drop(ctx context.Context, snapshot labs.Snapshot) (bool, error) {
	for _, ref := range snapshot.Images {
		_, err := e.api.ImageRemove(ctx, ref, image.RemoveOptions{PruneChildren: true})
		if errdefs.IsConflict(err) || err != nil && strings.Contains(err.Error(), "in use") {
			return false, nil
		}
		// An engine that is removing it for somebody else does not call it not found.
		gone := errdefs.IsNotFound(err) || err != nil && strings.Contains(err.Error(), "unrecognized image ID")
		if err != nil && !gone {
			return false, failure(err, "drop snapshot %s", snapshot.Key)
		}
	}
	return true, nil
}
