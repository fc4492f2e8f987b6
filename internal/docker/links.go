package docker

import (
	"context"
	_ "embed" // cable.pl
	"slices"
	"strings"

	"github.com/docker/docker/api/types/container"

	"endstate/labs"
)

// A bridge of the engine answers for all addresses of its machine, and an interface whose other
// end is on the machine lets a host with CAP_NET_ADMIN change the machine's own interfaces. So
// hosts that may send any packet have no network of the engine. A container in which nobody works,
// the anchor, connects them: it has the bridges of the lab in its own network namespace. To plug a
// host in, it needs to see the host's main process, so it sees the processes of the machine.

// cable is the anchor's program. It needs Perl and iproute2, which the images of such hosts have.
//
//go:embed cable.pl
var cable string

const anchorName = "anchor"

// startAnchor starts the anchor of a lab, whose hosts were created.
func (e *Engine) startAnchor(ctx context.Context, plan labs.Plan, hosts []labs.Host, labels map[string]string) (string, error) {
	call, cancel := callContext(ctx)
	defer cancel()
	anchor := labs.HostPlan{
		Name: anchorName, Image: plan.Hosts[0].Image, User: "root", Command: []string{"-e", cable},
		Memory: 32 << 20, CPUs: 1, PIDs: 16, CapAdd: []string{"NET_ADMIN"}, ReadOnly: true, Restart: plan.Lab.Role == labs.RoleLab,
	}
	for i, host := range plan.Hosts {
		// A process may open the namespaces of processes that have no capability which it lacks.
		anchor.CapAdd, anchor.Trusted = append(anchor.CapAdd, host.CapAdd...), anchor.Trusted || host.Trusted
		if len(host.Networks) > 0 {
			anchor.Command = append(anchor.Command, hosts[i].ID+":"+strings.Join(host.Networks, ","))
		}
	}
	id, err := e.createHost(call, plan, anchor, labNetwork{}, labels, func(c *container.Config, h *container.HostConfig) {
		c.Entrypoint, c.Labels[labelAnchor] = []string{"perl"}, "yes"
		h.PidMode, h.UsernsMode = "host", "host"
		h.Sysctls["net.ipv4.ip_forward"] = "0"
	})
	if err != nil {
		return "", err
	}
	if err := e.api.ContainerStart(call, id, container.StartOptions{}); err != nil {
		return id, unanchored(err, plan.Lab.ID)
	}
	return id, nil
}

// raiseAnchor starts the anchor of a lab again if the lab has one that is down.
func (e *Engine) raiseAnchor(ctx context.Context, lab *labs.Lab) error {
	only := partsOf(lab)
	only.Add("label", labelAnchor+"=yes")
	found, err := e.api.ContainerList(ctx, container.ListOptions{All: true, Filters: only})
	for _, c := range found {
		if err == nil && c.State != container.StateRunning {
			err = e.api.ContainerStart(ctx, c.ID, container.StartOptions{})
		}
	}
	if err != nil {
		return failure(err, "start the anchor of lab %s", lab.ID)
	}
	return nil
}

// onLinks changes the configuration of a host that has links, or shares those of another host.
func onLinks(plan labs.Plan, host labs.HostPlan, config *container.HostConfig) {
	if host.NetworkOf != "" {
		config.NetworkMode = container.NetworkMode("container:" + host.NetworkOf)
		config.DNS, config.DNSOptions, config.ExtraHosts, config.Sysctls = nil, nil, nil, nil
	}
	if len(host.Networks) == 0 {
		return
	}
	for _, other := range plan.Hosts {
		if len(other.Networks) > 0 && other.Networks[0] == host.Networks[0] {
			config.ExtraHosts = append(config.ExtraHosts, other.Name+":"+plan.Management(other.Name))
		}
	}
	config.Sysctls["net.ipv4.ip_forward"] = "0" // the engine's machine may have it on
	if host.Forwards {
		config.Sysctls["net.ipv4.ip_forward"] = "1"
	}
}

// changesNetworks reports whether a learner may change a host's networks. Then the image gives
// capabilities to network tools, as attributes of their files.
func changesNetworks(host labs.HostPlan) bool {
	return slices.Contains(host.CapAdd, "NET_ADMIN") || slices.Contains(host.CapAdd, "NET_RAW")
}

// unanchored says what to do if an engine can't start an anchor: one without root may not show a
// container the machine's processes.
func unanchored(err error, lab string) error {
	if !strings.Contains(err.Error(), `mounting "proc"`) {
		return failure(err, "start the anchor of lab %s", lab)
	}
	return &labs.Problem{
		Code: labs.CodeEngine, What: "This engine can't connect the hosts of a lab with networks of its own",
		Advice: "It runs without root. For this lab, point DOCKER_HOST or the docker context at an engine that runs as root.", Err: err,
	}
}
