package images

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync"

	"endstate/labs"
	"endstate/labs/kit"
)

// prefix is the prefix of the names of all images that Endstate builds.
const prefix = "endstate/"

// Library knows all images by name, and how to build them.
type Library struct {
	store  Store
	images map[string]kit.Image
	server string // the server for images that can run several; empty: the best available
	locks  string // the folder of the lock that building processes share
}

// New returns a library of the images and the base image. server forces one server
// ("mongod", "ferretdb") for images that can run several. Building processes share a lock in
// the folder locks.
func New(store Store, all []kit.Image, server, locks string) *Library {
	library := &Library{store: store, images: map[string]kit.Image{}, server: server, locks: locks}
	for _, image := range append([]kit.Image{Base()}, all...) {
		library.images[image.Name] = image
	}
	return library
}

// Names returns the names of all images.
func (l *Library) Names() []string { return slices.Sorted(maps.Keys(l.images)) }

// Ensure finds the named images, and builds or pulls the missing ones, including the images
// that they are based on. Only one process at a time builds images.
func (l *Library) Ensure(ctx context.Context, names []string, emit labs.Emit) (map[string]labs.ImageRef, error) {
	found, missing, err := l.Lookup(ctx, names)
	if err != nil || len(missing) == 0 {
		return found, err
	}
	unlock, err := l.lock(ctx, emit)
	if err != nil {
		return nil, err
	}
	defer unlock()
	m := &maker{library: l, emit: emit, images: map[string]*image{}}
	if err := m.all(ctx, missing); err != nil {
		return nil, err
	}
	if err := l.prune(context.WithoutCancel(ctx)); err != nil {
		return nil, err
	}
	found, missing, err = l.Lookup(ctx, names)
	if err == nil && len(missing) > 0 {
		err = fmt.Errorf("images were built but can't be found: %v", missing)
	}
	return found, err
}

// Lookup returns the named images that exist, and the names of the missing ones.
func (l *Library) Lookup(ctx context.Context, names []string) (map[string]labs.ImageRef, []string, error) {
	results := make([]*labs.ImageRef, len(names))
	errs := make([]error, len(names))
	var all sync.WaitGroup
	for i, name := range names {
		all.Go(func() { results[i], errs[i] = l.lookup(ctx, name) })
	}
	all.Wait()
	if err := errors.Join(errs...); err != nil {
		return nil, nil, err
	}
	found, missing := map[string]labs.ImageRef{}, []string(nil)
	for i, name := range names {
		if results[i] == nil {
			missing = append(missing, name)
			continue
		}
		found[name] = *results[i]
	}
	return found, missing, nil
}

// lookup returns an image from the first of its builds that exists, or nil.
func (l *Library) lookup(ctx context.Context, name string) (*labs.ImageRef, error) {
	builds, err := l.builds(name)
	if err != nil {
		return nil, err
	}
	for _, build := range builds {
		ref, err := l.ref(name, build.Server)
		if err != nil {
			return nil, err
		}
		info, err := l.store.Find(ctx, ref)
		if errors.Is(err, labs.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		image := imageRef(name, ref, info)
		return &image, nil
	}
	return nil, nil
}

func imageRef(name, ref string, info *Info) labs.ImageRef {
	image := labs.ImageRef{Name: name, Ref: ref, ID: info.ID, Server: info.Labels[LabelServer], Size: info.Size}
	// Ignore a label that is not ours.
	_ = json.Unmarshal([]byte(info.Labels[LabelPackages]), &image.Packages)
	return image
}

// builds returns the ways to build an image. If a server is forced, it leaves out the others.
func (l *Library) builds(name string) ([]kit.Build, error) {
	image, ok := l.images[name]
	if !ok {
		return nil, labs.Misuse(fmt.Sprintf("There is no image %q", name), "Choose one of these: "+strings.Join(l.Names(), ", "))
	}
	builds := slices.DeleteFunc(slices.Clone(image.Builds), func(b kit.Build) bool {
		return b.Server != "" && l.server != "" && b.Server != l.server
	})
	if len(builds) == 0 {
		return nil, labs.Misuse(fmt.Sprintf("The image %s has no server %q", name, l.server), "Use mongod or ferretdb.")
	}
	return builds, nil
}

// ref returns the reference of an image, which contains the hash of its sources. Builds for
// the same server are alternatives, so they share a reference.
func (l *Library) ref(name, server string) (string, error) {
	h := sha256.New()
	for _, build := range l.images[name].Builds {
		if build.Server != server {
			continue
		}
		if err := l.hashBuild(h, build); err != nil {
			return "", fmt.Errorf("image %s: %w", name, err)
		}
	}
	repository := prefix + name
	if server != "" {
		repository += "-" + server
	}
	return repository + ":" + hex.EncodeToString(h.Sum(nil))[:16], nil
}

func (l *Library) hashBuild(h io.Writer, build kit.Build) error {
	fmt.Fprintf(h, "%s\x00%s\x00%v\x00%v\x00%v\x00", build.Needs, dockerfileName, build.Args, build.Bootstrap, build.Runs)
	for _, from := range build.From {
		ref, err := l.ref(from, "")
		if err != nil {
			return err
		}
		fmt.Fprintf(h, "%s\x00", ref)
	}
	return fs.WalkDir(build.Files, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := fs.ReadFile(build.Files, path)
		fmt.Fprintf(h, "%s\x00%d\x00%s", path, len(data), data)
		return err
	})
}

