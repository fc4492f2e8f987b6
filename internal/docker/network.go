package docker

import (
	"context"
	cryptorand "crypto/rand"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/network"

	"endstate/internal/docker/subnets"
	"endstate/labs"
)

// createNetwork creates a lab's network. It is internal, and the engine's own machine has
// no address on it, so a lab can't reach that machine either.
func (e *Engine) createNetwork(ctx context.Context, lab string, labels map[string]string) (net labNetwork, err error) {
	for range 32 {
		if err := context.Cause(ctx); err != nil {
			return net, err
		}
		if net.subnet, err = e.freeSubnet(ctx); err != nil {
			return net, err
		}
		net.id, err = e.tryNetwork(ctx, lab, labels, net.subnet)
		if err == nil || !strings.Contains(err.Error(), "overlaps") {
			return net, err
		}
	}
	return net, e.noSubnet()
}

// labNetwork is a lab's network. Its ID is empty if there is none.
type labNetwork struct {
	id     string
	subnet netip.Prefix
	hosts  []string // names, in the order of their addresses
}

// address returns the address of a host. The engine keeps a subnet's first address.
func (n labNetwork) address(host string) string {
	address := n.subnet.Addr().Next().Next()
	for range slices.Index(n.hosts, host) {
		address = address.Next()
	}
	return address.String()
}

// others returns the names and addresses of the other hosts, for a host's own hosts file.
// With them, no name server is asked, and unknown names fail at once.
func (n labNetwork) others(host string) (entries []string) {
	for _, other := range n.hosts {
		if other != host && n.id != "" {
			entries = append(entries, other+":"+n.address(other))
		}
	}
	return entries
}

func (e *Engine) tryNetwork(ctx context.Context, lab string, labels map[string]string, subnet netip.Prefix) (string, error) {
	call, cancel := callContext(ctx)
	defer cancel()
	// Two processes may launch the same lab; one of them will give way. Engines look up
	// networks by name, so each process uses its own name.
	name := "endstate-" + lab + "-" + strings.ToLower(cryptorand.Text()[:6])
	created, err := e.api.NetworkCreate(call, name, network.CreateOptions{
		Driver: "bridge", Internal: true, Labels: labels,
		IPAM:    &network.IPAM{Driver: "default", Config: []network.IPAMConfig{{Subnet: subnet.String()}}},
		Options: map[string]string{"com.docker.network.bridge.inhibit_ipv4": "true"},
	})
	if err != nil {
		return "", failure(err, "create network of lab %s", lab)
	}
	return created.ID, nil
}

// freeSubnet picks a subnet of our range that none of the engine's networks uses.
func (e *Engine) freeSubnet(ctx context.Context) (netip.Prefix, error) {
	networks, err := e.api.NetworkList(ctx, network.ListOptions{})
	if err != nil {
		return netip.Prefix{}, failure(err, "list networks")
	}
	var taken []netip.Prefix
	for _, n := range networks {
		for _, config := range n.IPAM.Config {
			if prefix, err := netip.ParsePrefix(config.Subnet); err == nil {
				taken = append(taken, prefix)
			}
		}
	}
	if subnet, ok := subnets.Free(e.subnets, taken); ok {
		return subnet, nil
	}
	return netip.Prefix{}, e.noSubnet()
}

func (e *Engine) noSubnet() error {
	return &labs.Problem{
		Code:   labs.CodeNoSubnet,
		What:   fmt.Sprintf("No subnet is free in %s", e.subnets),
		Advice: "Set ENDSTATE_SUBNETS to a larger range.",
		Acts:   []labs.Act{{Name: labs.ActStopAll, For: "Or stop labs that you no longer need"}},
	}
}

// removeNetwork removes a network. It succeeds if there is none.
func (e *Engine) removeNetwork(ctx context.Context, id string) error {
	call, cancel := callContext(ctx)
	defer cancel()
	if err := e.api.NetworkRemove(call, id); err != nil && !errdefs.IsNotFound(err) {
		return failure(err, "remove network")
	}
	return nil
}
