package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"endstate/internal/cli"
	"endstate/internal/desk"
	"endstate/internal/docker"
	"endstate/internal/kubernetes"
	"endstate/internal/workspace"
	"endstate/labs"
	"endstate/labs/all"
	"endstate/labs/kit"
	"endstate/scenarios"
)

// version is set when a release is built.
var version = "dev"

// program wires the command line with everything it works on.
func program(in io.Reader, out, err io.Writer) cli.Program {
	return cli.Program{
		In: in, Out: out, Err: err, Env: os.Getenv, Clock: time.Now, Version: version,
		Detach: detach, Families: all.Families(), Images: []kit.Image{workspace.Image()}, Scenarios: scenarios.Files,
		Open: func(ctx context.Context) (*desk.Backend, error) {
			switch name := os.Getenv("ENDSTATE_ENGINE"); name {
			case "", "docker":
			case "kubernetes":
				return openCluster(ctx)
			default:
				return nil, labs.Misuse(fmt.Sprintf("There is no engine %q", name), "ENDSTATE_ENGINE is docker or kubernetes.")
			}
			engine, err := docker.Open(ctx, docker.Options{Subnets: os.Getenv("ENDSTATE_SUBNETS"), Runtime: os.Getenv("ENDSTATE_RUNTIME"), Version: version})
			if err != nil {
				return nil, err
			}
			return &desk.Backend{Engine: engine, Snapshots: engine.Snapshots(), Images: engine.Images(), Info: engine.Info, Close: engine.Close}, nil
		},
	}
}

// openCluster opens a Kubernetes cluster as the engine.
func openCluster(ctx context.Context) (*desk.Backend, error) {
	engine, err := kubernetes.Open(ctx, kubernetes.Options{
		Context: os.Getenv("ENDSTATE_CONTEXT"), Namespace: os.Getenv("ENDSTATE_NAMESPACE"), Registry: os.Getenv("ENDSTATE_REGISTRY"), Version: version, State: states(),
	})
	if err != nil {
		return nil, err
	}
	return &desk.Backend{
		Engine: engine, Snapshots: engine.Snapshots(), Images: engine.Images(), Info: engine.Info, Examine: engine.Examine,
		Push: os.Getenv("ENDSTATE_REGISTRY"), Close: engine.Close,
	}, nil
}

// states returns the folders that snapshots of hosts keep, by the name of their image.
func states() map[string][]string {
	state := map[string][]string{}
	for _, image := range all.Images() {
		state[image.Name] = image.State
	}
	return state
}
