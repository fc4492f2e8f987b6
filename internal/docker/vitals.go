package docker

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"time"

	"github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/filters"

	"endstate/labs"
)

// Vitals returns a host's current state.
func (e *Engine) Vitals(ctx context.Context, host labs.Host) (labs.Vitals, error) {
	inspected, err := e.api.ContainerInspect(ctx, host.ID)
	if errdefs.IsNotFound(err) {
		return labs.Vitals{}, fmt.Errorf("inspect host %s: %w", host.Name, labs.ErrNotFound)
	}
	if err != nil {
		return labs.Vitals{}, failure(err, "inspect host %s", host.Name)
	}
	// Ages are relative to the clock that wrote the times, that of the engine's machine.
	return vitalsOf(inspected.State, inspected.RestartCount, e.Now()), nil
}

func vitalsOf(state *container.State, restarts int, now time.Time) labs.Vitals {
	v := labs.Vitals{State: stateOf(state), Exit: state.ExitCode, Restarts: restarts, Down: math.MaxInt64}
	if began, err := time.Parse(time.RFC3339Nano, state.StartedAt); err == nil && !began.IsZero() {
		v.Age = now.Sub(began)
	}
	if ended, err := time.Parse(time.RFC3339Nano, state.FinishedAt); err == nil && !ended.IsZero() {
		v.Again, v.Down = true, now.Sub(ended)
	}
	return v
}

// stateOf returns the state of a container's host. The engine counts a container that it is
// about to start again as running.
func stateOf(state *container.State) labs.HostState {
	switch {
	case state.Restarting:
		return labs.HostRestarting
	case state.Paused:
		return labs.HostFrozen
	case state.Running:
		return labs.HostRunning
	case state.Status == container.StateCreated:
		return labs.HostCreated
	case state.OOMKilled:
		return labs.HostOutOfMemory
	}
	return labs.HostStopped
}

// Usage returns how much processor time a host has used since it started.
func (e *Engine) Usage(ctx context.Context, host labs.Host) (labs.Usage, error) {
	stats, err := e.stats(ctx, host)
	if err != nil {
		return labs.Usage{}, err
	}
	return labs.Usage{
		Worked:    time.Duration(stats.CPUStats.CPUUsage.TotalUsage),
		Throttled: time.Duration(stats.CPUStats.ThrottlingData.ThrottledTime),
	}, nil
}

// Memory returns the memory used by a lab's running hosts, in bytes. Like the docker
// command, it excludes file caches that are not in use.
func (e *Engine) Memory(ctx context.Context, lab *labs.Lab) (int64, error) {
	var sum int64
	for _, host := range lab.Hosts {
		if !host.State.Up() {
			continue
		}
		stats, err := e.stats(ctx, host)
		if err != nil {
			return 0, err
		}
		sum += memoryIn(stats.MemoryStats)
	}
	return sum, nil
}

func memoryIn(memory container.MemoryStats) int64 {
	for _, name := range []string{"total_inactive_file", "inactive_file"} { // cgroup v1, v2
		if cache, ok := memory.Stats[name]; ok && cache < memory.Usage {
			return int64(memory.Usage - cache)
		}
	}
	return int64(memory.Usage)
}

func (e *Engine) stats(ctx context.Context, host labs.Host) (container.StatsResponse, error) {
	var stats container.StatsResponse
	answer, err := e.api.ContainerStatsOneShot(ctx, host.ID)
	if err != nil {
		return stats, failure(err, "measure host %s", host.Name)
	}
	defer answer.Body.Close()
	if err := json.NewDecoder(answer.Body).Decode(&stats); err != nil {
		return stats, failure(err, "measure host %s", host.Name)
	}
	return stats, nil
}

// Written returns how much a host has written to its disk, in bytes. It uses a list,
// because inspecting a container returns its whole seccomp profile.
func (e *Engine) Written(ctx context.Context, host labs.Host) (int64, error) {
	only := filters.NewArgs(filters.Arg("id", host.ID))
	found, err := e.api.ContainerList(ctx, container.ListOptions{All: true, Size: true, Filters: only})
	if err == nil && len(found) == 0 {
		err = labs.ErrNotFound
	}
	if err != nil {
		return 0, failure(err, "measure what host %s has written", host.Name)
	}
	return found[0].SizeRw, nil
}
