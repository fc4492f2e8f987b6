// Package registry speaks to container registries: it looks up what they have, pushes images of
// an engine, and appends layers to images that are there.
package registry

import (
	"context"
	"errors"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote"

	"endstate/internal/images"
	"endstate/labs"
)

// answerTimeout is how long to wait for the answer to a request that was sent in full. A
// registry may have to move a large layer to its storage first.
const answerTimeout = 2 * time.Minute

// Registry is a container registry, or a folder of one. References of images are relative to it.
// Accounts are those that `docker login` has stored.
type Registry struct {
	address   string
	plain     bool
	transport http.RoundTripper

	mu    sync.Mutex
	known map[v1.Hash]v1.Layer // layers that are there, by the hash of their content
}

// New returns the registry at an address: HOST, HOST:PORT, or one of these with a folder. Only on
// this machine may it speak plain HTTP, unless plain allows that. New asks it nothing.
func New(address string, plain bool) (*Registry, error) {
	parts := strings.Split(address, "/")
	_, err := name.NewRepository(address + "/image")
	// A name without a dot or a port would mean a folder of Docker's own registry.
	if err != nil || slices.Contains(parts, "") || !strings.ContainsAny(parts[0], ".:") {
		return nil, labs.Misuse("There can be no registry at "+address, "Write HOST, HOST:PORT or HOST/FOLDER, without https://. The host's name has a dot or a port.")
	}
	transport := remote.DefaultTransport.(*http.Transport).Clone()
	transport.ResponseHeaderTimeout = answerTimeout
	return &Registry{address: address, plain: plain, transport: guard{plain: plain, next: transport}, known: map[v1.Hash]v1.Layer{}}, nil
}

// Ref returns the full reference of an image in the registry.
func (r *Registry) Ref(ref string) string { return r.address + "/" + ref }

// Find returns an image, or labs.ErrNotFound. Its ID is the digest of its manifest, and its size
// is that of its compressed layers.
func (r *Registry) Find(ctx context.Context, ref string) (*images.Info, error) {
	image, err := r.image(ctx, ref)
	if err != nil {
		return nil, err
	}
	info := &images.Info{Refs: []string{r.Ref(ref)}}
	digest, err := image.Digest()
	if err != nil {
		return nil, r.failure(err)
	}
	info.ID = digest.String()
	manifest, err := image.Manifest()
	if err != nil {
		return nil, r.failure(err)
	}
	for _, layer := range manifest.Layers {
		info.Size += layer.Size
	}
	config, err := image.ConfigFile()
	if err != nil {
		return nil, r.failure(err)
	}
	info.Labels, info.User = config.Config.Labels, config.Config.User
	info.Entrypoint, info.Command = config.Config.Entrypoint, config.Config.Cmd
	return info, r.failure(r.learn(image))
}

// image returns an image of the registry, or labs.ErrNotFound.
func (r *Registry) image(ctx context.Context, ref string) (v1.Image, error) {
	at, err := r.parse(ref)
	if err != nil {
		return nil, err
	}
	image, err := remote.Image(at, r.options(ctx)...)
	if isMissing(err) {
		return nil, labs.ErrNotFound
	}
	return image, r.failure(err)
}

// learn remembers the layers of an image that is there, so that they need not be sent again.
func (r *Registry) learn(image v1.Image) error {
	layers, err := image.Layers()
	if err != nil {
		return err
	}
	config, err := image.ConfigFile()
	if err != nil {
		return err
	}
	if len(layers) != len(config.RootFS.DiffIDs) {
		return errors.New("the image's configuration does not fit its layers")
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, content := range config.RootFS.DiffIDs {
		r.known[content] = layers[i]
	}
	return nil
}

func (r *Registry) parse(ref string) (name.Reference, error) {
	var with []name.Option
	if r.plain {
		with = append(with, name.Insecure)
	}
	at, err := name.ParseReference(r.Ref(ref), with...)
	if err != nil {
		return nil, labs.Misuse("There can be no image "+r.Ref(ref), "Check the reference.")
	}
	return at, nil
}

func (r *Registry) options(ctx context.Context) []remote.Option {
	return []remote.Option{
		remote.WithContext(ctx), remote.WithTransport(r.transport), remote.WithAuthFromKeychain(authn.DefaultKeychain),
		remote.WithPlatform(v1.Platform{OS: "linux", Architecture: runtime.GOARCH}), remote.WithUserAgent("endstate"),
	}
}
