package registry

import (
	"context"
	"errors"
	"io"
	"maps"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/stream"
)

// Append makes an image in the registry from a base image there, and returns the digest of its
// manifest. layers are tar archives; see [Replacing] for those that replace folders. They are read
// once, and compressed on the way; several are read at the same time. labels are added to those of the base. Nothing of the base is fetched or
// sent but its configuration.
func (r *Registry) Append(ctx context.Context, base string, layers []io.Reader, labels map[string]string, ref string) (string, error) {
	at, err := r.parse(ref)
	if err != nil {
		return "", err
	}
	image, err := r.image(ctx, base)
	if err != nil {
		return "", err
	}
	now := v1.Time{Time: time.Now().UTC()}
	if image, err = label(image, labels, now); err != nil {
		return "", r.failure(err)
	}
	sources := make([]*source, len(layers))
	for i, layer := range layers {
		sources[i] = &source{from: layer}
		image, err = mutate.Append(image, mutate.Addendum{
			Layer:   stream.NewLayer(io.NopCloser(sources[i])),
			History: v1.History{Created: now, CreatedBy: "endstate"},
		})
		if err != nil {
			return "", r.failure(err)
		}
	}
	if err := remote.Write(at, image, r.options(ctx)...); err != nil {
		for _, source := range sources {
			if source.err != nil {
				return "", source.err
			}
		}
		return "", r.failure(err)
	}
	digest, err := image.Digest()
	return digest.String(), err
}

// label returns an image with more labels. The layers of the result may be streams, whose content
// is not known yet, so this comes before they are appended.
func label(image v1.Image, labels map[string]string, now v1.Time) (v1.Image, error) {
	config, err := image.ConfigFile()
	if err != nil {
		return nil, err
	}
	config = config.DeepCopy()
	config.Created = now
	if config.Config.Labels == nil {
		config.Config.Labels = map[string]string{}
	}
	maps.Copy(config.Config.Labels, labels)
	return mutate.ConfigFile(image, config)
}

// source remembers why a layer could not be read, as that is not the registry's fault.
type source struct {
	from io.Reader
	err  error
}

// Read reads from the layer.
func (s *source) Read(p []byte) (int, error) {
	n, err := s.from.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		s.err = err
	}
	return n, err
}
