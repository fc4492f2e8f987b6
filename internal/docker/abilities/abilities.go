// Package abilities says which walls of a lab an engine can't provide, and refuses engines that can't
// run labs at all.
package abilities

import (
	"context"
	"slices"
	"strings"

	"github.com/docker/docker/api/types/system"

	"endstate/internal/docker/seccomp"
	"endstate/labs"
)

// Engine says what it has.
type Engine interface {
	Info(ctx context.Context) (system.Info, error)
}

// Check returns a *labs.Problem if an engine can't run labs. One without cgroups, as Docker without
// root is on a machine with cgroup v1, can neither limit a host, nor freeze it for a copy, a saved
// state or an exam's pause, and measures the whole machine instead of a host.
func Check(ctx context.Context, engine Engine, address string) error {
	info, err := engine.Info(ctx)
	if err != nil {
		return &labs.Problem{Code: labs.CodeEngine, What: "The engine at " + address + " does not say what it is able to do", Err: err}
	}
	if info.CgroupDriver != "none" {
		return nil
	}
	return &labs.Problem{
		Code: labs.CodeEngine, What: "The engine at " + address + " runs without cgroups, so it can neither limit labs nor freeze them",
		Advice: "Docker without root needs a machine with cgroup v2 and systemd. Otherwise, point DOCKER_HOST or the docker context at an engine that runs as root.",
	}
}

// Gaps returns the walls of a lab that the engine can't provide.
func Gaps(info system.Info) (found []*labs.Problem) {
	if !info.MemoryLimit || !info.PidsLimit || !info.CPUCfsQuota {
		found = append(found, &labs.Problem{
			Code: "limits", What: "the engine can't limit memory, processors and processes of labs",
			Advice: "Enable the memory, cpu and pids controllers of cgroups for the engine; a fork bomb would reach the machine.",
		})
	}
	if slices.Contains(info.SecurityOptions, "name=rootless") {
		found = append(found, &labs.Problem{
			Code: "networks", What: "labs with networks of their own may not start, because the engine runs without root",
			Advice: "Use an engine that runs as root for the topic network.",
		})
	}
	profile, _ := seccomp.Profile()
	isSeccomp := func(option string) bool { return strings.HasPrefix(option, "name=seccomp") }
	if profile == "" || !slices.ContainsFunc(info.SecurityOptions, isSeccomp) {
		found = append(found, &labs.Problem{
			Code: "datagrams", What: "a lab of several hosts can send datagrams (UDP) to addresses of the engine's machine",
			Advice: "The engine has no seccomp, or this is not Linux, so labs have no seccomp profile of their own. Trust the people who work in them, or drop packets from the bridges br-* on the machine.",
		})
	}
	return found
}
