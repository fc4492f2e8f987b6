package registry

import (
	"context"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/tarball"

	"endstate/internal/images"
)

// Push pushes the only image of an archive as the engine saves it. Layers of images that were
// found or pushed before are not sent again, nor compressed to find out whether they are there.
func (r *Registry) Push(ctx context.Context, ref, archive string, progress images.Progress) error {
	at, err := r.parse(ref)
	if err != nil {
		return err
	}
	image, err := tarball.ImageFromPath(archive, nil)
	if err != nil {
		return err
	}
	if image, err = r.thin(image); err != nil {
		return err
	}
	updates := make(chan v1.Update, 1)
	told := make(chan struct{})
	go func() {
		defer close(told)
		for update := range updates {
			if update.Error == nil {
				progress("", update.Complete, update.Total)
			}
		}
	}()
	err = remote.Write(at, image, append(r.options(ctx), remote.WithProgress(updates))...) // closes updates
	<-told
	if err != nil {
		return r.failure(err)
	}
	pushed, err := r.image(ctx, ref)
	if err != nil {
		return err
	}
	return r.failure(r.learn(pushed))
}

// thin returns the same image with layers of the registry in place of its own, where it can.
func (r *Registry) thin(image v1.Image) (v1.Image, error) {
	layers, err := image.Layers()
	if err != nil {
		return nil, err
	}
	config, err := image.ConfigFile()
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	for i, content := range config.RootFS.DiffIDs[:min(len(layers), len(config.RootFS.DiffIDs))] {
		if known, ok := r.known[content]; ok {
			layers[i] = known
		}
	}
	r.mu.Unlock()
	if image, err = mutate.AppendLayers(empty.Image, layers...); err != nil {
		return nil, err
	}
	return mutate.ConfigFile(image, config)
}
