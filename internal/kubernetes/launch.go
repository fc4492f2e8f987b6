package kubernetes

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	core "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/watch"

	"endstate/internal/images"
	"endstate/labs"
)

// Launch creates a lab's namespace with its walls, a service for the address of each host, and the
// hosts.
func (e *Engine) Launch(ctx context.Context, plan labs.Plan, emit labs.Emit) (*labs.Lab, error) {
	if plan.Setup {
		return nil, labs.ErrUnsupported // nobody may be root where a learner works later
	}
	if len(plan.NetworkNames()) > 0 {
		return nil, noNetworks()
	}
	call, cancel := context.WithTimeout(context.WithoutCancel(ctx), labs.StartTimeout)
	defer cancel()
	l := &launch{engine: e, plan: plan, namespace: "lab-" + hash(plan.Lab.ID)[:16] + "-" + strings.ToLower(rand.Text()[:6])}
	if err := l.claim(call); err != nil {
		return nil, err
	}
	err := l.run(call, ctx, emit)
	if err == nil {
		err = context.Cause(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, e.removeParts(context.WithoutCancel(ctx), l.claimed, l.namespace))
	}
	lab := plan.Lab
	lab.Hosts, lab.Whole = l.hosts, true
	return &lab, nil
}

func noNetworks() error {
	return &labs.Problem{
		Code: labs.CodeEngine, What: "This lab has networks of its own, which a cluster can't give it",
		Advice: "Its hosts need NET_ADMIN, and Pod Security refuses that. Start it on Docker.",
	}
}

// launch is the execution of a plan.
type launch struct {
	engine    *Engine
	plan      labs.Plan
	namespace string
	claimed   string            // the name of the config map that identifies the lab
	names     map[string]string // host → its address
	hosts     []labs.Host
	images    []*image
}

// claim creates what identifies the lab. Only one process can.
func (l *launch) claim(ctx context.Context) error {
	l.claimed = objectName(kindLab, l.plan.Lab.ID)
	labels := labLabels(l.plan.Lab)
	labels[labelKind] = kindLab
	_, err := l.engine.api.CoreV1().ConfigMaps(l.engine.namespace).Create(ctx, &core.ConfigMap{ObjectMeta: metav1.ObjectMeta{
		Name: l.claimed, Labels: labels, Annotations: l.engine.labNotes(l.plan, l.namespace),
	}}, metav1.CreateOptions{})
	if apierrors.IsAlreadyExists(err) {
		return labs.ErrConflict
	}
	if err != nil {
		return failure(err, "launch lab %s", l.plan.Lab.ID)
	}
	return nil
}

func (l *launch) run(ctx, caller context.Context, emit labs.Emit) (err error) {
	e, plan := l.engine, l.plan
	l.hosts, l.images = make([]labs.Host, len(plan.Hosts)), make([]*image, len(plan.Hosts))
	var ends []func(error)
	defer func() {
		for _, end := range ends {
			end(err)
		}
	}()
	trusted := false
	for i, host := range plan.Hosts {
		ends = append(ends, emit.Step(labs.StartHost, host.Name))
		if l.images[i], err = e.images.find(ctx, host.Image); err != nil {
			return err
		}
		trusted = trusted || isRoot(plan, host)
		l.hosts[i] = labs.Host{Name: host.Name, ID: hostID(l.namespace, host.Name), Image: host.Family, Server: l.images[i].Labels[images.LabelServer]}
	}
	if err := e.createNamespace(ctx, l.namespace, labLabels(plan.Lab), e.labNotes(plan, l.namespace), trusted); err != nil {
		return failure(err, "create the namespace of lab %s", plan.Lab.ID)
	}
	if err := e.limit(ctx, l.namespace, plan); err != nil {
		return failure(err, "limit lab %s", plan.Lab.ID)
	}
	if err := e.copyRecord(ctx, plan.Lab); err != nil {
		return err
	}
	if plan.Network {
		if err := l.name(ctx); err != nil {
			return err
		}
	}
	if err := context.Cause(caller); err != nil {
		return err
	}
	if err := l.createPods(ctx); err != nil {
		return err
	}
	return e.awaitRunning(ctx, caller, l.namespace, plan.Lab.ID, len(plan.Hosts), func(name string) {
		for i := range l.hosts {
			if l.hosts[i].Name == name {
				l.hosts[i].State = labs.HostRunning
			}
		}
	})
}

// ports are the ports of hosts that other hosts of a lab reach by name. A service has no address
// without ports.
var ports = []int32{22, 25, 53, 80, 443, 3000, 3306, 5000, 5432, 6379, 8000, 8001, 8002, 8080, 8081, 8082, 8443, 9000, 27017}

// name gives each host an address that its name can stand for, before any host is there.
func (l *launch) name(ctx context.Context) error {
	l.names = map[string]string{}
	var mu sync.Mutex
	return l.each(func(i int) error {
		service := &core.Service{
			ObjectMeta: metav1.ObjectMeta{Name: "host-" + hash(l.plan.Hosts[i].Name)[:8], Labels: labLabels(l.plan.Lab)},
			Spec:       core.ServiceSpec{Selector: map[string]string{labelHost: labelValue(l.plan.Hosts[i].Name)}},
		}
		for _, port := range ports {
			service.Spec.Ports = append(service.Spec.Ports, core.ServicePort{Name: fmt.Sprintf("p%d", port), Port: port})
		}
		made, err := l.engine.api.CoreV1().Services(l.namespace).Create(ctx, service, metav1.CreateOptions{})
		if err != nil {
			return failure(err, "give host %s an address", l.plan.Hosts[i].Name)
		}
		mu.Lock()
		defer mu.Unlock()
		l.names[l.plan.Hosts[i].Name] = made.Spec.ClusterIP
		return nil
	})
}

