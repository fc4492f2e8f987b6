package images

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"

	"endstate/labs"
	"endstate/labs/kit"
)

// maker makes missing images: each of them once, and in parallel if they do not depend on
// each other.
type maker struct {
	library *Library
	emit    labs.Emit
	mu      sync.Mutex
	images  map[string]*image
}

// image is an image that a maker makes once.
type image struct {
	once sync.Once
	ref  string
	err  error
}

func (m *maker) all(ctx context.Context, names []string) error {
	errs := make([]error, len(names))
	var all sync.WaitGroup
	for i, name := range names {
		all.Go(func() { _, errs[i] = m.image(ctx, name) })
	}
	all.Wait()
	return errors.Join(errs...)
}

// image finds or makes one image and returns its reference.
func (m *maker) image(ctx context.Context, name string) (string, error) {
	m.mu.Lock()
	one := m.images[name]
	if one == nil {
		one = &image{}
		m.images[name] = one
	}
	m.mu.Unlock()
	one.once.Do(func() { one.ref, one.err = m.make(ctx, name) })
	return one.ref, one.err
}

func (m *maker) make(ctx context.Context, name string) (string, error) {
	// Another process may have made it while this one waited for the lock.
	found, err := m.library.lookup(ctx, name)
	if err != nil {
		return "", err
	}
	if found != nil {
		return found.Ref, nil
	}
	builds, err := m.library.builds(name)
	if err != nil {
		return "", err
	}
	for _, build := range builds {
		if build.Needs != "" && !m.exists(ctx, build.Needs) && !m.library.store.Answers(ctx, build.Needs) {
			continue
		}
		ref, err := m.build(ctx, name, build)
		if err != nil {
			return "", fmt.Errorf("image %s: %w", name, err)
		}
		return ref, nil
	}
	return "", &labs.Problem{
		Code:   labs.CodeImageMissing,
		What:   fmt.Sprintf("The image %s needs %s, which is not available locally or from a registry", name, builds[0].Needs),
		Advice: "Choose another server.",
		Acts:   []labs.Act{{Name: labs.ActImagesLoad, For: "Or load it from a file"}},
	}
}

func (m *maker) exists(ctx context.Context, ref string) bool {
	_, err := m.library.store.Find(ctx, ref)
	return err == nil
}

// build makes an image in one of its ways: first the images that it is based on, then the
// Dockerfile, then the labels that name its contents.
func (m *maker) build(ctx context.Context, name string, build kit.Build) (ref string, err error) {
	args, err := m.bases(ctx, build)
	if err != nil {
		return "", err
	}
	end := m.emit.Step(labs.BuildImage, name)
	defer func() { end(err) }()
	progress := func(text string, done, total int64) { m.emit.Move(labs.BuildImage, name, text, done, total) }
	recipe, err := recipe(build, args)
	if err != nil {
		return "", err
	}
	id, err := m.library.store.Build(ctx, recipe, progress)
	if err != nil {
		return "", err
	}
	ref, err = m.library.ref(name, build.Server)
	if err != nil {
		return "", err
	}
	return ref, m.label(ctx, name, build.Runs, id, ref)
}

// bases finds or makes the images that a build is based on and returns the build arguments.
func (m *maker) bases(ctx context.Context, build kit.Build) (map[string]string, error) {
	if err := m.all(ctx, build.From); err != nil {
		return nil, err
	}
	args := map[string]string{"STAGE": m.library.stage()}
	for name, value := range build.Args {
		args[name] = value
	}
	for _, from := range build.From {
		ref, err := m.image(ctx, from)
		if err != nil {
			return nil, err
		}
		args[strings.ToUpper(strings.ReplaceAll(from, "-", "_"))] = ref
	}
	switch {
	case build.Bootstrap:
		root, err := bootstrap(ctx, m.library.store, m.emit)
		if err != nil {
			return nil, err
		}
		args["ROOT"] = root
	case build.Needs != "":
		if err := m.pull(ctx, build.Needs); err != nil {
			return nil, err
		}
		args["ROOT"] = build.Needs
	}
	return args, nil
}

func (m *maker) pull(ctx context.Context, ref string) (err error) {
	if m.exists(ctx, ref) {
		return nil
	}
	end := m.emit.Step(labs.PullImage, ref)
	defer func() { end(err) }()
	return m.library.store.Pull(ctx, ref, func(text string, done, total int64) { m.emit.Move(labs.PullImage, ref, text, done, total) })
}

// label labels an image with the packages in it, and tags it.
func (m *maker) label(ctx context.Context, name string, runs kit.Software, id, ref string) error {
	status, err := m.library.store.ReadFile(ctx, id, "/var/lib/dpkg/status")
	if err != nil && !errors.Is(err, labs.ErrNotFound) {
		return err
	}
	packages := packagesIn(string(status))
	text, err := json.Marshal(packages)
	if err != nil {
		return err
	}
	labels := map[string]string{LabelImage: name, LabelPackages: string(text)}
	if version := packages[runs.Package]; version != "" {
		labels[LabelServer] = runs.Name + " " + upstream(version)
	}
	_, err = m.library.store.Build(ctx, relabel(id, ref, labels), func(string, int64, int64) {})
	return err
}

// upstream returns a Debian package's upstream version: without epoch and revision.
// https://www.debian.org/doc/debian-policy/ch-controlfields.html#version
func upstream(version string) string {
	if _, after, found := strings.Cut(version, ":"); found {
		version = after
	}
	if i := strings.LastIndexByte(version, '-'); i > 0 {
		version = version[:i]
	}
	return version
}

// packagesIn reads package names and versions from dpkg's status file.
// https://man7.org/linux/man-pages/man5/deb-control.5.html
func packagesIn(status string) map[string]string {
	packages := map[string]string{}
	for _, paragraph := range strings.Split(status, "\n\n") {
		fields := map[string]string{}
		for _, line := range strings.Split(paragraph, "\n") {
			if name, value, ok := strings.Cut(line, ": "); ok {
				fields[name] = value
			}
		}
		if strings.HasSuffix(fields["Status"], " installed") {
			packages[fields["Package"]] = fields["Version"]
		}
	}
	return packages
}
