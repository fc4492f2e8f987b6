package docker

import (
	"archive/tar"
	"context"
	"encoding/json"
	"errors"
	"io"
	"time"

	"github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/build"
	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/filters"
	"github.com/docker/docker/api/types/image"
	"github.com/docker/docker/client"

	"endstate/internal/images"
	"endstate/labs"
)

// registryTimeout is how long to wait for a registry's answer.
const registryTimeout = 5 * time.Second

// Images is an engine's store of images.
type Images struct{ engine *Engine }

// Images returns the engine's store of images.
func (e *Engine) Images() Images { return Images{engine: e} }

// Find returns an image. If it does not exist, the error is labs.ErrNotFound.
func (s Images) Find(ctx context.Context, ref string) (*images.Info, error) {
	found, err := s.engine.api.ImageInspect(ctx, ref)
	if errdefs.IsNotFound(err) {
		return nil, labs.ErrNotFound
	}
	if err != nil {
		return nil, failure(err, "find image %s", ref)
	}
	info := &images.Info{ID: found.ID, Refs: found.RepoTags, Size: found.Size}
	if found.Config != nil {
		info.Labels = found.Config.Labels
	}
	return info, nil
}

// Answers reports whether a registry has the reference, and answers in time.
func (s Images) Answers(ctx context.Context, ref string) bool {
	ctx, cancel := context.WithTimeout(ctx, registryTimeout)
	defer cancel()
	_, err := s.engine.api.DistributionInspect(ctx, ref, "")
	return err == nil
}

// Pull pulls an image from its registry.
func (s Images) Pull(ctx context.Context, ref string, progress images.Progress) error {
	stream, err := s.engine.api.ImagePull(ctx, ref, image.PullOptions{})
	if err != nil {
		return failure(err, "pull %s", ref)
	}
	defer stream.Close()
	layers := map[string][2]int64{}
	_, err = follow(stream, func(m message) {
		if m.ProgressDetail.Total > 0 && m.Status == "Downloading" {
			layers[m.ID] = [2]int64{m.ProgressDetail.Current, m.ProgressDetail.Total}
		}
		var done, total int64
		for _, layer := range layers {
			done, total = done+layer[0], total+layer[1]
		}
		progress(m.Status, done, total)
	})
	if err != nil {
		return failure(err, "pull %s", ref)
	}
	return nil
}

// Import creates an image from a root file system.
func (s Images) Import(ctx context.Context, root io.Reader, ref string) error {
	stream, err := s.engine.api.ImageImport(ctx, image.ImportSource{Source: root, SourceName: "-"}, ref, image.ImportOptions{})
	if err != nil {
		return failure(err, "import %s", ref)
	}
	defer stream.Close()
	if _, err := follow(stream, func(message) {}); err != nil {
		return failure(err, "import %s", ref)
	}
	return nil
}

// ReadFile reads a file inside an image, through a container that is never started.
func (s Images) ReadFile(ctx context.Context, ref, path string) ([]byte, error) {
	if err := context.Cause(ctx); err != nil {
		return nil, err
	}
	call, cancel := callContext(ctx)
	defer cancel()
	created, err := s.engine.api.ContainerCreate(call, &container.Config{Image: ref, Cmd: []string{"true"}}, nil, nil, nil, "")
	if err != nil {
		return nil, failure(err, "inspect image %s", ref)
	}
	archive, err := s.engine.CopyOut(call, labs.Host{Name: ref, ID: created.ID}, path)
	if err != nil {
		return nil, errors.Join(err, s.engine.removeContainer(call, created.ID))
	}
	defer archive.Close()
	files := tar.NewReader(archive)
	_, err = files.Next()
	var data []byte
	if err == nil {
		data, err = io.ReadAll(files)
	}
	return data, errors.Join(err, s.engine.removeContainer(call, created.ID))
}

// List returns the images that have a label.
func (s Images) List(ctx context.Context, label string) ([]images.Info, error) {
	found, err := s.engine.api.ImageList(ctx, image.ListOptions{Filters: filters.NewArgs(filters.Arg("label", label))})
	if err != nil {
		return nil, failure(err, "list images")
	}
	all := make([]images.Info, len(found))
	for i, f := range found {
		all[i] = images.Info{ID: f.ID, Refs: f.RepoTags, Labels: f.Labels, Size: f.Size}
	}
	return all, nil
}