func (l *launch) createPods(ctx context.Context) error {
	return l.each(func(i int) error {
		host := l.plan.Hosts[i]
		others := map[string]string{}
		for name, address := range l.names {
			if name != host.Name {
				others[name] = address
			}
		}
		_, err := l.engine.api.CoreV1().Pods(l.namespace).Create(ctx, l.engine.podOf(l.plan, host, l.images[i], others), metav1.CreateOptions{})
		if err != nil {
			return failure(err, "create host %s", host.Name)
		}
		return nil
	})
}

// each calls a function for all hosts, side by side.
func (l *launch) each(do func(int) error) error {
	failed := make([]error, len(l.plan.Hosts))
	var all sync.WaitGroup
	for i := range l.plan.Hosts {
		all.Go(func() { failed[i] = do(i) })
	}
	all.Wait()
	return errors.Join(failed...)
}

// awaitRunning waits until so many pods of a lab run, and calls running for each. It watches no
// other lab's pods.
func (e *Engine) awaitRunning(ctx, caller context.Context, namespace, lab string, count int, running func(string)) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer context.AfterFunc(caller, func() { cancel(context.Cause(caller)) })()
	of := metav1.ListOptions{LabelSelector: labelLab + "=" + labelValue(lab)}
	up := map[string]bool{}
	look := func(pod *core.Pod) (all bool, err error) {
		if runs, err := e.isUp(ctx, pod); err != nil {
			return false, err
		} else if runs && !up[pod.Name] {
			up[pod.Name] = true
			running(pod.Name)
		}
		return len(up) >= count, nil
	}
	for {
		pods, err := e.api.CoreV1().Pods(namespace).List(ctx, of)
		if err != nil {
			return failure(err, "look at the hosts")
		}
		for i := range pods.Items {
			if all, err := look(&pods.Items[i]); err != nil || all {
				return err
			}
		}
		of.ResourceVersion = pods.ResourceVersion
		if all, err := e.follow(ctx, namespace, of, look); err != nil || all {
			return err
		}
		of.ResourceVersion = ""
	}
}

// isUp reports whether a pod runs, or an error if it never will.
func (e *Engine) isUp(ctx context.Context, pod *core.Pod) (bool, error) {
	switch pod.Status.Phase {
	case core.PodRunning, core.PodSucceeded:
		return true, nil
	case core.PodFailed:
		return false, e.podFailed(ctx, pod)
	case core.PodPending, core.PodUnknown:
	}
	return false, stuck(pod)
}

// watchTimeout is how long a watch may be silent before the pods are listed again.
const watchTimeout = 20 * time.Second

// follow calls look for pods that change, until it says that all run. It returns early when the
// cluster ends the watch.
func (e *Engine) follow(ctx context.Context, namespace string, of metav1.ListOptions, look func(*core.Pod) (bool, error)) (all bool, err error) {
	changes, err := e.api.CoreV1().Pods(namespace).Watch(ctx, of)
	if err != nil {
		return false, failure(err, "watch the hosts")
	}
	defer changes.Stop()
	for {
		select {
		case change, open := <-changes.ResultChan():
			pod, isPod := change.Object.(*core.Pod)
			if !open || change.Type == watch.Error || !isPod {
				return false, nil
			}
			if all, err := look(pod); err != nil || all {
				return all, err
			}
		case <-ctx.Done():
			return false, context.Cause(ctx)
		case <-time.After(watchTimeout):
			return false, nil
		}
	}
}

// stuck returns an error if a pod will not start.
func stuck(pod *core.Pod) error {
	for _, status := range append(pod.Status.InitContainerStatuses, pod.Status.ContainerStatuses...) {
		if waiting := status.State.Waiting; waiting != nil {
			switch waiting.Reason {
			case "ErrImagePull", "ImagePullBackOff", "InvalidImageName":
				return &labs.Problem{
					Code: labs.CodeImageMissing, What: "The cluster can't pull " + status.Image,
					Advice: "Do the nodes reach the registry?", Err: errors.New(waiting.Message),
					Acts: []labs.Act{{Name: labs.ActImagesPush, For: labs.ForPush}},
				}
			case "CreateContainerConfigError", "CreateContainerError", "RunContainerError":
				return fmt.Errorf("start host %s: %s: %s", pod.Name, waiting.Reason, waiting.Message)
			}
		}
	}
	return nil
}

// podFailed explains why a pod ended before it was up.
func (e *Engine) podFailed(ctx context.Context, pod *core.Pod) error {
	for _, status := range pod.Status.InitContainerStatuses {
		if ended := status.State.Terminated; ended != nil && ended.ExitCode != 0 {
			said := e.said(ctx, pod.Namespace, pod.Name, status.Name, 5)
			if ended.ExitCode == gateOpen {
				return &labs.Problem{
					Code: labs.CodeEngine, What: "The cluster does not enforce network policies: a lab would reach other machines",
					Advice: "Install a network plugin that does, such as Calico, Cilium or kube-router.", Err: errors.New(said),
				}
			}
			return fmt.Errorf("start host %s: %s: %s", pod.Name, ended.Reason, said)
		}
	}
	return nil // it was up, and has ended
}

// gateOpen is the exit status of the gate if the walls do not hold in time.
const gateOpen = 75

// HandOver is for engines that set labs up where learners work: see [Engine.Launch].
func (e *Engine) HandOver(context.Context, *labs.Lab, labs.Record) error { return labs.ErrUnsupported }
