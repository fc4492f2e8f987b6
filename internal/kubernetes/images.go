package kubernetes

import (
	"context"
	"io"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"endstate/internal/images"
	"endstate/labs"
)

// Images finds images in the registry. They get there by endstate images push, from a machine with
// Docker: a cluster builds none.
type Images struct{ engine *Engine }

// Images returns the images in the registry.
func (e *Engine) Images() Images { return Images{engine: e} }

// Find returns an image. If the registry has none, the error is labs.ErrNotFound.
func (s Images) Find(ctx context.Context, ref string) (*images.Info, error) {
	found, err := s.engine.images.find(ctx, ref)
	if err != nil {
		return nil, err
	}
	return &found.Info, nil
}

// Answers reports whether the registry has the reference. Only images of Endstate's own count.
func (s Images) Answers(context.Context, string) bool { return false }

// missing is the problem of images that only another machine can make.
func (s Images) missing() error {
	return &labs.Problem{
		Code: labs.CodeImageMissing, What: "The registry " + s.engine.images.address + " lacks images of this version of Endstate",
		Acts: []labs.Act{{Name: labs.ActImagesPush, For: labs.ForPush, Registry: s.engine.images.address}},
	}
}

// Pull fails: nodes pull images themselves.
func (s Images) Pull(context.Context, string, images.Progress) error { return s.missing() }

// Import fails: a cluster makes no images.
func (s Images) Import(context.Context, io.Reader, string) error { return s.missing() }

// Build fails: a cluster makes no images.
func (s Images) Build(context.Context, images.Recipe, images.Progress) (string, error) {
	return "", s.missing()
}

// ReadFile fails: images are read where they are made.
func (s Images) ReadFile(context.Context, string, string) ([]byte, error) {
	return nil, s.missing()
}

// List returns no images: a registry can't be asked for labels.
func (s Images) List(context.Context, string) ([]images.Info, error) { return nil, nil }

// Remove removes an image from the registry.
func (s Images) Remove(ctx context.Context, ref string) error {
	return s.engine.images.remove(ctx, ref)
}

// Prune removes nothing: a registry has its own ways.
func (s Images) Prune(context.Context, string) (int64, error) { return 0, nil }

// Save fails: images are saved where they are made.
func (s Images) Save(context.Context, []string, io.Writer) error { return labs.ErrUnsupported }

// Load fails: images are loaded where Docker is, and pushed from there.
func (s Images) Load(context.Context, io.Reader) error { return labs.ErrUnsupported }

// Info returns information about the cluster.
func (e *Engine) Info(ctx context.Context) (labs.EngineInfo, error) {
	version, err := e.api.Discovery().ServerVersion()
	if err != nil {
		return labs.EngineInfo{}, failure(err, "ask the cluster about itself")
	}
	info := labs.EngineInfo{
		Name: "Kubernetes", Version: version.GitVersion, Address: e.config.Host, System: version.Platform,
		Details: []string{"namespace " + e.namespace, "registry " + e.images.address},
	}
	nodes, err := e.api.CoreV1().Nodes().List(ctx, metav1.ListOptions{})
	if err != nil {
		return info, nil // nodes may be none of this account's business
	}
	for _, node := range nodes.Items {
		info.CPUs += int(node.Status.Allocatable.Cpu().Value())
		info.Memory += node.Status.Allocatable.Memory().Value()
	}
	return info, nil
}