// Remove removes an image. It succeeds if there is none.
func (s Images) Remove(ctx context.Context, ref string) error {
	_, err := s.engine.api.ImageRemove(ctx, ref, image.RemoveOptions{PruneChildren: true})
	if errdefs.IsConflict(err) {
		return &labs.Problem{Code: labs.CodeInUse, What: "The image " + ref + " is in use", Acts: []labs.Act{{Name: labs.ActStopAll, For: "Stop what uses it first"}}, Err: err}
	}
	if err != nil && !errdefs.IsNotFound(err) {
		return failure(err, "remove image %s", ref)
	}
	return nil
}

// Prune removes untagged images that have a label.
func (s Images) Prune(ctx context.Context, label string) (int64, error) {
	what := filters.NewArgs(filters.Arg("label", label), filters.Arg("dangling", "true"))
	report, err := s.engine.api.ImagesPrune(ctx, what)
	for errdefs.IsConflict(err) && ctx.Err() == nil { // an engine allows one prune at a time
		time.Sleep(time.Second)
		report, err = s.engine.api.ImagesPrune(ctx, what)
	}
	if err != nil {
		return 0, failure(err, "remove remains of builds")
	}
	return int64(report.SpaceReclaimed), nil
}

// Save writes images as an archive.
func (s Images) Save(ctx context.Context, refs []string, w io.Writer) error {
	archive, err := s.engine.api.ImageSave(ctx, refs)
	if err != nil {
		return failure(err, "save images")
	}
	defer archive.Close()
	if _, err := io.Copy(w, archive); err != nil {
		return failure(err, "save images")
	}
	return nil
}

// Load loads images that Save wrote.
func (s Images) Load(ctx context.Context, r io.Reader) error {
	loaded, err := s.engine.api.ImageLoad(ctx, r, client.ImageLoadWithQuiet(true))
	if err != nil {
		return failure(err, "load images")
	}
	defer loaded.Body.Close()
	if _, err := follow(loaded.Body, func(message) {}); err != nil {
		return failure(err, "load images")
	}
	return nil
}

// Build builds an image from a recipe and returns its ID.
func (s Images) Build(ctx context.Context, recipe images.Recipe, progress images.Progress) (string, error) {
	options := build.ImageBuildOptions{
		Dockerfile: recipe.Dockerfile, BuildArgs: map[string]*string{}, Labels: recipe.Labels,
		Remove: true, ForceRemove: true, Version: build.BuilderV1,
	}
	for name, value := range recipe.Args {
		options.BuildArgs[name] = &value
	}
	if recipe.Ref != "" {
		options.Tags = []string{recipe.Ref}
	}
	if recipe.Host {
		options.NetworkMode = "host"
	}
	answer, err := s.engine.api.ImageBuild(ctx, recipe.Context, options)
	if err != nil {
		return "", failure(err, "build image")
	}
	defer answer.Body.Close()
	log := &buildLog{progress: progress}
	id, err := follow(answer.Body, log.read)
	if err == nil && id == "" {
		err = errors.New("the builder returned no image")
	}
	if cause := context.Cause(ctx); cause != nil {
		return "", cause
	}
	if full := new(labs.Problem); err != nil && errors.As(failure(err, "build image"), &full) {
		return "", full
	}
	if err != nil {
		return "", &labs.Problem{
			Code:   labs.CodeBuild,
			What:   "An image could not be built",
			Advice: "The build's last lines:\n" + log.last() + "\nIs the network available?", Err: err,
			Acts: []labs.Act{{Name: labs.ActExamine, For: "See"}},
		}
	}
	return id, nil
}

// message is one line of an engine's report on a long operation.
type message struct {
	ID             string `json:"id"`
	Stream         string `json:"stream"`
	Status         string `json:"status"`
	Error          string `json:"error"`
	ProgressDetail struct {
		Current int64 `json:"current"`
		Total   int64 `json:"total"`
	} `json:"progressDetail"`
	Aux struct {
		ID string `json:"ID"`
	} `json:"aux"`
}

// follow reads messages to their end. It returns the last ID in them, or the error that one
// of them reports.
func follow(stream io.Reader, tell func(message)) (id string, err error) {
	decoder := json.NewDecoder(stream)
	for {
		var raw json.RawMessage
		if err := decoder.Decode(&raw); errors.Is(err, io.EOF) {
			return id, nil
		} else if err != nil {
			return id, err
		}
		var m message
		if err := json.Unmarshal(raw, &m); err != nil {
			continue // an auxiliary message of another kind
		}
		if m.Error != "" {
			return id, errors.New(m.Error)
		}
		if m.Aux.ID != "" {
			id = m.Aux.ID
		}
		tell(m)
	}
}
