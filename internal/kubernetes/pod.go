package kubernetes

import (
	"cmp"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strconv"

	core "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"endstate/internal/images"
	"endstate/labs"
)

// supervisorPath is where the images that Endstate pushes have the supervisor. Everyone may run it,
// and nobody may read it, so that a process which runs it can't be traced.
const supervisorPath = "/usr/lib/endstate/supervisor"

const (
	container = "host"
	// diskLimit is how much a host may write before the cluster ends it, with all its work. The
	// stage stops a host much earlier, and keeps its disk: see [labs.DiskBound].
	diskLimit = 2 * labs.DiskBound
	// What the scheduler reserves for a host. Most labs wait for a learner most of the time.
	reservedMemory = 64 << 20
	reservedCPU    = 50 // thousandths
	// How long a pod stays when its node no longer answers, in seconds.
	unreachable = 10
)

// podOf returns the pod of a host. names are the addresses of the other hosts.
func (e *Engine) podOf(plan labs.Plan, host labs.HostPlan, image *image, names map[string]string) *core.Pod {
	no, grace, tolerated := false, int64(1), int64(unreachable)
	root := isRoot(plan, host)
	pod := &core.Pod{
		ObjectMeta: metav1.ObjectMeta{
			Name: host.Name, Labels: labLabels(plan.Lab),
			Annotations: map[string]string{labelLab: plan.Lab.ID, labelOwner: plan.Lab.Owner, noteFamily: host.Family, noteBase: host.Image, noteServer: image.Labels[images.LabelServer]},
		},
		Spec: core.PodSpec{
			AutomountServiceAccountToken: &no, EnableServiceLinks: &no, RestartPolicy: core.RestartPolicyNever, TerminationGracePeriodSeconds: &grace,
			Hostname: host.Name, DNSPolicy: core.DNSNone,
			DNSConfig: &core.PodDNSConfig{
				Nameservers: []string{"127.0.0.1"}, // nothing listens there, so an unknown name fails at once
				Options:     []core.PodDNSConfigOption{{Name: "timeout", Value: pointer("1")}, {Name: "attempts", Value: pointer("1")}},
			},
			SecurityContext: &core.PodSecurityContext{SeccompProfile: &core.SeccompProfile{Type: core.SeccompProfileTypeRuntimeDefault}},
		},
	}
	pod.Labels[labelHost] = labelValue(host.Name)
	for _, key := range []string{"node.kubernetes.io/unreachable", "node.kubernetes.io/not-ready"} {
		pod.Spec.Tolerations = append(pod.Spec.Tolerations, core.Toleration{Key: key, Operator: core.TolerationOpExists, Effect: core.TaintEffectNoExecute, TolerationSeconds: &tolerated})
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		pod.Spec.HostAliases = append(pod.Spec.HostAliases, core.HostAlias{IP: names[name], Hostnames: []string{name}})
	}
	if len(host.Loopback) > 0 {
		pod.Spec.HostAliases = append(pod.Spec.HostAliases, core.HostAlias{IP: "127.0.0.1", Hostnames: host.Loopback})
	}
	main := core.Container{
		Name: container, Image: e.images.registry.Ref(image.ref), Command: e.command(host, image, root),
		Resources: resources(host), SecurityContext: securityOf(host, image, root),
	}
	for _, name := range slices.Sorted(maps.Keys(host.Environment)) {
		main.Env = append(main.Env, core.EnvVar{Name: name, Value: host.Environment[name]})
	}
	for i, folder := range host.Scratch {
		name := fmt.Sprintf("scratch-%d", i)
		size := quantity(folder.Size)
		pod.Spec.Volumes = append(pod.Spec.Volumes, core.Volume{Name: name, VolumeSource: core.VolumeSource{
			EmptyDir: &core.EmptyDirVolumeSource{Medium: core.StorageMediumMemory, SizeLimit: &size},
		}})
		main.VolumeMounts = append(main.VolumeMounts, core.VolumeMount{Name: name, MountPath: folder.Path})
	}
	// Nothing of the host runs before its walls hold.
	gate := main
	gate.Name, gate.Command, gate.VolumeMounts, gate.Env = "gate", []string{supervisorPath, "gate"}, nil, nil
	pod.Spec.InitContainers, pod.Spec.Containers = []core.Container{gate}, []core.Container{main}
	return pod
}

// command returns the command of a host's first process: the supervisor, with the main program of
// the image or of the plan.
func (e *Engine) command(host labs.HostPlan, image *image, root bool) []string {
	command := []string{supervisorPath, "init"}
	if root {
		command = append(command, "--user", cmp.Or(host.User, image.User, "root"))
	}
	if host.Restart {
		command = append(command, "--restart")
	}
	for _, folder := range host.Scratch {
		mode := folder.Mode.Perm()
		if folder.Mode&fs.ModeSticky != 0 {
			mode |= 0o1000
		}
		command = append(command, "--mode", strconv.FormatUint(uint64(mode), 8)+":"+folder.Path)
	}
	return slices.Concat(command, []string{"--"}, image.program(host.Command))
}

// isRoot reports whether a host's processes may be root: where nobody but the scenario or the
// grader works.
func isRoot(plan labs.Plan, host labs.HostPlan) bool {
	return plan.Lab.Role == labs.RoleSetup || host.Trusted || plan.Lab.Role == labs.RoleScratch
}

func resources(host labs.HostPlan) core.ResourceRequirements {
	memory, disk := quantity(host.Memory), quantity(diskLimit)
	cpu := *resource.NewMilliQuantity(int64(host.CPUs*1000), resource.DecimalSI)
	return core.ResourceRequirements{
		Limits: core.ResourceList{core.ResourceMemory: memory, core.ResourceCPU: cpu, core.ResourceEphemeralStorage: disk},
		Requests: core.ResourceList{
			core.ResourceMemory: quantity(min(host.Memory, reservedMemory)), core.ResourceCPU: *resource.NewMilliQuantity(reservedCPU, resource.DecimalSI),
			core.ResourceEphemeralStorage: quantity(reservedMemory),
		},
	}
}

// What the supervisor of a host needs whose processes have several users: to start, to end and to
// read what is theirs.
var supervisorNeeds = []string{"SETUID", "SETGID", "KILL", "DAC_OVERRIDE", "CHOWN", "FOWNER"}

// securityOf returns the walls around the processes of a host.
func securityOf(host labs.HostPlan, image *image, root bool) *core.SecurityContext {
	yes, no, none := true, false, int64(0)
	context := &core.SecurityContext{AllowPrivilegeEscalation: &no, ReadOnlyRootFilesystem: &host.ReadOnly}
	if !root {
		context.RunAsNonRoot, context.RunAsUser, context.RunAsGroup = &yes, &image.uid, &image.gid
		context.Capabilities = &core.Capabilities{Drop: []core.Capability{"ALL"}}
		return context
	}
	context.RunAsUser, context.RunAsGroup = &none, &none
	if host.Trusted {
		context.AllowPrivilegeEscalation = nil
		return context
	}
	context.Capabilities = &core.Capabilities{Drop: []core.Capability{"ALL"}}
	for _, name := range append(slices.Clone(supervisorNeeds), host.CapAdd...) {
		context.Capabilities.Add = append(context.Capabilities.Add, core.Capability(name))
	}
	return context
}

func pointer[T any](value T) *T { return &value }
