package main

import (
	"context"
	"io"
	"net/netip"
	"os"
	"time"

	"endstate/internal/cli"
	"endstate/internal/docker"
	"endstate/internal/terminal"
	"endstate/labs"
	"endstate/labs/file"
	"endstate/labs/git"
	"endstate/labs/mongodb"
	"endstate/labs/mysql"
	"endstate/labs/run"
	"endstate/scenarios"
)

// version is set when a release is built.
var version = "dev"

// families are the topics; a new one is one line here.
func families() []labs.Family {
	return []labs.Family{
		mysql.Family(),
		mongodb.Family(),
		git.Family(),
		file.Family(),
		run.Family(git.Checkout),
	}
}

// program wires the command line with everything it works on.
func program(in io.Reader, out, err io.Writer) cli.Program {
	return cli.Program{
		In: in, Out: out, Err: err, Env: os.Getenv, Clock: time.Now, Version: version,
		Detach: detach, Families: families(), Images: []labs.Image{terminal.Image()}, Scenarios: scenarios.Files,
		Open: func(ctx context.Context, subnets netip.Prefix) (*cli.Backend, error) {
			engine, err := docker.Open(ctx, docker.Options{Subnets: subnets, Version: version})
			if err != nil {
				return nil, err
			}
			return &cli.Backend{Engine: engine, Images: engine.Images(), Info: engine.Info, Close: engine.Close}, nil
		},
	}
}
