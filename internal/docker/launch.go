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

// Launch creates and starts the hosts of a plan side by side.
func (e *Engine) Launch(ctx context.Context, plan labs.Plan, emit labs.Emit) (*labs.Lab, error) {
	labels := e.labLabels(plan)
	netID := ""
	if plan.Network {
		var err error
		if netID, err = e.createNetwork(ctx, plan.Lab.ID, labels); err != nil {
			return nil, err
		}
	}
	lab := plan.Lab
	lab.Hosts = make([]labs.Host, len(plan.Hosts))
	failed := make([]error, len(plan.Hosts))
	var all sync.WaitGroup
	for i, host := range plan.Hosts {
		all.Go(func() {
			end := emit.Step("host "+host.Name, "Starting `"+host.Name+"`")
			lab.Hosts[i], failed[i] = e.launchHost(ctx, lab, host, netID, labels)
			end(failed[i])
		})
	}
	all.Wait()
	err := errors.Join(failed...)
	if err == nil {
		err = context.Cause(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, e.undo(ctx, lab.Hosts, netID))
	}
	lab.Whole = true
	return &lab, nil
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

// launchHost creates and starts one host. The answer has the container's ID as
// soon as there is one, with an error too.
func (e *Engine) launchHost(ctx context.Context, lab labs.Lab, plan labs.HostPlan, netID string, labels map[string]string) (labs.Host, error) {
	host := labs.Host{Name: plan.Name, Image: plan.Family, Begun: true, Running: true}
	if err := context.Cause(ctx); err != nil {
		return host, err
	}
	call, cancel := settled(ctx)
	defer cancel()
	id, err := e.createHost(call, lab, plan, netID, labels, nil)
	if err != nil {
		return host, err
	}
	host.ID = id
	if err := context.Cause(ctx); err != nil {
		return host, err
	}
	if err := e.api.ContainerStart(call, id, container.StartOptions{}); err != nil {
		return host, fmt.Errorf("start host %s: %w", plan.Name, err)
	}
	inspected, err := e.api.ContainerInspect(call, id)
	if err != nil {
		return host, fmt.Errorf("start host %s: %w", plan.Name, err)
	}
	host.Server = inspected.Config.Labels[labelServer]
	return host, nil
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
