package main

import (
	"sync"
	"time"

	"github.com/cloudnativelabs/kube-router/v2/pkg/controllers/netpol"
	"github.com/cloudnativelabs/kube-router/v2/pkg/healthcheck"
	"github.com/cloudnativelabs/kube-router/v2/pkg/options"
	"github.com/spf13/pflag"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
)

// resync is how often all rules are written again, in case something else changed them.
const resync = time.Minute

// enforce runs kube-router's controller of network policies, without its router and its proxy,
// until the process is ended.
func enforce(args []string) error {
	config := options.NewKubeRouterConfig()
	flags := pflag.NewFlagSet("netpol", pflag.ContinueOnError)
	kubeconfig := flags.String("kubeconfig", "", "how to reach the API server")
	flags.StringVar(&config.HostnameOverride, "node", "", "this node's name")
	flags.StringSliceVar(&config.ClusterIPCIDRs, "services", nil, "the range of Services' addresses")
	if err := flags.Parse(args); err != nil {
		return err
	}
	config.RunFirewall, config.EnableIPv4, config.EnableIPv6 = true, true, false
	config.IPTablesSyncPeriod = resync
	config.NodePortRange = "30000-32767"

	access, err := clientcmd.BuildConfigFromFlags("", *kubeconfig)
	if err != nil {
		return err
	}
	client, err := kubernetes.NewForConfig(access)
	if err != nil {
		return err
	}
	never := make(chan struct{})
	factory := informers.NewSharedInformerFactory(client, 0)
	pods := factory.Core().V1().Pods().Informer()
	namespaces := factory.Core().V1().Namespaces().Informer()
	policies := factory.Networking().V1().NetworkPolicies().Informer()
	factory.Start(never)
	factory.WaitForCacheSync(never)

	tables, sets, err := netpol.NewIPTablesHandlers(config)
	if err != nil {
		return err
	}
	controller, err := netpol.NewNetworkPolicyController(client, config, pods, policies, namespaces, &sync.Mutex{}, tables, sets)
	if err != nil {
		return err
	}
	if _, err := pods.AddEventHandler(controller.PodEventHandler); err != nil {
		return err
	}
	if _, err := namespaces.AddEventHandler(controller.NamespaceEventHandler); err != nil {
		return err
	}
	if _, err := policies.AddEventHandler(controller.NetworkPolicyEventHandler); err != nil {
		return err
	}
	// The controller blocks unless somebody takes its signs of life.
	beats := make(chan *healthcheck.ControllerHeartbeat)
	go func() {
		for range beats {
			continue
		}
	}()
	var running sync.WaitGroup
	running.Add(1)
	controller.Run(beats, never, &running)
	return nil
}
