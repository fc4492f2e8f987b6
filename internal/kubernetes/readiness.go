package kubernetes

import (
	"bytes"
	"context"
	"crypto/rand"
	"io"
	"slices"
	"strings"

	"endstate/internal/kubernetes/readiness"
	"endstate/labs"
)

// baseRepository has the image that all images of labs are made from.
const baseRepository = "endstate/base"

// Examine says whether the cluster has what labs need. It starts a pod, and writes to the registry.
func (e *Engine) Examine(ctx context.Context) []labs.Need {
	plan := labs.HostPlan{Memory: 512 << 20, CPUs: 1}
	return readiness.Examine(ctx, readiness.Cluster{
		API: e.api, Namespace: e.namespace, Host: resources(plan), Gate: []string{supervisorPath, "gate"}, Open: gateOpen,
		Image: func(ctx context.Context) (string, error) {
			base, err := e.images.base(ctx)
			if err != nil {
				return "", err
			}
			found, err := e.images.find(ctx, base)
			if err != nil {
				return "", err
			}
			return e.images.registry.Ref(found.ref), nil
		},
		Write: func(ctx context.Context) (func(context.Context) error, error) {
			base, err := e.images.base(ctx)
			if err != nil {
				return nil, err
			}
			ref := snapshotRepository + ":doctor-" + strings.ToLower(rand.Text())
			nothing := bytes.NewReader(make([]byte, 1024)) // an archive's end
			_, err = e.images.registry.Append(ctx, base, []io.Reader{nothing}, nil, ref)
			return func(ctx context.Context) error { return e.images.remove(ctx, ref) }, err
		},
	})
}

// base returns a reference of the base image, of any version.
func (s *store) base(ctx context.Context) (string, error) {
	tags, err := s.registry.Tags(ctx, baseRepository)
	if err != nil {
		return "", err
	}
	plain := slices.DeleteFunc(tags, func(tag string) bool { return strings.Contains(tag, "-") })
	if len(plain) == 0 {
		return "", &labs.Problem{
			Code: labs.CodeImageMissing, What: "The registry " + s.address + " has no images of Endstate",
			Acts: []labs.Act{{Name: labs.ActImagesPush, For: labs.ForPush, Registry: s.address}},
		}
	}
	return baseRepository + ":" + plain[0], nil
}
