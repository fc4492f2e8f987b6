package docker

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/filters"
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
	_, dropErr := e.Drop(context.WithoutCancel(ctx), snapshot.Key)
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
		return fmt.Errorf("keep a snapshot of host %s: %w", host.Name, err)
	}
	return nil
}

// Snapshot finds a snapshot of which every host is there, and marks it as used now.
func (e *Engine) Snapshot(ctx context.Context, key string) (*labs.Snapshot, error) {
	images, err := e.snapshotImages(ctx, labelSnapshot+"="+key)
	if err != nil {
		return nil, err
	}
	snapshot := &labs.Snapshot{Key: key, Images: map[string]string{}}
	hosts := 0
	for _, found := range images {
		if ref := snapshotRef(key, found.Labels[labelHost]); hasRef(found, ref) {
			lab := labOf(found.Labels)
			snapshot.Scenario, snapshot.Seed, snapshot.Record = lab.Scenario, lab.Seed, lab.Record
			snapshot.Images[found.Labels[labelHost]] = ref
			hosts, _ = strconv.Atoi(found.Labels[labelHosts])
		}
	}
	if hosts == 0 || len(snapshot.Images) != hosts {
		return nil, labs.ErrNotFound
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
			return fmt.Errorf("mark snapshot %s as used: %w", snapshot.Key, err)
		}
	}
	return nil
}

func (e *Engine) snapshotImages(ctx context.Context, label string) ([]image.Summary, error) {
	images, err := e.api.ImageList(ctx, image.ListOptions{Filters: filters.NewArgs(filters.Arg("label", label))})
	if err != nil {
		return nil, fmt.Errorf("list snapshots: %w", err)
	}
	return images, nil
}

func hasRef(found image.Summary, ref string) bool {
	for _, tag := range found.RepoTags {
		if tag == ref {
			return true
		}
	}
	return false
}

// Snapshots lists all snapshots, with their sizes beyond the images below them.
func (e *Engine) Snapshots(ctx context.Context) ([]labs.Snapshot, error) {
	images, err := e.snapshotImages(ctx, labelSnapshot)
	if err != nil {
		return nil, err
	}
	byKey := map[string]*labs.Snapshot{}
	var keys []string
	for _, found := range images {
		key := found.Labels[labelSnapshot]
		if byKey[key] == nil {
			lab := labOf(found.Labels)
			byKey[key] = &labs.Snapshot{Key: key, Scenario: lab.Scenario, Seed: lab.Seed}
			keys = append(keys, key)
		}
		size, used, err := e.weigh(ctx, found)
		if err != nil {
			return nil, err
		}
		byKey[key].Size += size
		if used.After(byKey[key].Used) {
			byKey[key].Used = used
		}
	}
	all := make([]labs.Snapshot, len(keys))
	for i, key := range keys {
		all[i] = *byKey[key]
	}
	return all, nil
}

// weigh returns an image's size without the image below it, and when it was tagged.
func (e *Engine) weigh(ctx context.Context, found image.Summary) (int64, time.Time, error) {
	inspected, err := e.api.ImageInspect(ctx, found.ID)
	if errdefs.IsNotFound(err) {
		return 0, time.Time{}, nil
	}
	if err != nil {
		return 0, time.Time{}, fmt.Errorf("weigh a snapshot: %w", err)
	}
	size := inspected.Size
	if below, err := e.api.ImageInspect(ctx, found.ParentID); err == nil && found.ParentID != "" {
		size -= below.Size
	}
	return size, inspected.Metadata.LastTagTime, nil
}

// Drop deletes a snapshot that no lab uses, and reports whether it did.
func (e *Engine) Drop(ctx context.Context, key string) (bool, error) {
	images, err := e.snapshotImages(ctx, labelSnapshot+"="+key)
	if err != nil {
		return false, err
	}
	for _, found := range images {
		_, err := e.api.ImageRemove(ctx, found.ID, image.RemoveOptions{PruneChildren: true})
		if errdefs.IsConflict(err) || err != nil && strings.Contains(err.Error(), "in use") {
			return false, nil
		}
		// An engine that is removing it for somebody else does not call it not found.
		gone := errdefs.IsNotFound(err) || err != nil && strings.Contains(err.Error(), "unrecognized image ID")
		if err != nil && !gone {
			return false, fmt.Errorf("drop snapshot %s: %w", key, err)
		}
	}
	return true, nil
}