// List returns all images that Endstate built, including those of earlier versions.
func (l *Library) List(ctx context.Context) ([]labs.ImageRef, error) {
	all, err := l.store.List(ctx, LabelImage)
	if err != nil {
		return nil, err
	}
	found := []labs.ImageRef{}
	for _, info := range all {
		for _, ref := range info.Refs {
			// Snapshots inherit the label, but have another repository.
			repository, _, _ := strings.Cut(ref, ":")
			if name := info.Labels[LabelImage]; repository == prefix+name || strings.HasPrefix(repository, prefix+name+"-") {
				found = append(found, imageRef(name, ref, &info))
			}
		}
	}
	slices.SortFunc(found, func(a, b labs.ImageRef) int { return strings.Compare(a.Ref, b.Ref) })
	return found, nil
}

// Remove removes all images that Endstate built, and returns how many.
func (l *Library) Remove(ctx context.Context) (int, error) {
	found, err := l.List(ctx)
	if err != nil {
		return 0, err
	}
	for i, image := range found {
		if err := l.store.Remove(ctx, image.Ref); err != nil {
			return i, err
		}
	}
	_, stagesErr := l.store.Prune(ctx, LabelStage)
	// If two users built the same image at once, one of the two is untagged.
	_, imagesErr := l.store.Prune(ctx, LabelImage)
	return len(found), errors.Join(l.store.Remove(ctx, rootRef), stagesErr, imagesErr)
}

// prune removes build stages that are not part of any image. It removes only stages of
// processes that share the lock, because others may be building.
func (l *Library) prune(ctx context.Context) error {
	_, err := l.store.Prune(ctx, LabelStage+"="+l.stage())
	return err
}

// stage returns the label value of build stages of the processes that share the lock.
func (l *Library) stage() string {
	sum := sha256.Sum256([]byte(l.locks))
	return hex.EncodeToString(sum[:6])
}

// Save writes all images to w, and builds the missing ones first.
func (l *Library) Save(ctx context.Context, w io.Writer, emit labs.Emit) (err error) {
	found, err := l.Ensure(ctx, l.Names(), emit)
	if err != nil {
		return err
	}
	end := emit.Step(labs.SaveImages, "")
	defer func() { end(err) }()
	var refs []string
	for _, image := range found {
		refs = append(refs, image.Ref)
	}
	slices.Sort(refs)
	return l.store.Save(ctx, refs, w)
}

// Load reads images that [Library.Save] wrote.
func (l *Library) Load(ctx context.Context, r io.Reader, emit labs.Emit) (err error) {
	end := emit.Step(labs.LoadImages, "")
	defer func() { end(err) }()
	return l.store.Load(ctx, r)
}
