package kubernetes

import (
	"context"
	"maps"
	"time"

	core "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"endstate/labs"
)

// The levels of Pod Security. Learners work under the strictest; a setup needs root, and nobody
// but the scenario works there.
const (
	restricted = "restricted"
	baseline   = "baseline"
)

func quantity(n int64) resource.Quantity { return *resource.NewQuantity(n, resource.BinarySI) }

// createNamespace creates a namespace that nothing leaves and nothing enters, and waits until pods
// can be created in it. With trusted, processes may be root.
func (e *Engine) createNamespace(ctx context.Context, name string, labels, notes map[string]string, trusted bool) error {
	labels = maps.Clone(labels)
	if labels == nil {
		labels = map[string]string{}
	}
	labels["pod-security.kubernetes.io/enforce"] = restricted
	if trusted {
		labels["pod-security.kubernetes.io/enforce"] = baseline
	}
	space := &core.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: labels, Annotations: notes}}
	if _, err := e.api.CoreV1().Namespaces().Create(ctx, space, metav1.CreateOptions{}); err != nil {
		return err
	}
	walls := &networking.NetworkPolicy{
		ObjectMeta: metav1.ObjectMeta{Name: "walls"},
		Spec:       networking.NetworkPolicySpec{PolicyTypes: []networking.PolicyType{networking.PolicyTypeIngress, networking.PolicyTypeEgress}},
	}
	if name == e.namespace {
		// The grader itself may run in its namespace, so only hosts are shut in.
		walls.Spec.PodSelector.MatchExpressions = []metav1.LabelSelectorRequirement{{Key: labelLab, Operator: metav1.LabelSelectorOpExists}}
	} else {
		inside := []networking.NetworkPolicyPeer{{PodSelector: &metav1.LabelSelector{}}}
		walls.Spec.Ingress = []networking.NetworkPolicyIngressRule{{From: inside}}
		walls.Spec.Egress = []networking.NetworkPolicyEgressRule{{To: inside}}
	}
	if _, err := e.api.NetworkingV1().NetworkPolicies(name).Create(ctx, walls, metav1.CreateOptions{}); err != nil {
		return err
	}
	return e.awaitAccount(ctx, name)
}

// awaitAccount waits until a namespace has the account that pods need, though they get no token.
func (e *Engine) awaitAccount(ctx context.Context, namespace string) error {
	for {
		_, err := e.api.CoreV1().ServiceAccounts(namespace).Get(ctx, "default", metav1.GetOptions{})
		if !apierrors.IsNotFound(err) {
			return err
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// limit bounds what a lab's namespace can hold: exactly its hosts.
func (e *Engine) limit(ctx context.Context, namespace string, plan labs.Plan) error {
	var memory, disk int64
	var cpus float64
	for _, host := range plan.Hosts {
		memory, disk, cpus = memory+host.Memory, disk+diskLimit, cpus+host.CPUs
	}
	hosts := int64(len(plan.Hosts))
	quota := &core.ResourceQuota{
		ObjectMeta: metav1.ObjectMeta{Name: "lab"},
		Spec: core.ResourceQuotaSpec{Hard: core.ResourceList{
			"pods": quantity(hosts), "services": quantity(hosts), "services.nodeports": quantity(0), "services.loadbalancers": quantity(0),
			"persistentvolumeclaims": quantity(0), "limits.memory": quantity(memory), "limits.ephemeral-storage": quantity(disk),
			"limits.cpu": *resource.NewMilliQuantity(int64(cpus*1000), resource.DecimalSI),
		}},
	}
	_, err := e.api.CoreV1().ResourceQuotas(namespace).Create(ctx, quota, metav1.CreateOptions{})
	return err
}
