package docker

import (
	"context"
	"fmt"
	"io/fs"
	"strings"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/go-units"

	"endstate/internal/docker/seccomp"
	"endstate/labs"
)

const (
	openFiles = 16384
	// Microseconds. A quota may exceed the machine's processors; a number of processors may
	// not.
	cpuPeriod = 100_000
	logSize   = "1m"
	// Shares of the processors when there are too few: each lab gets the same, however many
	// hosts it has, and each of the grader's own hosts gets twice as much.
	labShares    = 512
	graderShares = 2 * labShares
)

// hostConfig returns the configuration that isolates a host.
func (e *Engine) hostConfig(ctx context.Context, plan labs.Plan, host labs.HostPlan, net labNetwork) (*container.HostConfig, error) {
	within := container.NetworkMode("container:" + host.Within)
	if host.Within != "" && host.Trusted {
		return &container.HostConfig{Runtime: e.runtime, NetworkMode: within, PidMode: container.PidMode(within), CapAdd: host.CapAdd, Resources: resources(plan, host)}, nil
	}
	yes := true
	config := &container.HostConfig{
		Runtime:        e.runtime,
		NetworkMode:    "none",
		ReadonlyRootfs: host.ReadOnly,
		Tmpfs:          tmpfs(host.Scratch),
		Init:           &yes,
		LogConfig:      container.LogConfig{Type: "json-file", Config: map[string]string{"max-size": logSize, "max-file": "1"}},
		Resources:      resources(plan, host),
		// Engines before version 26 forward a lab's DNS queries to the outside, even from
		// an internal network. Nothing listens at the host's own address.
		DNS:        []string{"127.0.0.1"},
		DNSOptions: []string{"timeout:1", "attempts:1"},
		ExtraHosts: net.others(host.Name),
		Sysctls:    map[string]string{"net.ipv6.conf.all.disable_ipv6": "1", "net.ipv6.conf.default.disable_ipv6": "1"},
	}
	for _, name := range host.Loopback {
		config.ExtraHosts = append(config.ExtraHosts, name+":127.0.0.1")
	}
	if net.id != "" {
		config.NetworkMode = container.NetworkMode(net.id)
	}
	if host.Within != "" { // names, addresses and settings are those of the other host
		config.NetworkMode, config.PidMode, config.Init = within, container.PidMode(within), nil
		config.DNS, config.DNSOptions, config.ExtraHosts, config.Sysctls = nil, nil, nil, nil
	}
	onLinks(plan, host, config)
	if host.Restart {
		config.RestartPolicy = container.RestartPolicy{Name: container.RestartPolicyUnlessStopped}
	}
	config.CapAdd = host.CapAdd
	if host.Trusted {
		return config, nil
	}
	config.CapDrop = []string{"ALL"}
	if !changesNetworks(host) {
		config.SecurityOpt = []string{"no-new-privileges"}
	}
	if host.Disk > 0 && e.bounds(ctx) {
		config.StorageOpt = map[string]string{"size": fmt.Sprint(host.Disk)}
	}
	return config, e.seal(config, len(host.Networks) > 0 || host.NetworkOf != "")
}

// tmpfs returns the engine's mount options of folders in memory.
func tmpfs(folders []labs.Scratch) map[string]string {
	options := map[string]string{}
	for _, folder := range folders {
		mode := folder.Mode.Perm()
		if folder.Mode&fs.ModeSticky != 0 {
			mode |= 0o1000
		}
		options[folder.Path] = fmt.Sprintf("size=%d,mode=%o", folder.Size, mode)
		if folder.Exec {
			options[folder.Path] += ",exec"
		}
	}
	return options
}

func resources(plan labs.Plan, host labs.HostPlan) container.Resources {
	shares := int64(graderShares)
	if plan.Lab.Role == labs.RoleLab {
		shares = max(2, labShares/int64(len(plan.Hosts)))
	}
	return container.Resources{
		Memory: host.Memory, MemorySwap: host.Memory, CPUPeriod: cpuPeriod, CPUQuota: int64(host.CPUs * cpuPeriod), CPUShares: shares, PidsLimit: &host.PIDs,
		Ulimits: []*units.Ulimit{{Name: "nofile", Soft: openFiles, Hard: openFiles}, {Name: "core"}},
	}
}

// seal sets our seccomp profile for a host. With packets, it may send any packet.
func (e *Engine) seal(config *container.HostConfig, packets bool) error {
	if e.unsealed.Load() {
		return nil
	}
	profile, err := seccomp.Profile()
	if packets {
		profile, err = seccomp.Packets()
	}
	if err != nil {
		return failure(err, "create the seccomp profile")
	}
	if profile != "" {
		config.SecurityOpt = append(config.SecurityOpt, "seccomp="+profile)
	}
	return nil
}

// cantSeal reports whether a host did not start because the engine does not support seccomp
// profiles. It remembers that, so that later hosts have none. [Engine.Info] reports it.
func (e *Engine) cantSeal(err error) bool {
	return err != nil && strings.Contains(err.Error(), "seccomp") && e.unsealed.CompareAndSwap(false, true)
}

// bounds reports whether the engine's storage may be able to limit what a host writes. With
// overlay2 that depends on how its file system is mounted, so it takes a try to find out.
func (e *Engine) bounds(ctx context.Context) bool {
	e.storage.Do(func() {
		info, err := e.api.Info(ctx)
		if err != nil {
			return // the calls that follow will fail too
		}
		on := ""
		for _, status := range info.DriverStatus {
			if status[0] == "Backing Filesystem" {
				on = status[1]
			}
		}
		e.bounded.Store(info.Driver == "btrfs" || info.Driver == "zfs" || info.Driver == "overlay2" && on == "xfs")
	})
	return e.bounded.Load()
}

// unbounded reports whether a host was rejected because its disk can't be limited, and
// remembers that.
func (e *Engine) unbounded(err error) bool {
	if err == nil || !e.bounded.Load() || !strings.Contains(err.Error(), "storage-opt") && !strings.Contains(err.Error(), "quota") {
		return false
	}
	e.bounded.Store(false)
	return true
}
