package docker

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/network"
	"github.com/docker/go-units"

	"endstate/labs"
)

const (
	openFiles = 16384
	// Microseconds. A quota may exceed what the machine has; a number of processors may not.
	cpuPeriod = 100_000
	logSize   = "1m"
)

// Launch creates the hosts of a plan side by side and then starts them, the workspace
// last: so what is there tells whether anybody could have worked in it.
func (e *Engine) Launch(ctx context.Context, plan labs.Plan, emit labs.Emit) (*labs.Lab, error) {
	l := &launch{
		engine: e, plan: plan, labels: e.labLabels(plan),
		hosts: make([]labs.Host, len(plan.Hosts)), ends: make([]func(error), len(plan.Hosts)),
	}
	err := l.run(ctx, emit)
	if err == nil {
		err = context.Cause(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, e.undo(ctx, l.hosts, l.network))
	}
	lab := plan.Lab
	lab.Hosts, lab.Whole = l.hosts, true
	return &lab, nil
}

// launch is a plan that is being carried out.
type launch struct {
	engine  *Engine
	plan    labs.Plan
	labels  map[string]string
	network string // its ID
	hosts   []labs.Host
	ends    []func(error) // end the step of each host; nil once it has ended
}

func (l *launch) run(ctx context.Context, emit labs.Emit) (err error) {
	if l.plan.Network {
		if l.network, err = l.engine.createNetwork(ctx, l.plan.Lab.ID, l.labels); err != nil {
			return err
		}
	}
	for i, host := range l.plan.Hosts {
		l.hosts[i] = labs.Host{Name: host.Name, Image: host.Family}
		l.ends[i] = emit.Step("host "+host.Name, "Starting `"+host.Name+"`")
	}
	workspace := func(h labs.Host) bool { return h.Name == labs.Workspace }
	others := func(h labs.Host) bool { return !workspace(h) }
	all := func(labs.Host) bool { return true }
	if err = l.each(ctx, all, l.create); err == nil {
		if err = l.each(ctx, others, l.start); err == nil {
			err = l.each(ctx, workspace, l.start)
		}
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

// each does something with those hosts that are meant, side by side. A call to the engine
// that was begun is not torn.
func (l *launch) each(ctx context.Context, meant func(labs.Host) bool, do func(context.Context, int) error) error {
	failed := make([]error, len(l.hosts))
	var all sync.WaitGroup
	for i, host := range l.hosts {
		if !meant(host) {
			continue
		}
		all.Go(func() {
			if failed[i] = context.Cause(ctx); failed[i] == nil {
				call, cancel := settled(ctx)
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
	l.hosts[i].ID, err = l.engine.createHost(ctx, l.plan.Lab, l.plan.Hosts[i], l.network, l.labels, nil)
	return err
}

func (l *launch) start(ctx context.Context, i int) error {
	host := &l.hosts[i]
	if err := l.engine.api.ContainerStart(ctx, host.ID, container.StartOptions{}); err != nil {
		return fmt.Errorf("start host %s: %w", host.Name, err)
	}
	inspected, err := l.engine.api.ContainerInspect(ctx, host.ID)
	if err != nil {
		return fmt.Errorf("start host %s: %w", host.Name, err)
	}
	host.Server, host.Begun, host.Running = inspected.Config.Labels[labelServer], true, true
	l.end(i, nil)
	return nil
}

// undo removes what a failed launch made, and nothing that another process made
// under the same name.
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

// createHost creates a host's container and returns its ID. What is set beyond the plan
// may be nil.
func (e *Engine) createHost(
	ctx context.Context, lab labs.Lab, plan labs.HostPlan, netID string, labels map[string]string,
	set func(*container.Config, *container.HostConfig),
) (string, error) {
	labels = maps.Clone(labels)
	labels[labelHost], labels[labelFamily], labels[labelRecord] = plan.Name, plan.Family, lab.Record
	networking := &network.NetworkingConfig{}
	if netID != "" {
		networking.EndpointsConfig = map[string]*network.EndpointSettings{netID: {Aliases: []string{plan.Name}}}
	}
	config, walls := containerConfig(plan, labels), hostConfig(plan, netID)
	if set != nil {
		set(config, walls)
	}
	created, err := e.api.ContainerCreate(ctx, config, walls, networking, nil, "endstate-"+lab.ID+"-"+plan.Name)
	if errdefs.IsConflict(err) {
		return "", labs.ErrConflict
	}
	if err != nil {
		return "", fmt.Errorf("create host %s: %w", plan.Name, err)
	}
	return created.ID, nil
}

func containerConfig(plan labs.HostPlan, labels map[string]string) *container.Config {
	env := make([]string, 0, len(plan.Environment))
	for _, name := range slices.Sorted(maps.Keys(plan.Environment)) {
		env = append(env, name+"="+plan.Environment[name])
	}
	return &container.Config{
		Image: plan.Image, Hostname: plan.Name, Cmd: plan.Command, Env: env, User: plan.User, Labels: labels,
	}
}

// hostConfig raises a host's walls.
func hostConfig(plan labs.HostPlan, netID string) *container.HostConfig {
	yes := true
	config := &container.HostConfig{
		NetworkMode:    "none",
		SecurityOpt:    []string{"no-new-privileges"},
		ReadonlyRootfs: plan.ReadOnly,
		Tmpfs:          plan.Scratch,
		Init:           &yes,
		LogConfig:      container.LogConfig{Type: "json-file", Config: map[string]string{"max-size": logSize, "max-file": "1"}},
		Resources: container.Resources{
			Memory: plan.Memory, MemorySwap: plan.Memory, CPUPeriod: cpuPeriod, CPUQuota: int64(plan.CPUs * cpuPeriod), PidsLimit: &plan.PIDs,
			Ulimits: []*units.Ulimit{{Name: "nofile", Soft: openFiles, Hard: openFiles}, {Name: "core"}},
		},
		// An engine before 26 forwards names that a lab asks for to the outside, even
		// from an internal network. Nothing listens at the host's own address, so a
		// name is either a host of the lab or is not found, after a second or two.
		DNS:        []string{"127.0.0.1"},
		DNSOptions: []string{"timeout:1", "attempts:1"},
		Sysctls:    map[string]string{"net.ipv6.conf.all.disable_ipv6": "1", "net.ipv6.conf.default.disable_ipv6": "1"},
	}
	if !plan.Trusted {
		config.CapDrop, config.CapAdd = []string{"ALL"}, plan.CapAdd
	}
	if netID != "" {
		config.NetworkMode = container.NetworkMode(netID)
	}
	if plan.Restart {
		config.RestartPolicy = container.RestartPolicy{Name: container.RestartPolicyUnlessStopped}
	}
	return config
}
