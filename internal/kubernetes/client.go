// Package kubernetes runs labs on a Kubernetes cluster. It implements labs.Engine and
// labs.Snapshots, and finds the images of labs in a registry.
//
// A lab is a namespace that nothing leaves, with a pod for each host. What identifies it is a
// config map in the grader's namespace, where its record is a secret: nobody in a lab reaches
// either. The first process of each host is a supervisor of ours (internal/supervisor).
package kubernetes

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/go-logr/logr"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/klog/v2"

	"endstate/labs"
)

// DefaultNamespace is the grader's namespace.
const DefaultNamespace = "endstate"

// Options say which cluster to use, and how.
type Options struct {
	Context   string              // of the kubeconfig; empty: the current one
	Namespace string              // the grader's; empty: [DefaultNamespace]
	Registry  string              // where images are, as nodes and this process reach it
	PlainHTTP bool                // the registry may do without TLS, wherever it is
	Version   string              // Endstate's version, for labels
	State     map[string][]string // the name of an image → the folders that a snapshot of a host keeps
}

// Engine is a cluster.
type Engine struct {
	config    *rest.Config
	api       kubernetes.Interface
	metadata  metadata.Interface
	namespace string
	images    *store
	tidied    atomic.Int64 // when hosts without a process were last removed: see [Engine.tidy]
	version   string
}

// answerTimeout is how long to wait for a cluster's first answer.
const answerTimeout = 10 * time.Second

// Open finds the cluster as kubectl does: by KUBECONFIG, by ~/.kube/config, or as the cluster that
// this process runs in. It returns a *labs.Problem if no cluster answers.
func Open(ctx context.Context, options Options) (*Engine, error) {
	if options.Registry == "" {
		return nil, &labs.Problem{
			Code: labs.CodeEngine, What: "A cluster takes images from a registry, and none is set",
			Advice: "Set ENDSTATE_REGISTRY, such as registry.example.org/labs.",
			Acts:   []labs.Act{{Name: labs.ActImagesPush, For: "Put the images there from a machine with Docker"}},
		}
	}
	images, err := newStore(options.Registry, options.PlainHTTP, options.State)
	if err != nil {
		return nil, err
	}
	config, err := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(
		clientcmd.NewDefaultClientConfigLoadingRules(), &clientcmd.ConfigOverrides{CurrentContext: options.Context}).ClientConfig()
	if err != nil {
		return nil, &labs.Problem{Code: labs.CodeEngine, What: "The kubeconfig can't be used", Advice: "See: kubectl config view, and KUBECONFIG", Err: err}
	}
	// A class starts labs at once; the cluster has its own limits.
	klog.SetLogger(logr.Discard()) // what is wrong with a connection is in an error
	config.QPS, config.Burst, config.UserAgent = 200, 400, "endstate/"+options.Version
	api, err := kubernetes.NewForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("open the cluster: %w", err)
	}
	meta, err := metadata.NewForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("open the cluster: %w", err)
	}
	e := &Engine{
		config: config, api: api, metadata: meta, namespace: cmp.Or(options.Namespace, DefaultNamespace), version: options.Version,
		images: images,
	}
	call, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	_, err = api.CoreV1().Namespaces().Get(call, e.namespace, metav1.GetOptions{})
	switch {
	case err == nil:
		return e, nil
	case apierrors.IsNotFound(err):
		return e, e.found(ctx)
	case apierrors.IsForbidden(err):
		return nil, &labs.Problem{
			Code: labs.CodeEngine, What: "The cluster does not let this account see the namespace " + e.namespace,
			Advice: "Give it the rights in deploy/helm/endstate/rights.", Err: err,
		}
	}
	return nil, &labs.Problem{
		Code: labs.CodeEngine, What: "No cluster answers at " + config.Host,
		Advice: "Check with: kubectl version", Err: err,
	}
}

// found creates the grader's namespace, shut like that of a lab: fresh hosts run in it.
func (e *Engine) found(ctx context.Context) error {
	if err := e.createNamespace(ctx, e.namespace, nil, nil, true); err != nil && !apierrors.IsAlreadyExists(err) {
		return failure(err, "create the namespace %s", e.namespace)
	}
	return nil
}

// Close has nothing to close: connections are shared by the process.
func (e *Engine) Close() error { return nil }

// Now returns the time. Clocks of a cluster's machines are kept together, and this process takes
// part in it.
func (e *Engine) Now() time.Time { return time.Now().Truncate(time.Second) }

// callContext returns a context for a call that creates something: it outlives its parent, so that
// what was created can be removed.
func callContext(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
}

// failure describes what could not be done.
func failure(err error, doing string, args ...any) error {
	doing = fmt.Sprintf(doing, args...)
	switch {
	case apierrors.IsNotFound(err):
		return fmt.Errorf("%s: %w", doing, errors.Join(labs.ErrNotFound, err))
	case apierrors.IsForbidden(err) && isQuota(err):
		return &labs.Problem{
			Code: labs.CodeEngine, What: "The cluster's quota is used up", Advice: "End labs that you don't need, or raise the quota.", Err: fmt.Errorf("%s: %w", doing, err),
		}
	case apierrors.IsForbidden(err):
		return &labs.Problem{
			Code: labs.CodeEngine, What: "The cluster refuses: " + doing, Advice: "Give this account the rights in deploy/helm/endstate/rights.", Err: err,
		}
	}
	return fmt.Errorf("%s: %w", doing, err)
}
