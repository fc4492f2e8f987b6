package kubernetes

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	core "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	klabels "k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/util/retry"

	"endstate/labs"
)

// Labs lists labs of every role, including those of which no host is left. The states of hosts are
// exact for one lab; in longer lists, a host counts as running as long as its pod does.
func (e *Engine) Labs(ctx context.Context, which labs.Which) ([]*labs.Lab, error) {
	only := klabels.Set{labelKind: kindLab}
	pick := klabels.Set{}
	for label, value := range map[string]string{labelLab: which.ID, labelOwner: which.Owner, labelScenario: which.Scenario} {
		if value != "" {
			only[label], pick[label] = labelValue(value), labelValue(value)
		}
	}
	maps, err := e.api.CoreV1().ConfigMaps(e.namespace).List(ctx, metav1.ListOptions{LabelSelector: only.String()})
	if err != nil {
		return nil, failure(err, "list labs")
	}
	selector := labelLab
	if len(pick) > 0 {
		selector += "," + pick.String()
	}
	pods, err := e.api.CoreV1().Pods(metav1.NamespaceAll).List(ctx, metav1.ListOptions{LabelSelector: selector})
	if err != nil {
		return nil, failure(err, "list labs")
	}
	var all []*labs.Lab
	for i := range maps.Items {
		claim := &maps.Items[i]
		lab := labOf(claim.Labels, claim.Annotations)
		lab.Made = claim.CreationTimestamp.Time
		planned, _ := strconv.Atoi(claim.Annotations[noteHosts])
		for j := range pods.Items {
			pod := &pods.Items[j]
			if pod.Namespace == claim.Annotations[noteNamespace] && pod.DeletionTimestamp == nil && pod.Annotations[labelLab] == lab.ID {
				lab.Hosts = append(lab.Hosts, hostOf(pod))
			}
		}
		if which.ID != "" {
			e.lookCloser(ctx, lab)
		}
		lab.Whole = len(lab.Hosts) == planned && planned > 0 && !slices.ContainsFunc(lab.Hosts, func(h labs.Host) bool { return !h.State.Started() })
		slices.SortFunc(lab.Hosts, func(a, b labs.Host) int { return strings.Compare(a.Name, b.Name) })
		all = append(all, lab)
	}
	slices.SortFunc(all, func(a, b *labs.Lab) int {
		return cmp.Or(a.Started.Compare(b.Started), strings.Compare(a.ID, b.ID), strings.Compare(a.Owner, b.Owner))
	})
	return all, nil
}

// lookCloser asks the hosts of a lab for their states.
func (e *Engine) lookCloser(ctx context.Context, lab *labs.Lab) {
	var all sync.WaitGroup
	for i := range lab.Hosts {
		if lab.Hosts[i].State != labs.HostRunning {
			continue
		}
		all.Go(func() {
			if v, err := e.Vitals(ctx, lab.Hosts[i]); err == nil {
				lab.Hosts[i].State, lab.Hosts[i].Exit = v.State, v.Exit
			}
		})
	}
	all.Wait()
}

// hostOf describes a pod.
func hostOf(pod *core.Pod) labs.Host {
	host := labs.Host{Name: pod.Name, ID: hostID(pod.Namespace, pod.Name), Image: pod.Annotations[noteFamily], Server: pod.Annotations[noteServer]}
	host.State, host.Exit = stateOf(pod)
	return host
}

// stateOf returns the state of a pod's host. While its first process runs, only that knows more.
func stateOf(pod *core.Pod) (labs.HostState, int) {
	switch pod.Status.Phase {
	case core.PodRunning:
		return labs.HostRunning, 0
	case core.PodPending, core.PodUnknown:
		return labs.HostCreated, 0
	case core.PodSucceeded, core.PodFailed:
	}
	for _, status := range pod.Status.ContainerStatuses {
		if ended := status.State.Terminated; status.Name == container && ended != nil {
			if ended.Reason == "OOMKilled" {
				return labs.HostOutOfMemory, int(ended.ExitCode)
			}
			return labs.HostStopped, int(ended.ExitCode)
		}
	}
	return labs.HostStopped, 0
}

// Extend moves a lab's expiry to a later time.
func (e *Engine) Extend(ctx context.Context, lab *labs.Lab, until time.Time) error {
	claims := e.api.CoreV1().ConfigMaps(e.namespace)
	err := retry.RetryOnConflict(retry.DefaultBackoff, func() error {
		claim, err := claims.Get(ctx, objectName(kindLab, lab.ID), metav1.GetOptions{})
		if err != nil {
			return err
		}
		if now := labOf(claim.Labels, claim.Annotations); now.Owner != lab.Owner {
			return labs.ErrNotFound
		} else if !until.After(now.Expires) {
			return nil
		}
		claim.Annotations[noteExpires] = until.UTC().Format(time.RFC3339)
		_, err = claims.Update(ctx, claim, metav1.UpdateOptions{})
		return err
	})
	if err != nil {
		return failure(err, "extend lab %s", lab.ID)
	}
	return nil
}

// Remove removes the hosts of a lab, its namespace, its record, and at last what identifies it.
func (e *Engine) Remove(ctx context.Context, lab *labs.Lab) error {
	name := objectName(kindLab, lab.ID)
	claim, err := e.api.CoreV1().ConfigMaps(e.namespace).Get(ctx, name, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return failure(err, "remove lab %s", lab.ID)
	}
	if claim.Annotations[labelOwner] != lab.Owner || claim.Annotations[labelLab] != lab.ID {
		return nil // another's
	}
	// Once begun, finish, or something would be left behind.
	return e.removeParts(context.WithoutCancel(ctx), name, claim.Annotations[noteNamespace])
}

// removeParts removes everything of a lab. It succeeds if there is nothing.
func (e *Engine) removeParts(ctx context.Context, claim, namespace string) error {
	call, cancel := callContext(ctx)
	defer cancel()
	at := int64(0)
	now := metav1.DeleteOptions{GracePeriodSeconds: &at}
	ignore := func(err error) error {
		if apierrors.IsNotFound(err) {
			return nil
		}
		return err
	}
	var failed []error
	if namespace != "" && namespace != e.namespace {
		failed = append(failed,
			ignore(e.api.CoreV1().Pods(namespace).DeleteCollection(call, now, metav1.ListOptions{})),
			ignore(e.api.CoreV1().Namespaces().Delete(call, namespace, metav1.DeleteOptions{})))
	}
	record := kindRecord + strings.TrimPrefix(claim, kindLab)
	failed = append(failed, ignore(e.api.CoreV1().Secrets(e.namespace).Delete(call, record, metav1.DeleteOptions{})))
	if err := errors.Join(failed...); err != nil {
		return failure(err, "remove what belongs to %s", claim)
	}
	if err := ignore(e.api.CoreV1().ConfigMaps(e.namespace).Delete(call, claim, metav1.DeleteOptions{})); err != nil {
		return failure(err, "remove %s", claim)
	}
	return nil
}
