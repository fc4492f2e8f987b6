//go:build engine

package enginetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/filters"
	"github.com/docker/docker/api/types/image"
	"github.com/docker/docker/api/types/network"
	"github.com/docker/docker/api/types/volume"

	"endstate/labs"
)

// clean removes the labs of the test's owner and the snapshots of its seeds, and reports
// anything left.
func (r *Runner) clean() {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	mine, err := r.Mine(ctx)
	if err != nil {
		r.t.Errorf("clean: %v", err)
	}
	for _, lab := range mine {
		if r.t.Failed() {
			r.logHosts(ctx, lab)
		}
		if err := r.Engine.Remove(ctx, lab); err != nil {
			r.t.Errorf("clean: %v", err)
		}
	}
	r.dropSnapshots(ctx)
	for _, left := range r.Left(ctx) {
		r.t.Errorf("the test leaves %s behind", left)
	}
	r.t.Logf("owner %s", r.Owner)
	if err := errors.Join(r.API.Close(), r.Engine.Close()); err != nil {
		r.t.Error(err)
	}
}

// Mine returns the labs of the test's owner, including those of the owner's exams.
func (r *Runner) Mine(ctx context.Context) ([]*labs.Lab, error) {
	all, err := r.Labs(ctx, "")
	return slices.DeleteFunc(all, func(l *labs.Lab) bool {
		return l.Owner != r.Owner && !strings.HasPrefix(l.Owner, r.Owner+"/")
	}), err
}

// logHosts logs the last lines of a lab's hosts.
func (r *Runner) logHosts(ctx context.Context, lab *labs.Lab) {
	for _, host := range lab.Hosts {
		lines, err := r.Engine.Logs(ctx, host, 20)
		r.t.Logf("host %s of %s, state: %s, exit: %d, last lines (%v):\n%s", host.Name, lab.ID, host.State, host.Exit, err, lines)
	}
}

func (r *Runner) dropSnapshots(ctx context.Context) {
	for _, s := range r.OwnSnapshots(ctx) {
		if dropped, err := r.Snapshots.Drop(ctx, s); err != nil || !dropped {
			r.t.Errorf("clean: drop snapshot %s: %v, %v", s.Key, dropped, err)
		}
	}
}

// OwnSnapshots returns the snapshots of the test's own seeds.
func (r *Runner) OwnSnapshots(ctx context.Context) []labs.Snapshot {
	all, err := r.Snapshots.List(ctx)
	if err != nil {
		r.t.Errorf("list snapshots: %v", err)
	}
	var mine []labs.Snapshot
	for _, s := range all {
		for _, seed := range r.seeds {
			if strconv.FormatUint(s.Seed, 10) == seed {
				mine = append(mine, s)
			}
		}
	}
	return mine
}

// Left names everything the test has left behind: containers and networks of its owner and
// its own seeds, incomplete snapshots of these seeds, and volumes of removed labs. When no
// lab is running, the result must be empty.
func (r *Runner) Left(ctx context.Context) []string {
	labels := []string{"endstate.owner=" + r.Owner}
	for _, seed := range r.seeds {
		labels = append(labels, "endstate.seed="+seed)
	}
	var left []string
	for _, label := range labels {
		left = append(left, r.leftWith(ctx, label)...)
	}
	for _, name := range r.volumes {
		if _, err := r.API.VolumeInspect(ctx, name); !errdefs.IsNotFound(err) {
			left = append(left, "volume "+name)
		}
	}
	return append(left, r.incomplete(ctx)...)
}

func (r *Runner) leftWith(ctx context.Context, label string) []string {
	only := filters.NewArgs(filters.Arg("label", label))
	containers, err := r.API.ContainerList(ctx, container.ListOptions{All: true, Filters: only})
	if err != nil {
		r.t.Errorf("list containers: %v", err)
	}
	networks, err := r.API.NetworkList(ctx, network.ListOptions{Filters: only})
	if err != nil {
		r.t.Errorf("list networks: %v", err)
	}
	volumes, err := r.API.VolumeList(ctx, volume.ListOptions{Filters: only})
	if err != nil {
		r.t.Errorf("list volumes: %v", err)
	}
	var left []string
	for _, v := range volumes.Volumes {
		left = append(left, "volume "+v.Name)
	}
	for _, c := range containers {
		left = append(left, "container "+strings.Join(c.Names, " ")+" ("+c.State+")")
	}
	for _, n := range networks {
		left = append(left, "network "+n.Name)
	}
	return left
}

// incomplete names the images of snapshots that don't have an image for every host.
func (r *Runner) incomplete(ctx context.Context) []string {
	var left []string
	for _, seed := range r.seeds {
		found, err := r.API.ImageList(ctx, image.ListOptions{Filters: filters.NewArgs(filters.Arg("label", "endstate.seed="+seed))})
		if err != nil {
			r.t.Errorf("list images: %v", err)
		}
		hosts := map[string]int{}
		for _, i := range found {
			hosts[i.Labels["endstate.snapshot"]] += len(i.RepoTags)
		}
		for _, i := range found {
			if n := hosts[i.Labels["endstate.snapshot"]]; strconv.Itoa(n) != i.Labels["endstate.hosts"] {
				left = append(left, fmt.Sprintf("image %v of a snapshot with %d of %s hosts", i.RepoTags, n, i.Labels["endstate.hosts"]))
			}
		}
	}
	return left
}
