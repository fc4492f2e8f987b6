//go:build engine

package stage_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/docker/docker/api/types/container"

	"endstate/internal/enginetest"
	"endstate/labs"
	"endstate/labs/all"
)

// On an engine that can't commit, what a setup changes outside the declared folders is lost.
func TestSetupsChangeDeclaredFoldersOnly(t *testing.T) {
	t.Parallel()
	r := enginetest.Open(t)
	spy := &changes{Snapshots: r.Snapshots, runner: r, of: map[string][]string{}}
	r.Stage.Snapshots = spy
	used := map[string]bool{}
	for _, s := range r.Scenarios.List() {
		lab := r.Lab(r.Variant(s.Name, r.NewSeed()))
		for _, host := range lab.Hosts {
			used[host.Image] = true
		}
		if err := r.Engine.Remove(t.Context(), lab); err != nil {
			t.Fatal(err)
		}
	}
	for _, family := range all.Families() {
		for _, image := range family.Images {
			if used[image.Name] && len(spy.of[image.Name]) == 0 {
				t.Errorf("no setup was seen to change a host of %s", image.Name)
			}
			// Neither what runs nor the engine's own files belong to a snapshot.
			kept := append(slices.Clone(image.State), "/run", "/usr/sbin/docker-init")
			for _, path := range spy.of[image.Name] {
				if !slices.ContainsFunc(kept, func(folder string) bool { return path == folder || strings.HasPrefix(path, folder+"/") }) {
					t.Errorf("%s: %s is changed, and is in no declared folder", image.Name, path)
				}
			}
		}
	}
}

// changes notes what has changed in hosts, by their image, when they are kept.
type changes struct {
	labs.Snapshots
	runner *enginetest.Runner
	mu     sync.Mutex
	of     map[string][]string
}

func (c *changes) Keep(ctx context.Context, lab *labs.Lab, snapshot labs.Snapshot, record labs.Record) error {
	for _, host := range lab.Hosts {
		found, err := c.runner.API.ContainerDiff(ctx, host.ID)
		if err != nil {
			return err
		}
		c.note(host.Image, found)
	}
	return c.Snapshots.Keep(ctx, lab, snapshot, record)
}

func (c *changes) note(image string, found []container.FilesystemChange) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, change := range found {
		// A folder is changed, too, when something in it is.
		above := slices.ContainsFunc(found, func(other container.FilesystemChange) bool { return strings.HasPrefix(other.Path, change.Path+"/") })
		if change.Kind != container.ChangeModify || !above {
			c.of[image] = append(c.of[image], change.Path)
		}
	}
}
