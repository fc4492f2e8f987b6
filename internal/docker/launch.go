package docker

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/network"

	"endstate/internal/images"
	"endstate/labs"
)

// Launch creates the hosts of a plan side by side, and starts them once all are there, so that
// their states show whether anybody could have worked in the lab.
func (e *Engine) Launch(ctx context.Context, plan labs.Plan, emit labs.Emit) (*labs.Lab, error) {
	lab, err := e.launch(ctx, plan, emit)
	if e.cantSeal(err) {
		lab, err = e.launch(ctx, plan, emit)
	}
	return lab, err
}

func (e *Engine) launch(ctx context.Context, plan labs.Plan, emit labs.Emit) (*labs.Lab, error) {
	l := &launch{
		engine: e, plan: plan, labels: e.labLabels(plan),
		hosts: make([]labs.Host, len(plan.Hosts)), ends: make([]func(error), len(plan.Hosts)),
	}
	err := l.run(ctx, emit)
	if err == nil {
		err = context.Cause(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, e.undo(ctx, append(l.hosts, l.anchor), l.network.id))
	}
	lab := plan.Lab
	lab.Hosts, lab.Whole = l.hosts, true
	return &lab, nil
}

// launch is the execution of a plan.
type launch struct {
	engine  *Engine
	plan    labs.Plan
	labels  map[string]string
	network labNetwork
	anchor  labs.Host // connects hosts with links; see [Engine.createAnchor]
	hosts   []labs.Host
	ends    []func(error) // end the step of each host; nil after that
}

func (l *launch) run(ctx context.Context, emit labs.Emit) (err error) {
	if l.plan.Network {
		if l.network, err = l.engine.createNetwork(ctx, l.plan.Lab.ID, l.labels); err != nil {
			return err
		}
	}
	for i, host := range l.plan.Hosts {
		l.network.hosts = append(l.network.hosts, host.Name)
		l.hosts[i] = labs.Host{Name: host.Name, Image: host.Family}
		l.ends[i] = emit.Step(labs.StartHost, host.Name)
	}
	if err = l.each(ctx, l.create); err == nil {
		err = l.alone(ctx)
	}
	if err == nil && len(l.plan.NetworkNames()) > 0 {
		l.anchor.ID, err = l.engine.startAnchor(ctx, l.plan, l.hosts, l.labels)
	}
	if err == nil {
		err = l.each(ctx, l.start)
	}
	for i := range l.ends {
		l.end(i, err)
	}
	return err
}

func (l *launch) end(i int, err error) {
	if end := l.ends[i]; end != nil {
		l.ends[i] = nil
		end(err)
	}
}

// each calls a function for the hosts, side by side. It does not interrupt calls to
// the engine.
func (l *launch) each(ctx context.Context, do func(context.Context, int) error) error {
	failed := make([]error, len(l.hosts))
	var all sync.WaitGroup
	for i := range l.hosts {
		all.Go(func() {
			if failed[i] = context.Cause(ctx); failed[i] == nil {
				call, cancel := callContext(ctx)
				defer cancel()
				failed[i] = do(call, i)
			}
			if failed[i] != nil {
				l.end(i, failed[i])
			}
		})
	}
	all.Wait()
	return errors.Join(failed...)
}

func (l *launch) create(ctx context.Context, i int) (err error) {
	l.hosts[i].ID, err = l.engine.createHost(ctx, l.plan, l.plan.Hosts[i], l.network, l.labels, nil)
	return err
}

// alone returns an error if a lab with the same ID was handed over as it was set up. That
// workspace has another name, so creating this one has not failed.
func (l *launch) alone(ctx context.Context) error {
	if l.plan.Lab.Role != labs.RoleLab {
		return nil
	}
	_, err := l.engine.api.ContainerInspect(ctx, handedName(l.plan.Lab.ID))
	switch {
	case err == nil:
		return labs.ErrConflict
	case errdefs.IsNotFound(err):
		return nil
	}
	return failure(err, "launch lab %s", l.plan.Lab.ID)
}

