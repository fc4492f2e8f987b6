package docker

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/filters"
	"github.com/docker/docker/api/types/network"
	"github.com/docker/docker/api/types/volume"

	"endstate/internal/docker/locks"
	"endstate/internal/docker/maker"
	"endstate/labs"
)

// Labs lists labs of every role, including those of which only a network or a volume is left.
func (e *Engine) Labs(ctx context.Context, which labs.Which) ([]*labs.Lab, error) {
	ours := filters.NewArgs(filters.Arg("label", labelLab))
	for label, value := range map[string]string{labelLab: which.ID, labelOwner: which.Owner, labelScenario: which.Scenario} {
		if value != "" {
			ours.Add("label", label+"="+value)
		}
	}
	containers, err := e.api.ContainerList(ctx, container.ListOptions{All: true, Filters: ours})
	if err != nil {
		return nil, failure(err, "list labs")
	}
	networks, err := e.api.NetworkList(ctx, network.ListOptions{Filters: ours})
	if err != nil {
		return nil, failure(err, "list labs")
	}
	volumes, err := e.api.VolumeList(ctx, volume.ListOptions{Filters: ours})
	if err != nil {
		return nil, failure(err, "list labs")
	}
	found := parts{maker: e.maker}
	for _, c := range containers {
		if c.Labels[labelAnchor] != "" {
			found.of(c.Labels, time.Unix(c.Created, 0))
			continue
		}
		host, err := e.hostOf(ctx, c)
		if errdefs.IsNotFound(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		found.of(c.Labels, time.Unix(c.Created, 0)).add(host, c.Labels)
	}
	for _, n := range networks {
		found.of(n.Labels, n.Created)
	}
	for _, v := range volumes.Volumes {
		found.of(v.Labels, volumeMade(v)).extend(v.Labels)
	}
	return found.ordered(), nil
}

// parts assembles labs from the engine's lists.
type parts struct {
	maker string // this process
	labs  []*part
}

// part is a lab and the parts found so far.
type part struct {
	*labs.Lab
	planned int // hosts
}

// of returns the lab to which something with these labels belongs, identified by its ID and
// owner.
func (p *parts) of(labels map[string]string, made time.Time) *part {
	i := slices.IndexFunc(p.labs, func(l *part) bool { return l.ID == labels[labelLab] && l.Owner == labels[labelOwner] })
	if i < 0 {
		i = len(p.labs)
		p.labs = append(p.labs, &part{Lab: labOf(labels)})
		p.labs[i].Made, p.labs[i].Orphan = made, maker.HasEnded(labels[labelMaker], p.maker)
	}
	if made.Before(p.labs[i].Made) {
		p.labs[i].Made = made
	}
	return p.labs[i]
}

func (p *part) add(host labs.Host, labels map[string]string) {
	p.planned, _ = strconv.Atoi(labels[labelHosts])
	p.Hosts = append(p.Hosts, host)
}

// extend moves a lab's expiry to that in the labels of a volume; see [Engine.Extend].
func (p *part) extend(labels map[string]string) {
	if until := labOf(labels).Expires; until.After(p.Expires) {
		p.Expires = until
	}
}

// ordered returns the labs in the order in which they started.
func (p *parts) ordered() []*labs.Lab {
	all := make([]*labs.Lab, 0, len(p.labs))
	for _, lab := range p.labs {
		lab.Whole = len(lab.Hosts) > 0 && len(lab.Hosts) == lab.planned &&
			!slices.ContainsFunc(lab.Hosts, func(h labs.Host) bool { return !h.State.Started() })
		slices.SortFunc(lab.Hosts, func(a, b labs.Host) int { return strings.Compare(a.Name, b.Name) })
		all = append(all, lab.Lab)
	}
	slices.SortFunc(all, func(a, b *labs.Lab) int {
		return cmp.Or(a.Started.Compare(b.Started), strings.Compare(a.ID, b.ID), strings.Compare(a.Owner, b.Owner))
	})
	return all
}

// hostOf describes a container.
func (e *Engine) hostOf(ctx context.Context, c container.Summary) (host labs.Host, err error) {
	host = labs.Host{
		Name: c.Labels[labelHost], ID: c.ID, Image: c.Labels[labelFamily], Server: c.Labels[labelServer],
	}
	if preparing(c) {
		host.State = labs.HostPreparing
		return host, nil
	}
	switch c.State {
	case container.StateRunning:
		host.State = labs.HostRunning
		return host, nil
	case container.StateCreated:
		host.State = labs.HostCreated
		return host, nil
	}
	inspected, err := e.api.ContainerInspect(ctx, c.ID) // as it may have been started again meanwhile
	if err != nil {
		return host, err
	}
	host.State, host.Exit = stateOf(inspected.State), inspected.State.ExitCode
	return host, nil
}

// Restart restarts the hosts of a lab.
func (e *Engine) Restart(ctx context.Context, lab *labs.Lab) error {
	if err := e.raiseAnchor(ctx, lab); err != nil {
		return err
	}
	failed := make([]error, len(lab.Hosts))
	var all sync.WaitGroup
	for i, host := range lab.Hosts {
		all.Go(func() {
			grace := 5 // seconds
			if err := e.api.ContainerRestart(ctx, host.ID, container.StopOptions{Timeout: &grace}); err != nil {
				failed[i] = failure(err, "restart host %s", host.Name)
			}
		})
	}
	all.Wait()
	return errors.Join(failed...)
}

// Stop stops a host. It ends a freeze.
func (e *Engine) Stop(ctx context.Context, host labs.Host) error {
	grace := 5 // seconds
	if err := e.api.ContainerStop(ctx, host.ID, container.StopOptions{Timeout: &grace}); err != nil {
		return failure(err, "stop host %s", host.Name)
	}
	return nil
}

// Remove removes the containers, volumes and network of a lab.
func (e *Engine) Remove(ctx context.Context, lab *labs.Lab) error {
	only := partsOf(lab)
	containers, err := e.api.ContainerList(ctx, container.ListOptions{All: true, Filters: only})
	if err != nil {
		return failure(err, "remove lab %s", lab.ID)
	}
	// Once begun, finish, or a network would be left behind.
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
	volumes, err := e.api.VolumeList(ctx, volume.ListOptions{Filters: only})
	failed = append(failed, err)
	for _, v := range volumes.Volumes {
		if err := e.api.VolumeRemove(ctx, v.Name, true); !errdefs.IsNotFound(err) {
			failed = append(failed, err)
		}
	}
	if err := errors.Join(failed...); err != nil {
		return failure(err, "remove lab %s", lab.ID)
	}
	return nil
}

// removeContainer removes a container and waits until it is gone. It succeeds if there is
// none.
func (e *Engine) removeContainer(ctx context.Context, id string) error {
	call, cancel := callContext(ctx)
	defer cancel()
	for {
		err := e.api.ContainerRemove(call, id, container.RemoveOptions{Force: true, RemoveVolumes: true})
		if err == nil || errdefs.IsNotFound(err) {
			locks.Forget(id)
			return nil
		}
		// Another process may be removing it right now.
		if !errdefs.IsConflict(err) || call.Err() != nil {
			return failure(err, "remove container")
		}
		e.awaitRemoval(call, id)
	}
}

// awaitRemoval waits until a container is gone, for a second at most.
func (e *Engine) awaitRemoval(ctx context.Context, id string) {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	gone, failed := e.api.ContainerWait(ctx, id, container.WaitConditionRemoved)
	select {
	case <-gone:
	case err := <-failed:
		if !errdefs.IsNotFound(err) {
			<-ctx.Done()
		}
	}
}
