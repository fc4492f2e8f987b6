package docker

import (
	"context"
	"sync/atomic"

	"github.com/docker/docker/api/types/container"

	"endstate/labs"
)

// Run launches a host whose main process is the command. The engine removes the host when
// the command has ended, even if nobody is left to ask for that.
func (e *Engine) Run(ctx context.Context, plan labs.Plan) (labs.Host, labs.Process, error) {
	host, p, err := e.run(ctx, plan)
	if e.cantSeal(err) {
		host, p, err = e.run(ctx, plan)
	}
	if err != nil {
		return labs.Host{}, nil, err
	}
	return host, p, nil
}

func (e *Engine) run(ctx context.Context, plan labs.Plan) (labs.Host, *process, error) {
	call, cancel := callContext(ctx)
	defer cancel()
	host := plan.Hosts[0]
	id, err := e.createHost(call, plan, host, labNetwork{}, e.labLabels(plan), func(c *container.Config, h *container.HostConfig) {
		h.AutoRemove = true
		c.OpenStdin, c.StdinOnce, c.AttachStdin, c.AttachStdout, c.AttachStderr = true, true, true, true, true
	})
	if err != nil {
		return labs.Host{}, nil, err
	}
	p, err := e.runHost(ctx, host, id)
	if err != nil {
		_ = e.removeContainer(ctx, id)
		return labs.Host{}, nil, err
	}
	return labs.Host{Name: host.Name, ID: id, Image: host.Family, State: labs.HostRunning}, p, nil
}

// runHost attaches to a created host, and starts it.
func (e *Engine) runHost(ctx context.Context, host labs.HostPlan, id string) (*process, error) {
	attached, err := e.api.ContainerAttach(ctx, id, container.AttachOptions{Stream: true, Stdin: true, Stdout: true, Stderr: true})
	if err != nil {
		return nil, failure(err, "attach to host %s", host.Name)
	}
	// Ask before the start: later, the host and its status may be gone.
	waiting, stop := context.WithCancel(context.WithoutCancel(ctx))
	exited, failed := e.api.ContainerWait(waiting, id, container.WaitConditionNextExit)
	p := newProcess(attached, false)
	var gone atomic.Bool
	p.status = func(ctx context.Context) (int, error) {
		select {
		case exit := <-exited:
			gone.Store(true)
			return int(exit.StatusCode), nil
		case err := <-failed:
			return 0, err
		case <-ctx.Done():
			return 0, context.Cause(ctx)
		}
	}
	p.kill = func(ctx context.Context) error { return e.removeContainer(context.WithoutCancel(ctx), id) }
	p.remove = func() {
		stop()
		if !gone.Load() {
			_ = e.removeContainer(context.WithoutCancel(ctx), id)
		}
	}
	call, cancel := callContext(ctx)
	defer cancel()
	if err := e.api.ContainerStart(call, id, container.StartOptions{}); err != nil {
		_ = p.Close()
		return nil, failure(err, "start host %s", host.Name)
	}
	return p, nil
}
