// Package reach finds the engine that the docker command would use, and connects to it.
package reach

import (
	"os"
	"strings"

	"github.com/docker/cli/cli/config"
	contextdocker "github.com/docker/cli/cli/context/docker"
	"github.com/docker/cli/cli/context/store"
	"github.com/docker/docker/client"

	"endstate/labs"
)

// Place is where an engine is.
type Place struct {
	Address string       // as the docker command writes it
	Options []client.Opt // of a client that connects to it
}

// Find finds the engine in the same way as the docker command: by DOCKER_HOST, DOCKER_CONTEXT or
// the current context. Errors are a *labs.Problem.
func Find() (Place, error) {
	address, options, err := endpoint()
	if err != nil {
		return Place{}, &labs.Problem{Code: labs.CodeEngine, What: "The docker context can't be read", Advice: "See: docker context ls", Err: err}
	}
	if strings.HasPrefix(address, "ssh://") {
		options, err = overSSH(address)
	}
	if err != nil {
		return Place{}, unusable(err)
	}
	return Place{Address: address, Options: options}, nil
}

// Client returns a client of the engine. Errors are a *labs.Problem.
func (p Place) Client(options ...client.Opt) (*client.Client, error) {
	api, err := client.NewClientWithOpts(append(p.Options[:len(p.Options):len(p.Options)], options...)...)
	if err != nil {
		return nil, unusable(err)
	}
	return api, nil
}

func unusable(err error) error {
	return &labs.Problem{Code: labs.CodeEngine, What: "The engine's address can't be used", Advice: "See: docker context ls, and DOCKER_HOST", Err: err}
}

// Here reports whether the engine is certainly reached without a network, and so is most likely
// on this machine.
func (p Place) Here() bool {
	return strings.HasPrefix(p.Address, "unix://") || strings.HasPrefix(p.Address, "npipe://")
}

// endpoint returns the address of the engine, and the options of a client that connects to it
// without SSH.
func endpoint() (address string, options []client.Opt, err error) {
	if host := os.Getenv(client.EnvOverrideHost); host != "" {
		return host, []client.Opt{client.FromEnv}, nil
	}
	name := os.Getenv("DOCKER_CONTEXT")
	if name == "" {
		file, err := config.Load(config.Dir())
		if err != nil {
			return "", nil, err
		}
		name = file.CurrentContext
	}
	if name == "" || name == "default" {
		return client.DefaultDockerHost, []client.Opt{client.FromEnv}, nil
	}
	contexts := store.New(config.ContextStoreDir(), store.NewConfig(
		func() any { return new(map[string]any) },
		store.EndpointTypeGetter(contextdocker.DockerEndpoint, func() any { return &contextdocker.EndpointMeta{} }),
	))
	metadata, err := contexts.GetMetadata(name)
	if err != nil {
		return "", nil, err
	}
	meta, err := contextdocker.EndpointFromContext(metadata)
	if err != nil {
		return "", nil, err
	}
	reachable, err := contextdocker.WithTLSData(contexts, name, meta)
	if err != nil {
		return "", nil, err
	}
	options, err = reachable.ClientOpts()
	return reachable.Host, options, err
}
