package kubernetes

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"sync"
	"time"

	core "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/util/retry"

	"endstate/labs"
)

// runWithin starts a host that shares the network and the processes of another one: a container
// that is added to that one's pod. It ends with it.
func (e *Engine) runWithin(ctx context.Context, host labs.HostPlan) (labs.Host, labs.Process, error) {
	image, err := e.images.find(ctx, host.Image)
	if err != nil {
		return labs.Host{}, nil, err
	}
	no := false
	added := core.EphemeralContainer{
		TargetContainerName: container,
		EphemeralContainerCommon: core.EphemeralContainerCommon{
			Image: e.images.registry.Ref(image.ref), Command: image.program(host.Command),
			SecurityContext: &core.SecurityContext{AllowPrivilegeEscalation: &no, Capabilities: &core.Capabilities{Drop: []core.Capability{"ALL"}}},
		},
	}
	if image.User == "" { // a workspace's
		added.SecurityContext.RunAsUser, added.SecurityContext.RunAsGroup = &image.uid, &image.gid
	}
	for _, name := range slices.Sorted(maps.Keys(host.Environment)) {
		added.Env = append(added.Env, core.EnvVar{Name: name, Value: host.Environment[name]})
	}
	namespace, name, _ := splitID(host.Within)
	call, cancel := context.WithTimeout(context.WithoutCancel(ctx), labs.StartTimeout)
	defer cancel()
	pods := e.api.CoreV1().Pods(namespace)
	err = retry.RetryOnConflict(retry.DefaultBackoff, func() error {
		pod, err := pods.Get(call, name, metav1.GetOptions{})
		if err != nil {
			return err
		}
		added.Name = fmt.Sprintf("within-%d", len(pod.Spec.EphemeralContainers))
		pod.Spec.EphemeralContainers = append(pod.Spec.EphemeralContainers, added)
		_, err = pods.UpdateEphemeralContainers(call, name, pod, metav1.UpdateOptions{})
		return err
	})
	if err != nil {
		return labs.Host{}, nil, failure(err, "start host %s", host.Name)
	}
	found := labs.Host{Name: host.Name, ID: host.Within + "/" + added.Name, Image: host.Family, State: labs.HostRunning}
	if err := e.awaitWithin(call, namespace, name, added.Name); err != nil {
		return labs.Host{}, nil, err
	}
	p := &within{engine: e, host: found, ended: make(chan struct{}), closed: make(chan struct{})}
	p.stdout, p.output = io.Pipe()
	go p.follow()
	return found, p, nil
}

// awaitWithin waits until an added container runs, or has ended.
func (e *Engine) awaitWithin(ctx context.Context, namespace, name, added string) error {
	for {
		pod, err := e.api.CoreV1().Pods(namespace).Get(ctx, name, metav1.GetOptions{})
		if err != nil {
			return failure(err, "look at a host")
		}
		if status := statusWithin(pod, added); status != nil {
			if status.State.Running != nil || status.State.Terminated != nil {
				return nil
			}
			if waiting := status.State.Waiting; waiting != nil && waiting.Reason == "ErrImagePull" {
				return fmt.Errorf("start a host within another: %s", waiting.Message)
			}
		}
		select {
		case <-time.After(50 * time.Millisecond):
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

func statusWithin(pod *core.Pod, name string) *core.ContainerStatus {
	for i := range pod.Status.EphemeralContainerStatuses {
		if status := &pod.Status.EphemeralContainerStatuses[i]; status.Name == name {
			return status
		}
	}
	return nil
}

// vitalsWithin returns the state of a host within another.
func (e *Engine) vitalsWithin(pod *core.Pod, name string) (labs.Vitals, error) {
	status := statusWithin(pod, name)
	if status == nil {
		return labs.Vitals{}, fmt.Errorf("inspect host %s: %w", name, labs.ErrNotFound)
	}
	v := labs.Vitals{State: labs.HostCreated, Down: never}
	if running := status.State.Running; running != nil {
		v.State, v.Age = labs.HostRunning, e.Now().Sub(running.StartedAt.Time)
	}
	if ended := status.State.Terminated; ended != nil {
		v.State, v.Exit, v.Again, v.Down = labs.HostStopped, int(ended.ExitCode), true, e.Now().Sub(ended.FinishedAt.Time)
		if ended.Reason == "OOMKilled" {
			v.State = labs.HostOutOfMemory
		}
	}
	return v, nil
}

// within is the main process of a host within another.
type within struct {
	engine *Engine
	host   labs.Host
	stdout *io.PipeReader
	output *io.PipeWriter
	ended  chan struct{}
	closed chan struct{}
	once   sync.Once
	status int
}

// How often to look whether a host within another has ended.
const withinPause = 500 * time.Millisecond

// follow waits for the end of the host, or until nobody wants to know.
func (w *within) follow() {
	defer close(w.ended)
	defer w.output.Close()
	for {
		ctx, cancel := callContext(context.Background())
		v, err := w.engine.Vitals(ctx, w.host)
		cancel()
		if err != nil || !v.State.Up() {
			w.status = v.Exit
			return
		}
		select {
		case <-time.After(withinPause):
		case <-w.closed:
			return
		}
	}
}

func (w *within) Stdin() io.WriteCloser { return nothing{} }
func (w *within) Stdout() io.Reader     { return w.stdout }

// Stderr returns the last lines that the host's main program wrote.
func (w *within) Stderr() string {
	ctx, cancel := callContext(context.Background())
	defer cancel()
	lines, _ := w.engine.Logs(ctx, w.host, 20)
	return lines
}

func (w *within) Resize(context.Context, int, int) error { return nil }

// Wait waits for the end of the host.
func (w *within) Wait(ctx context.Context) (int, error) {
	select {
	case <-w.ended:
		return w.status, nil
	case <-ctx.Done():
		return 0, context.Cause(ctx)
	}
}

// Kill leaves the host to end with the one that it is within.
func (w *within) Kill(context.Context) error { return w.Close() }

// Close stops waiting for the end of the host, which ends with the one that it is within.
func (w *within) Close() error {
	w.once.Do(func() { close(w.closed) })
	return w.stdout.Close()
}

// nothing is an input that nobody reads.
type nothing struct{}

func (nothing) Write(b []byte) (int, error) { return len(b), nil }
func (nothing) Close() error                { return nil }
