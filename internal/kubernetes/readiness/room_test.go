package readiness

import (
	"testing"

	core "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
)

func list(cpu, memory, pods string) core.ResourceList {
	all := core.ResourceList{}
	for name, text := range map[core.ResourceName]string{core.ResourceCPU: cpu, core.ResourceMemory: memory, core.ResourcePods: pods} {
		if text != "" {
			all[name] = resource.MustParse(text)
		}
	}
	return all
}

func TestRoomIsWhatRunningPodsLeave(t *testing.T) {
	t.Parallel()
	node := &core.Node{Status: core.NodeStatus{Allocatable: list("2", "4Gi", "10")}}
	node.Name = "n1"
	pod := func(on string) core.Pod {
		return core.Pod{Spec: core.PodSpec{
			NodeName:       on,
			InitContainers: []core.Container{{Resources: core.ResourceRequirements{Requests: list("", "1Gi", "")}}},
			Containers: []core.Container{
				{Resources: core.ResourceRequirements{Requests: list("300m", "256Mi", "")}}, {Resources: core.ResourceRequirements{Requests: list("200m", "256Mi", "")}},
			},
		}}
	}
	left := free(node, []core.Pod{pod("n1"), pod("n1"), pod("n2"), pod("")})
	for each, want := range map[*core.ResourceList]int64{
		new(list("500m", "", "")): 2, new(list("", "512Mi", "")): 4, new(list("1m", "1Mi", "1")): 8, new(list("1m", "3Gi", "")): 0,
	} {
		if got := fits(left, *each); got != want {
			t.Errorf("%v fits %d times, want %d", each, got, want)
		}
	}
}
