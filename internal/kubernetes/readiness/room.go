package readiness

import (
	"context"
	"fmt"
	"slices"

	core "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"endstate/labs"
)

// labHosts is how many hosts a lab is taken to have.
const labHosts = 2

// room says how many labs the nodes have room for.
func (c Cluster) room(ctx context.Context) labs.Need {
	nodes, err := c.API.CoreV1().Nodes().List(ctx, metav1.ListOptions{})
	if err != nil {
		return labs.Need{About: "room", Text: "unknown: this account does not see the nodes"}
	}
	pods, err := c.API.CoreV1().Pods(metav1.NamespaceAll).List(ctx, metav1.ListOptions{FieldSelector: "status.phase!=Succeeded,status.phase!=Failed"})
	if err != nil {
		return labs.Need{About: "room", Text: "unknown: this account does not see the pods"}
	}
	asleep := c.Host.Requests.DeepCopy()
	asleep[core.ResourcePods] = *resource.NewQuantity(1, resource.DecimalSI)
	awake := asleep.DeepCopy()
	awake[core.ResourceMemory] = c.Host.Limits[core.ResourceMemory]
	var usable int
	var most, sure int64
	for i := range nodes.Items {
		if !isUsable(&nodes.Items[i]) {
			continue
		}
		usable++
		free := free(&nodes.Items[i], pods.Items)
		most += fits(free, asleep)
		sure += fits(free, awake)
	}
	memory := c.Host.Limits[core.ResourceMemory]
	need := labs.Need{About: "room", Text: fmt.Sprintf("%s for labs; by what is reserved, %d more labs of %d hosts fit, and %d if each host uses all its %s",
		labs.Count(usable, "node"), most/labHosts, labHosts, sure/labHosts, labs.Size(memory.Value()))}
	if most < labHosts {
		need.Advice = "End labs, or add nodes. A lab that finds no room does not start."
	}
	return need
}

// isUsable reports whether a node takes pods of labs.
func isUsable(node *core.Node) bool {
	ready := slices.ContainsFunc(node.Status.Conditions, func(c core.NodeCondition) bool { return c.Type == core.NodeReady && c.Status == core.ConditionTrue })
	tainted := slices.ContainsFunc(node.Spec.Taints, func(t core.Taint) bool { return t.Effect != core.TaintEffectPreferNoSchedule })
	return ready && !tainted && !node.Spec.Unschedulable
}

// free returns what a node has left for the scheduler.
func free(node *core.Node, pods []core.Pod) core.ResourceList {
	left := node.Status.Allocatable.DeepCopy()
	take := func(name core.ResourceName, quantity resource.Quantity) {
		rest := left[name]
		rest.Sub(quantity)
		left[name] = rest
	}
	for i := range pods {
		if pods[i].Spec.NodeName != node.Name {
			continue
		}
		take(core.ResourcePods, *resource.NewQuantity(1, resource.DecimalSI))
		for name, quantity := range reserved(&pods[i].Spec) {
			take(name, quantity)
		}
	}
	return left
}

// reserved returns what the scheduler reserves for a pod: the sum of its containers, or what one of
// those that run before them needs.
func reserved(spec *core.PodSpec) core.ResourceList {
	sum := core.ResourceList{}
	for i := range spec.Containers {
		for name, quantity := range spec.Containers[i].Resources.Requests {
			whole := sum[name]
			whole.Add(quantity)
			sum[name] = whole
		}
	}
	for i := range spec.InitContainers {
		for name, quantity := range spec.InitContainers[i].Resources.Requests {
			if whole := sum[name]; quantity.Cmp(whole) > 0 {
				sum[name] = quantity
			}
		}
	}
	for name, quantity := range spec.Overhead {
		whole := sum[name]
		whole.Add(quantity)
		sum[name] = whole
	}
	return sum
}

// fits returns how many times something fits into what is free.
func fits(free, each core.ResourceList) int64 {
	times := int64(1<<63 - 1)
	for name, one := range each {
		if one.IsZero() {
			continue
		}
		left := free[name]
		times = min(times, max(0, left.MilliValue()/one.MilliValue()))
	}
	return times
}