func (l *launch) start(ctx context.Context, i int) error {
	host := &l.hosts[i]
	if err := l.engine.api.ContainerStart(ctx, host.ID, container.StartOptions{}); err != nil {
		return failure(err, "start host %s", host.Name)
	}
	inspected, err := l.engine.api.ContainerInspect(ctx, host.ID)
	if err != nil {
		return failure(err, "start host %s", host.Name)
	}
	host.Server, host.State = inspected.Config.Labels[labelServer], labs.HostRunning
	l.end(i, nil)
	return nil
}

// undo removes what a failed launch has created, but nothing of another process with the
// same name.
func (e *Engine) undo(ctx context.Context, hosts []labs.Host, netID string) error {
	var failed []error
	for _, host := range hosts {
		if host.ID != "" {
			failed = append(failed, e.removeContainer(ctx, host.ID))
		}
	}
	if netID != "" {
		failed = append(failed, e.removeNetwork(ctx, netID))
	}
	return errors.Join(failed...)
}

// createHost creates a host's container and returns its ID. set may be nil.
func (e *Engine) createHost(
	ctx context.Context, plan labs.Plan, host labs.HostPlan, net labNetwork, labels map[string]string,
	set func(*container.Config, *container.HostConfig),
) (string, error) {
	labels = maps.Clone(labels)
	labels[labelHost], labels[labelFamily] = host.Name, host.Family
	for _, inherited := range []string{labelRecord, labelSetup, images.LabelPackages} {
		labels[inherited] = "" // the image of a saved workspace has its container's labels
	}
	if plan.Setup && host.Name == labs.Workspace {
		labels[labelSetup] = "yes"
	}
	config := containerConfig(host, labels)
	if len(host.Networks) > 0 {
		config.Env = append(config.Env, "ENDSTATE_NETWORKS="+strings.Join(host.Networks, " "), "ENDSTATE_MANAGEMENT="+plan.Management(host.Name))
	}
	walls, err := e.hostConfig(ctx, plan, host, net)
	if err != nil {
		return "", err
	}
	if set != nil {
		set(config, walls)
	}
	name := containerName(plan.Lab.ID, host.Name)
	created, err := e.api.ContainerCreate(ctx, config, walls, place(net, host.Name), nil, name)
	if e.unbounded(err) {
		walls.StorageOpt = nil
		created, err = e.api.ContainerCreate(ctx, config, walls, place(net, host.Name), nil, name)
	}
	if errdefs.IsConflict(err) {
		return "", labs.ErrConflict
	}
	if err != nil {
		return "", failure(err, "create host %s", host.Name)
	}
	return created.ID, nil
}

// place returns a host's place on its lab's network.
func place(net labNetwork, host string) *network.NetworkingConfig {
	config := &network.NetworkingConfig{}
	if net.id != "" {
		config.EndpointsConfig = map[string]*network.EndpointSettings{net.id: {
			Aliases: []string{host}, IPAMConfig: &network.EndpointIPAMConfig{IPv4Address: net.address(host)},
		}}
	}
	return config
}

func containerConfig(plan labs.HostPlan, labels map[string]string) *container.Config {
	env := make([]string, 0, len(plan.Environment))
	for _, name := range slices.Sorted(maps.Keys(plan.Environment)) {
		env = append(env, name+"="+plan.Environment[name])
	}
	config := &container.Config{
		Image: plan.Image, Hostname: plan.Name, Cmd: plan.Command, Env: env, User: plan.User, Labels: labels,
	}
	if plan.Within != "" {
		config.Hostname = "" // it is the other host's
	}
	if plan.Within != "" && plan.Trusted {
		config.Entrypoint = []string{}
	}
	if plan.NetworkOf != "" {
		config.Hostname = ""
	}
	return config
}
