package docker

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/filters"
	"github.com/docker/docker/api/types/network"

	"endstate/labs"
)

// Labs lists labs of every role: those that have a container, and those of which
// only a network is left.
func (e *Engine) Labs(ctx context.Context) ([]*labs.Lab, error) {
	ours := filters.NewArgs(filters.Arg("label", labelLab))
	containers, err := e.api.ContainerList(ctx, container.ListOptions{All: true, Filters: ours})
	if err != nil {
		return nil, fmt.Errorf("list labs: %w", err)
	}
	networks, err := e.api.NetworkList(ctx, network.ListOptions{Filters: ours})
	if err != nil {
		return nil, fmt.Errorf("list labs: %w", err)
	}
	found := map[string]*labs.Lab{}
	for _, c := range containers {
		lab := labIn(found, c.Labels, time.Unix(c.Created, 0))
		host, err := e.hostOf(ctx, c)
		if errdefs.IsNotFound(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		lab.Hosts = append(lab.Hosts, host)
		lab.Whole = lab.Whole && host.Begun
	}
	for _, n := range networks {
		labIn(found, n.Labels, n.Created)
	}
	return ordered(found, containers), nil
}

// labIn returns the lab of a part that carries its labels.
func labIn(found map[string]*labs.Lab, labels map[string]string, made time.Time) *labs.Lab {
	id := labels[labelLab]
	if found[id] == nil {
		found[id] = labOf(labels)
		found[id].Whole, found[id].Made = true, made
	}
	if made.Before(found[id].Made) {
		found[id].Made = made
	}
	return found[id]
}

func ordered(found map[string]*labs.Lab, containers []container.Summary) []*labs.Lab {
	planned := map[string]int{}
	for _, c := range containers {
		planned[c.Labels[labelLab]], _ = strconv.Atoi(c.Labels[labelHosts])
	}
	all := make([]*labs.Lab, 0, len(found))
	for _, lab := range found {
		lab.Whole = lab.Whole && len(lab.Hosts) > 0 && len(lab.Hosts) == planned[lab.ID]
		slices.SortFunc(lab.Hosts, func(a, b labs.Host) int { return strings.Compare(a.Name, b.Name) })
		all = append(all, lab)
	}
	slices.SortFunc(all, func(a, b *labs.Lab) int {
		if order := a.Started.Compare(b.Started); order != 0 {
			return order
		}
		return strings.Compare(a.ID, b.ID)
	})
	return all
}

// hostOf describes a container.
func (e *Engine) hostOf(ctx context.Context, c container.Summary) (host labs.Host, err error) {
	host = labs.Host{
		Name: c.Labels[labelHost], ID: c.ID, Image: c.Labels[labelFamily], Server: c.Labels[labelServer],
		Running: c.State == container.StateRunning, Begun: c.State != container.StateCreated,
	}
	if host.Running || !host.Begun {
		return host, nil
	}
	inspected, err := e.api.ContainerInspect(ctx, c.ID)
	if err != nil {
		return host, err
	}
	// It may have been started again since it was listed; the engine counts what is
	// about to start as running.
	state := inspected.State
	host.Restarting, host.Running, host.Frozen = state.Restarting, state.Running && !state.Restarting, state.Paused
	host.Exit, host.Starved = state.ExitCode, state.OOMKilled
	return host, nil
}

// Restart stops and starts the hosts of a lab.
func (e *Engine) Restart(ctx context.Context, lab *labs.Lab) error {
	failed := make([]error, len(lab.Hosts))
	var all sync.WaitGroup
	for i, host := range lab.Hosts {
		all.Go(func() {
			grace := 5 // seconds
			if err := e.api.ContainerRestart(ctx, host.ID, container.StopOptions{Timeout: &grace}); err != nil {
				failed[i] = fmt.Errorf("restart host %s: %w", host.Name, err)
			}
		})
	}
	all.Wait()
	return errors.Join(failed...)
}

// Remove removes the containers, volumes and network of a lab.
func (e *Engine) Remove(ctx context.Context, id string) error {
	only := filters.NewArgs(filters.Arg("label", labelLab+"="+id))
	containers, err := e.api.ContainerList(ctx, container.ListOptions{All: true, Filters: only})
	if err != nil {
		return fmt.Errorf("remove lab %s: %w", id, err)
	}
	// What was begun is done to its end, or a network would stay behind.
	ctx = context.WithoutCancel(ctx)
	failed := make([]error, len(containers))
	var all sync.WaitGroup
	for i, c := range containers {
		all.Go(func() { failed[i] = e.removeContainer(ctx, c.ID) })
	}
	all.Wait()
	networks, err := e.api.NetworkList(ctx, network.ListOptions{Filters: only})
	failed = append(failed, err)
	for _, n := range networks {
		failed = append(failed, e.removeNetwork(ctx, n.ID))
	}
	if err := errors.Join(failed...); err != nil {
		return fmt.Errorf("remove lab %s: %w", id, err)
	}
	return nil
}

// removeContainer removes a container and waits until it is gone. None there is success.
func (e *Engine) removeContainer(ctx context.Context, id string) error {
	call, cancel := settled(ctx)
	defer cancel()
	err := e.api.ContainerRemove(call, id, container.RemoveOptions{Force: true, RemoveVolumes: true})
	// Another process may be removing it at this moment.
	for errdefs.IsConflict(err) && call.Err() == nil {
		time.Sleep(50 * time.Millisecond)
		_, err = e.api.ContainerInspect(call, id)
		if err == nil {
			err = e.api.ContainerRemove(call, id, container.RemoveOptions{Force: true, RemoveVolumes: true})
		}
	}
	if err != nil && !errdefs.IsNotFound(err) {
		return fmt.Errorf("remove container: %w", err)
	}
	forget(id)
	return nil
}
