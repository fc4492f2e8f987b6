package images

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"

	"endstate/labs"
)

// Registry is where images can be pushed to. References are relative to it.
type Registry interface {
	// Find returns an image, or labs.ErrNotFound.
	Find(ctx context.Context, ref string) (*Info, error)
	// Push pushes the only image of an archive that Store.Save wrote.
	Push(ctx context.Context, ref, archive string, progress Progress) error
}

// Push pushes all images to a registry, and builds the missing ones first. It returns how many
// were sent, and how many there are. An image's reference has the hash of its sources, so one that
// the registry has is not sent again.
func (l *Library) Push(ctx context.Context, to Registry, emit labs.Emit) (sent, all int, err error) {
	found, missing, err := l.Lookup(ctx, l.Names())
	if err != nil {
		return 0, 0, err
	}
	if len(missing) > 0 {
		// Find out before the images are built whether there is a registry.
		if _, err := to.Find(ctx, prefix+missing[0]+":latest"); err != nil && !errors.Is(err, labs.ErrNotFound) {
			return 0, 0, err
		}
		if found, err = l.Ensure(ctx, l.Names(), emit); err != nil {
			return 0, 0, err
		}
	}
	lacking, err := lackedBy(ctx, to, slices.Collect(maps.Values(found)), emit)
	if err != nil {
		return 0, 0, err
	}
	// An image is larger than what it is based on, whose layers then are there already.
	slices.SortFunc(lacking, func(a, b labs.ImageRef) int { return cmp.Compare(a.Size, b.Size) })
	for _, image := range lacking {
		if err := l.push(ctx, to, image, emit); err != nil {
			return sent, len(found), err
		}
		sent++
	}
	return sent, len(found), nil
}

// lackedBy returns those images that a registry lacks.
func lackedBy(ctx context.Context, at Registry, all []labs.ImageRef, emit labs.Emit) (lacking []labs.ImageRef, err error) {
	end := emit.Step(labs.AskRegistry, "")
	defer func() { end(err) }()
	for i, image := range all {
		emit.Move(labs.AskRegistry, "", "", int64(i), int64(len(all)))
		_, err := at.Find(ctx, image.Ref)
		switch {
		case errors.Is(err, labs.ErrNotFound):
			lacking = append(lacking, image)
		case err != nil:
			return nil, err
		}
	}
	return lacking, nil
}

// push pushes one image by way of a file, as the engine writes an image as a stream, and a
// registry wants to know what a layer is before it is sent.
func (l *Library) push(ctx context.Context, to Registry, image labs.ImageRef, emit labs.Emit) (err error) {
	end := emit.Step(labs.PushImage, image.Name)
	defer func() { end(err) }()
	file, err := os.CreateTemp("", "endstate-push-*.tar")
	if err != nil {
		return &labs.Problem{Code: labs.CodeFile, What: "No temporary file can be made", Advice: "Make room, or set TMPDIR to another folder.", Err: err}
	}
	defer os.Remove(file.Name())
	emit.Move(labs.PushImage, image.Name, "reading it from the engine", 0, 0)
	if err := errors.Join(l.store.Save(ctx, []string{image.Ref}, file), file.Close()); err != nil {
		return fmt.Errorf("read the image %s: %w", image.Name, err)
	}
	emit.Move(labs.PushImage, image.Name, "compressing it", 0, 0)
	return to.Push(ctx, image.Ref, file.Name(), func(text string, done, total int64) {
		emit.Move(labs.PushImage, image.Name, text, done, total)
	})
}
