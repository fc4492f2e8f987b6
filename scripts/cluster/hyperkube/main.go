// Command hyperkube is all of Kubernetes in one program, for a cluster of tests: its first
// argument, or the name by which it is called, says which component it is. One program instead
// of seven shares most of its code, so it is linked and stored once.
package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"go.etcd.io/etcd/server/v3/etcdmain"
	"k8s.io/component-base/cli"
	_ "k8s.io/component-base/logs/json/register"
	_ "k8s.io/component-base/metrics/prometheus/clientgo"
	_ "k8s.io/component-base/metrics/prometheus/version"
	kubectl "k8s.io/kubectl/pkg/cmd"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllers "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	proxy "k8s.io/kubernetes/cmd/kube-proxy/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
	kubelet "k8s.io/kubernetes/cmd/kubelet/app"
)

// components makes the command of each component.
var components = map[string]func() *cobra.Command{
	"kube-apiserver":          apiserver.NewAPIServerCommand,
	"kube-controller-manager": controllers.NewControllerManagerCommand,
	"kube-proxy":              proxy.NewProxyCommand,
	"kube-scheduler":          func() *cobra.Command { return scheduler.NewSchedulerCommand() },
	"kubelet":                 func() *cobra.Command { return kubelet.NewKubeletCommand(context.Background()) },
}

func main() {
	args := os.Args
	if filepath.Base(args[0]) == "hyperkube" && len(args) > 1 {
		args = args[1:]
	}
	component := filepath.Base(args[0])
	os.Args = args // components read their arguments from here
	switch component {
	case "etcd":
		etcdmain.Main(args)
		return
	case "kubectl":
		if err := cli.RunNoErrOutput(kubectl.NewDefaultKubectlCommand()); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	command, ok := components[component]
	if !ok {
		all := append(slices.Collect(maps.Keys(components)), "etcd", "kubectl")
		slices.Sort(all)
		fmt.Fprintln(os.Stderr, "usage: hyperkube "+strings.Join(all, "|")+" …")
		os.Exit(2)
	}
	os.Exit(cli.Run(command()))
}
