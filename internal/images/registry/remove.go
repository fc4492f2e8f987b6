package registry

import (
	"context"

	"github.com/google/go-containerregistry/pkg/v1/remote"

	"endstate/labs"
)

// Tags returns the tags of the images in a repository; none if there is no such repository.
func (r *Registry) Tags(ctx context.Context, repository string) ([]string, error) {
	at, err := r.parse(repository + ":any")
	if err != nil {
		return nil, err
	}
	tags, err := remote.List(at.Context(), r.options(ctx)...)
	if isMissing(err) {
		return nil, nil
	}
	return tags, r.failure(err)
}

// Remove removes an image with all its tags. It succeeds if there is none. Registries free the
// space of its layers later, each in its own way. If one allows no removal, that is a problem.
func (r *Registry) Remove(ctx context.Context, ref string) error {
	at, err := r.parse(ref)
	if err != nil {
		return err
	}
	found, err := remote.Head(at, r.options(ctx)...)
	if isMissing(err) {
		return nil
	}
	if err != nil {
		return r.failure(err)
	}
	// By digest: not all registries can remove a tag, and with the manifest go its tags.
	err = remote.Delete(at.Context().Digest(found.Digest.String()), r.options(ctx)...)
	if err == nil || isMissing(err) {
		return nil
	}
	if isUnsupported(err) {
		return &labs.Problem{
			Code: labs.CodeRegistry, What: "The registry " + r.address + " does not allow images to be removed",
			Advice: "Allow it in the registry's settings, or let the registry remove old images by itself.", Err: err,
		}
	}
	return r.failure(err)
}
