package kubernetes

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"time"

	core "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"endstate/internal/supervisor/wire"
	"endstate/labs"
)

// Run launches a host in the grader's namespace and executes the plan's command in it. The host is
// removed when the command ends or the process is closed; if this process is killed before, the
// host's own deadline ends it.
func (e *Engine) Run(ctx context.Context, plan labs.Plan) (labs.Host, labs.Process, error) {
	host := plan.Hosts[0]
	if host.NetworkOf != "" {
		return labs.Host{}, nil, noNetworks()
	}
	if host.Within != "" {
		return e.runWithin(ctx, host)
	}
	image, err := e.images.find(ctx, host.Image)
	if err != nil {
		return labs.Host{}, nil, err
	}
	command, user := image.program(host.Command), cmp.Or(host.User, image.User)
	host.Command = nil
	pod := e.podOf(plan, host, image, nil)
	pod.Name = strings.ToLower(objectName("run", plan.Lab.ID))
	// It has no main program of its own: the command comes from outside.
	supervised := pod.Spec.Containers[0].Command
	for i, word := range supervised {
		if word == "--" {
			pod.Spec.Containers[0].Command = supervised[:i+1]
		}
	}
	// What pods may use in all is what their first containers or their gate may use. That leaves room
	// for a host within this one, which can have no limit of its own.
	pod.Spec.InitContainers[0].Resources.Limits[core.ResourceMemory] = quantity(host.Memory + withinMemory)
	life := int64(plan.Lab.Expires.Sub(e.Now()).Seconds()) + 60
	pod.Spec.ActiveDeadlineSeconds = &life
	e.tidy(ctx)
	call, cancel := context.WithTimeout(context.WithoutCancel(ctx), labs.StartTimeout)
	defer cancel()
	made, err := e.api.CoreV1().Pods(e.namespace).Create(call, pod, metav1.CreateOptions{})
	if err != nil {
		return labs.Host{}, nil, failure(err, "start host %s", host.Name)
	}
	found := labs.Host{Name: host.Name, ID: hostID(e.namespace, made.Name), Image: host.Family, State: labs.HostRunning}
	remove := func() error { return e.removePod(context.WithoutCancel(ctx), made.Name) }
	if err := e.awaitRunning(call, ctx, e.namespace, plan.Lab.ID, 1, func(string) {}); err != nil {
		return labs.Host{}, nil, errors.Join(err, remove())
	}
	p, err := e.attend(ctx, found, wire.Request{Execute: &labs.Command{Args: command, User: user}})
	if err == nil {
		err = p.awaitBegin(ctx)
	}
	if err != nil {
		return labs.Host{}, nil, errors.Join(err, remove())
	}
	go func() { <-p.ended; _ = remove() }()
	return found, &hostProcess{process: p, remove: remove}, nil
}

// withinMemory is how much memory a host within another may use, in bytes.
const withinMemory = 1 << 30

// hostProcess is the main process of a host: the host ends with it.
type hostProcess struct {
	*process
	remove func() error
}

// Close ends the host.
func (h *hostProcess) Close() error { return errors.Join(h.process.Close(), h.remove()) }

// Kill ends the host.
func (h *hostProcess) Kill(context.Context) error { return h.Close() }

func (e *Engine) removePod(ctx context.Context, name string) error {
	call, cancel := callContext(ctx)
	defer cancel()
	at := int64(0)
	err := e.api.CoreV1().Pods(e.namespace).Delete(call, name, metav1.DeleteOptions{GracePeriodSeconds: &at})
	if err != nil && !errors.Is(failure(err, "remove a host"), labs.ErrNotFound) {
		return failure(err, "remove a host")
	}
	return nil
}

// tidyPause is how often hosts are removed that ended while nobody was there to remove them.
const tidyPause = time.Minute

// tidy removes hosts of killed processes, which their own deadline has ended.
func (e *Engine) tidy(ctx context.Context) {
	last := e.tidied.Load()
	if now := time.Now().UnixNano(); now-last < int64(tidyPause) || !e.tidied.CompareAndSwap(last, now) {
		return
	}
	call, cancel := callContext(ctx)
	go func() {
		defer cancel()
		for _, phase := range []core.PodPhase{core.PodSucceeded, core.PodFailed} {
			// What can't be removed now is removed by the next process.
			_ = e.api.CoreV1().Pods(e.namespace).DeleteCollection(call, metav1.DeleteOptions{}, metav1.ListOptions{
				LabelSelector: labelRole + "=" + string(labs.RoleScratch), FieldSelector: "status.phase=" + string(phase),
			})
		}
	}()
}
