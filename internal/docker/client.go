// Package docker runs labs on the Docker Engine API. It implements labs.Engine, and the
// store of images that labs are started from.
//
// Everything it creates has labels that identify it; there is no other state.
package docker

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/docker/docker/api/types"
	"github.com/docker/docker/client"

	"endstate/internal/docker/abilities"
	"endstate/internal/docker/maker"
	"endstate/internal/docker/ping"
	"endstate/internal/docker/reach"
	"endstate/internal/docker/runtimes"
	"endstate/internal/docker/subnets"
	"endstate/labs"
)

// oldestAPI is the oldest sufficient version of the Engine API, that of Docker 20.10.
const oldestAPI = "1.41"

// pingTimeout is how long to wait for an engine's first answer.
const pingTimeout = 10 * time.Second

// Engine is a Docker engine.
type Engine struct {
	api     *client.Client
	place   reach.Place
	subnets netip.Prefix // the range from which labs get their subnets
	version string       // Endstate's version, for labels
	runtime string       // of containers; empty: the engine's own choice
	maker   string       // this process, for labels
	clock   ping.Clock

	unsealed atomic.Bool // the engine does not support seccomp profiles
	storage  sync.Once   // guards the question whether storage can be limited
	bounded  atomic.Bool // storage can be limited
}

// Options configure an engine.
type Options struct {
	Subnets string // the range from which labs get their subnets; empty: [subnets.Default]
	Version string // Endstate's version
	Runtime string // the engine's name of the runtime of containers; empty: its own choice
}

// Open finds the engine in the same way as the docker command: by DOCKER_HOST,
// DOCKER_CONTEXT or the current context. It returns a *labs.Problem if no engine answers,
// or if it is too old.
func Open(ctx context.Context, options Options) (*Engine, error) {
	ours, err := subnets.Parse(cmp.Or(options.Subnets, subnets.Default))
	if err != nil {
		return nil, err
	}
	place, err := reach.Find()
	if err != nil {
		return nil, err
	}
	api, err := place.Client(client.WithAPIVersionNegotiation(), client.WithUserAgent("endstate/"+options.Version))
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, pingTimeout)
	defer cancel()
	answer, err := ping.Ask(ctx, api)
	var problem *labs.Problem
	if errors.As(err, &problem) {
		return nil, problem
	}
	if err != nil {
		return nil, &labs.Problem{
			Code:   labs.CodeEngine,
			What:   "No container engine answers at " + place.Address,
			Advice: "Start Docker, or let scripts/engine install and start it.",
			Acts:   []labs.Act{{Name: labs.ActExamine, For: "See more"}},
			Err:    err,
		}
	}
	if answer.Podman {
		return nil, &labs.Problem{
			Code:   labs.CodeEngine,
			What:   "Podman answers at " + place.Address + ", which Endstate does not support",
			Advice: "Its snapshots lose the labels that labs need, and it takes no seccomp profile of a lab's own. Point DOCKER_HOST or the docker context at a Docker engine.",
		}
	}
	api.NegotiateAPIVersionPing(types.Ping{APIVersion: answer.API})
	if olderThan(api.ClientVersion(), oldestAPI) {
		return nil, &labs.Problem{
			Code:   labs.CodeEngine,
			What:   fmt.Sprintf("The engine at %s is too old: API %s", place.Address, answer.API),
			Advice: "Endstate needs Docker 20.10 or newer.",
		}
	}
	if place.Address != client.DefaultDockerHost { // root's own engine has cgroups
		if err := abilities.Check(ctx, api, place.Address); err != nil {
			return nil, err
		}
	}
	if err := runtimes.Check(ctx, api, options.Runtime); err != nil {
		return nil, err
	}
	engine := &Engine{api: api, place: place, subnets: ours, version: options.Version, runtime: options.Runtime, maker: maker.This()}
	engine.clock.Set(answer.At)
	return engine, nil
}

func olderThan(version, oldest string) bool {
	var major, minor, oldMajor, oldMinor int
	_, _ = fmt.Sscanf(version, "%d.%d", &major, &minor)
	_, _ = fmt.Sscanf(oldest, "%d.%d", &oldMajor, &oldMinor)
	return major < oldMajor || major == oldMajor && minor < oldMinor
}

// Close closes the connections.
func (e *Engine) Close() error { return e.api.Close() }

// Now returns the engine's time, to the second.
func (e *Engine) Now() time.Time {
	if now, old := e.clock.Now(); !old {
		return now
	}
	ctx, cancel := context.WithTimeout(context.Background(), pingTimeout)
	defer cancel()
	if answer, err := ping.Ask(ctx, e.api); err == nil {
		e.clock.Set(answer.At)
	}
	now, _ := e.clock.Now()
	return now
}

// Info returns information about the engine.
func (e *Engine) Info(ctx context.Context) (labs.EngineInfo, error) {
	info, err := e.api.Info(ctx)
	if err != nil {
		return labs.EngineInfo{}, failure(err, "ask the engine about itself")
	}
	return labs.EngineInfo{
		Name: "Docker", Version: info.ServerVersion, Address: e.place.Address, System: info.OperatingSystem + ", " + info.Architecture,
		CPUs: info.NCPU, Memory: info.MemTotal, Data: info.DockerRootDir, Elsewhere: !e.place.Here(),
		Details: []string{"API " + e.api.ClientVersion(), "cgroups v" + info.CgroupVersion, info.Driver},
		Gaps:    abilities.Gaps(info),
	}, nil
}

// callContext returns a context for a single call, which outlives its parent so that the call
// can finish. A call that creates something must not be interrupted: without an answer,
// what it has created could not be removed.
func callContext(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
}
