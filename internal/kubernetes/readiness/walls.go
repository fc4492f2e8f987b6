package readiness

import (
	"context"
	"errors"
	"strings"
	"time"

	core "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"endstate/labs"
)

// shut is the label by which the policy in the grader's namespace knows hosts.
const shut = "endstate.lab"

// wallsTimeout is how long a pod may take, most of it until its image is there. The gate itself gives
// up after half a minute.
const wallsTimeout = 2 * time.Minute

// user is a user of hosts that is not root.
const user = 1000

// pod returns a pod that stands for a host in the grader's namespace.
func (c Cluster) pod(image string) *core.Pod {
	yes, no, at, life, who := true, false, int64(0), int64(wallsTimeout/time.Second), int64(user)
	return &core.Pod{
		ObjectMeta: metav1.ObjectMeta{GenerateName: "doctor-", Labels: map[string]string{shut: "doctor"}},
		Spec: core.PodSpec{
			AutomountServiceAccountToken: &no, RestartPolicy: core.RestartPolicyNever, TerminationGracePeriodSeconds: &at, ActiveDeadlineSeconds: &life,
			SecurityContext: &core.PodSecurityContext{
				RunAsNonRoot: &yes, RunAsUser: &who, RunAsGroup: &who, SeccompProfile: &core.SeccompProfile{Type: core.SeccompProfileTypeRuntimeDefault},
			},
			Containers: []core.Container{{
				Name: "gate", Image: image, Command: c.Gate, Resources: c.Host,
				SecurityContext: &core.SecurityContext{AllowPrivilegeEscalation: &no, Capabilities: &core.Capabilities{Drop: []core.Capability{"ALL"}}},
			}},
		},
	}
}

// walls starts a pod, shut in as a host is, which tries to reach the API server.
func (c Cluster) walls(ctx context.Context, image string) labs.Need {
	need := labs.Need{About: "network policies", Fatal: true}
	if image == "" {
		need.Text, need.Advice = "not tried, because there is no image to start", "Put the images into the registry first."
		return need
	}
	ctx, cancel := context.WithTimeout(ctx, wallsTimeout)
	defer cancel()
	pods := c.API.CoreV1().Pods(c.Namespace)
	made, err := pods.Create(ctx, c.pod(image), metav1.CreateOptions{})
	if err != nil {
		need.Text, need.Advice = "could not be tried: "+labs.Cause(err), "A lab could not start, either. See: rights"
		return need
	}
	defer func() {
		at := int64(0)
		call, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		_ = pods.Delete(call, made.Name, metav1.DeleteOptions{GracePeriodSeconds: &at}) // otherwise it ends by itself
	}()
	status, why := 0, ""
	for {
		pod, err := pods.Get(ctx, made.Name, metav1.GetOptions{})
		if err != nil {
			need.Text, need.Advice = "could not be tried: "+labs.Cause(err), "See: kubectl get events -n "+c.Namespace
			return need
		}
		if status, why = ended(pod); status >= 0 {
			break
		}
		select {
		case <-time.After(100 * time.Millisecond):
			continue
		case <-ctx.Done():
		}
		need.Text = "could not be tried: a pod did not start in time" + because(why)
		need.Advice = "Is there room on the nodes, and do they reach the registry? See: kubectl get events -n " + c.Namespace
		return need
	}
	switch status {
	case 0:
		return labs.Need{About: "network policies", Text: "enforced: a pod that is shut in does not reach the API server"}
	case c.Open:
		need.Text = "not enforced: a pod that should be shut in reaches the API server. No lab will start"
		need.Advice = "Install a network plugin that enforces policies, such as Calico, Cilium or kube-router. If the cluster has one: does the namespace " + c.Namespace +
			" have the policy that shuts in pods with the label " + shut + "?"
	default:
		need.Text, need.Advice = "could not be tried: a pod failed"+because(why), "See: kubectl get events -n "+c.Namespace
	}
	return need
}

// ended returns the exit status of a pod, or -1 if it has not ended, and what is in its way.
func ended(pod *core.Pod) (status int, why string) {
	for _, container := range pod.Status.ContainerStatuses {
		if waiting := container.State.Waiting; waiting != nil {
			return -1, strings.TrimSpace(waiting.Reason + " " + waiting.Message)
		}
		if ended := container.State.Terminated; ended != nil {
			return int(ended.ExitCode), ended.Reason
		}
	}
	if pod.Status.Phase == core.PodFailed {
		return 1, strings.TrimSpace(pod.Status.Reason + " " + pod.Status.Message)
	}
	for _, condition := range pod.Status.Conditions {
		if condition.Status == core.ConditionFalse && condition.Message != "" {
			why = condition.Message
		}
	}
	return -1, why
}

func because(why string) string {
	if why == "" {
		return ""
	}
	return " (" + why + ")"
}

func asProblem(err error) *labs.Problem {
	var problem *labs.Problem
	errors.As(err, &problem)
	return problem
}
