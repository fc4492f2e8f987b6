// Package readiness says whether a cluster has what labs need, and what to do if not.
package readiness

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"

	core "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"endstate/labs"
)

// Cluster is a cluster that is examined.
type Cluster struct {
	API       kubernetes.Interface
	Namespace string                    // the grader's
	Host      core.ResourceRequirements // what the scheduler reserves for a host, and how much it may use
	Gate      []string                  // the command that waits until the walls of a host hold
	Open      int                       // its exit status if they don't

	// Image finds an image of hosts, and makes it if the registry has only what it is made from. It
	// returns the reference for nodes.
	Image func(context.Context) (string, error)
	// Write writes an image to the registry, which remove removes.
	Write func(context.Context) (remove func(context.Context) error, err error)
}

// Examine finds out what there is. Where the cluster enforces policies, it takes as long as it takes
// to start a pod, and otherwise half a minute.
func Examine(ctx context.Context, c Cluster) []labs.Need {
	var registry, walls labs.Need
	all := []func(){nil, nil, nil, nil, nil}
	needs := make([]labs.Need, len(all))
	for i, look := range []func(context.Context) labs.Need{c.version, c.rights, c.security, c.room} {
		all[i] = func() { needs[i] = look(ctx) }
	}
	all[4] = func() {
		var image string
		image, registry = c.registry(ctx)
		walls = c.walls(ctx, image)
	}
	var group sync.WaitGroup
	for _, look := range all {
		group.Go(look)
	}
	group.Wait()
	needs[4] = registry
	return append(needs, walls)
}

// oldest is the oldest minor version of Kubernetes 1 that works: since then, the connection to a
// command in a pod is a WebSocket whose input can be closed.
const oldest = 30

func (c Cluster) version(context.Context) labs.Need {
	found, err := c.API.Discovery().ServerVersion()
	if err != nil {
		return labs.Need{About: "cluster", Text: labs.Cause(err), Advice: "Check with: kubectl version", Fatal: true}
	}
	need := labs.Need{About: "cluster", Text: "Kubernetes " + found.GitVersion}
	if minor, err := strconv.Atoi(strings.TrimRight(found.Minor, "+")); err == nil && found.Major == "1" && minor < oldest {
		need.Text += fmt.Sprintf(" is too old: labs need 1.%d", oldest)
		need.Advice, need.Fatal = "Upgrade the cluster.", true
	}
	return need
}

// registry looks for the images, and writes to the registry as a snapshot does.
func (c Cluster) registry(ctx context.Context) (image string, need labs.Need) {
	need.About = "registry"
	image, err := c.Image(ctx)
	remove := func(context.Context) error { return nil }
	if err == nil {
		remove, err = c.Write(ctx)
	}
	need.Fatal = err != nil
	if err == nil {
		err = remove(ctx) // labs run without, but snapshots stay for ever
	}
	if err == nil {
		need.Text = "has images, and can be written to"
		return image, need
	}
	need.Text = labs.Cause(err)
	need.Advice = "Images and snapshots of labs are written there with the account that docker login has stored."
	need.Acts = []labs.Act{{Name: labs.ActImagesPush, For: labs.ForPush}}
	if problem := asProblem(err); problem != nil {
		need.Text = problem.What
		if problem.Err != nil {
			need.Text += " (" + labs.Cause(problem.Err) + ")"
		}
		need.Advice = problem.Advice
	}
	return image, need
}

// security tries whether the cluster would accept a pod that is all-powerful on its node. Nothing
// is created.
func (c Cluster) security(ctx context.Context) labs.Need {
	yes := true
	pod := c.pod("image")
	pod.Spec.Containers[0].SecurityContext = &core.SecurityContext{Privileged: &yes}
	_, err := c.API.CoreV1().Pods(c.Namespace).Create(ctx, pod, metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}})
	switch {
	case err != nil && apierrors.IsForbidden(err) && strings.Contains(err.Error(), "violates PodSecurity"):
		return labs.Need{About: "pod security", Text: "enforced"}
	case err != nil && !strings.Contains(err.Error(), "exceeded quota"):
		return labs.Need{About: "pod security", Text: "could not be tried: " + labs.Cause(err), Advice: "See: rights"}
	}
	need := labs.Need{
		About: "pod security", Text: "the cluster does not enforce Pod Security, which labs have as a second wall",
		Advice: "Enable the admission plugin PodSecurity, without exemptions for this account.",
	}
	space, err := c.API.CoreV1().Namespaces().Get(ctx, c.Namespace, metav1.GetOptions{})
	if err == nil && space.Labels[enforce] != "baseline" && space.Labels[enforce] != "restricted" {
		need.Text = "the namespace " + c.Namespace + " accepts pods that are all-powerful on their node"
		need.Advice = "Correct it with: kubectl label namespace " + c.Namespace + " " + enforce + "=baseline --overwrite"
	}
	return need
}

const enforce = "pod-security.kubernetes.io/enforce"
