package site

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"endstate/labs"
	"endstate/labs/kit"
)

// serverName is the name of the host of a server that runs beside a command.
const serverName = "server"

// pairEnd is how long the engine may take to end a server whose network has ended.
const pairEnd = 5 * time.Second

// pair is a command with a server beside it. The server shares the network and the processes of
// the command's host, so the kernel ends it with that host, even if this process is gone.
type pair struct {
	labs.Process
	host   labs.Host     // the server's
	server labs.Process  // its main process
	logged chan struct{} // closed when its output has ended
}

// freshHosts returns the plans of a command's host and of the server beside it, if it has one.
func freshHosts(f *kit.FreshRun, images map[string]labs.ImageRef) []labs.HostPlan {
	host := freshHost(f, images)
	if f.Server == "" {
		return []labs.HostPlan{host}
	}
	host.Loopback = slices.Clone(f.ServerNames)
	server := labs.HostPlan{Name: serverName, Image: images[f.Server].Ref, Family: f.Server, Disk: labs.DiskBound}
	server.SetDefaults()
	return []labs.HostPlan{host, server}
}

// runPlan starts the host of a command, and the server beside it.
func (s *Site) runPlan(ctx context.Context, plan labs.Plan) (labs.Host, labs.Process, error) {
	command, beside := plan, plan
	command.Hosts = plan.Hosts[:1]
	host, process, err := s.engine.Run(ctx, command)
	if err != nil || len(plan.Hosts) == 1 {
		return host, process, err
	}
	beside.Hosts = slices.Clone(plan.Hosts[1:])
	beside.Hosts[0].Within = host.ID
	p := &pair{Process: process, logged: make(chan struct{})}
	if p.host, p.server, err = s.engine.Run(ctx, beside); err != nil {
		return labs.Host{}, nil, errors.Join(fmt.Errorf("start a server beside it: %w", err), process.Close())
	}
	go func() {
		defer close(p.logged)
		_, _ = io.Copy(io.Discard, p.server.Stdout())
	}()
	return host, p, nil
}

// Close ends the command's host, and with it the server.
func (p *pair) Close() error {
	err := p.Process.Close()
	ctx, cancel := context.WithTimeout(context.Background(), pairEnd)
	defer cancel()
	select {
	case <-p.logged:
		_, _ = p.server.Wait(ctx) // so that the engine is not asked to remove it once more
	case <-ctx.Done():
	}
	return errors.Join(err, p.server.Close())
}

// besideOf returns the host of the server beside a command, or no host.
func besideOf(process labs.Process) labs.Host {
	if p, ok := process.(*pair); ok {
		return p.host
	}
	return labs.Host{}
}

// runs reports whether a host runs. No host counts as one that does.
func (s *Site) runs(ctx context.Context, host labs.Host) bool {
	if host.ID == "" {
		return true
	}
	v, err := s.engine.Vitals(ctx, host)
	return err == nil && v.State == labs.HostRunning
}
