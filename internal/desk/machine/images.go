package machine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"endstate/internal/images/registry"
	"endstate/labs"
)

// BuildImages builds missing images; without names, all of them.
func (d *Desk) BuildImages(ctx context.Context, who labs.Learner, names []string, emit labs.Emit) error {
	if err := d.parts.Maintain(ctx, who, emit); err != nil {
		return err
	}
	if len(names) == 0 {
		names = d.parts.Images().Names()
	}
	_, err := d.parts.Images().Ensure(ctx, names, emit)
	return err
}

// Kept is what labs are started from.
type Kept struct {
	Images    []labs.ImageRef `json:"images"`
	Snapshots []KeptSnapshot  `json:"snapshots"`
}

// KeptSnapshot is a snapshot, with the time of its last use.
type KeptSnapshot struct {
	labs.Snapshot
	Used time.Time `json:"used"`
}

// Images returns the existing images and snapshots.
func (d *Desk) Images(ctx context.Context, who labs.Learner, emit labs.Emit) (kept Kept, err error) {
	if err := d.parts.Open(ctx, who, emit); err != nil {
		return kept, err
	}
	end := emit.Step(labs.ListImages, "")
	defer func() { end(err) }()
	if kept.Images, err = d.parts.Images().List(ctx); err != nil {
		return kept, err
	}
	all, err := d.parts.Backend().Snapshots.List(ctx)
	if err != nil {
		return kept, err
	}
	all = slices.DeleteFunc(all, labs.Snapshot.Saved) // their learners look after them
	kept.Snapshots = make([]KeptSnapshot, len(all))
	for i, s := range all {
		kept.Snapshots[i].Snapshot = s
		if kept.Snapshots[i].Used, err = d.parts.Backend().Snapshots.LastUsed(ctx, s); err != nil {
			return kept, err
		}
	}
	return kept, nil
}

// DropSnapshots removes unused snapshots, and returns how many. They are made again when needed.
func (d *Desk) DropSnapshots(ctx context.Context, who labs.Learner, emit labs.Emit) (n int, err error) {
	if err := d.parts.Maintain(ctx, who, emit); err != nil {
		return 0, err
	}
	end := emit.Step(labs.DropSnapshots, "")
	defer func() { end(err) }()
	all, err := d.parts.Backend().Snapshots.List(ctx)
	if err != nil {
		return 0, err
	}
	all = slices.DeleteFunc(all, labs.Snapshot.Saved)
	for i, s := range all {
		emit.Move(labs.DropSnapshots, "", "", int64(i), int64(len(all)))
		dropped, err := d.parts.Backend().Snapshots.Drop(ctx, s)
		if err != nil {
			return n, err
		}
		if dropped {
			n++
		} else {
			emit.Warn(&labs.Problem{Code: labs.CodeInUse, What: fmt.Sprintf("The snapshot of %s, seed %d, is in use and stays", s.Scenario, s.Seed)}, "")
		}
	}
	return n, nil
}

// RemoveImages removes the images, and returns how many. They are built again when needed.
func (d *Desk) RemoveImages(ctx context.Context, who labs.Learner, emit labs.Emit) (n int, err error) {
	if err := d.parts.Maintain(ctx, who, emit); err != nil {
		return 0, err
	}
	end := emit.Step(labs.DropImages, "")
	defer func() { end(err) }()
	return d.parts.Images().Remove(ctx)
}

// SaveImages writes all images to a file, for a machine without a network. The file appears
// complete or not at all.
func (d *Desk) SaveImages(ctx context.Context, who labs.Learner, name string, emit labs.Emit) error {
	if err := d.parts.Open(ctx, who, emit); err != nil {
		return err
	}
	file, err := os.OpenFile(name+".part", os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return &labs.Problem{Code: labs.CodeFile, What: "The file can't be written", Advice: "Choose another place.", Err: err}
	}
	err = errors.Join(d.parts.Images().Save(ctx, file, emit), file.Close())
	if err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	return os.Rename(file.Name(), name)
}

// Pushed says what a push did.
type Pushed struct {
	Sent int `json:"sent"` // images that the registry lacked
	All  int `json:"all"`  // images that it has now
}

// PushImages pushes all images to a registry, for labs on other machines. Only a registry on this
// machine may speak plain HTTP, unless plain allows that.
func (d *Desk) PushImages(ctx context.Context, who labs.Learner, address string, plain bool, emit labs.Emit) (pushed Pushed, err error) {
	to, err := registry.New(address, plain)
	if err != nil {
		return pushed, err
	}
	if err := d.parts.Maintain(ctx, who, emit); err != nil {
		return pushed, err
	}
	pushed.Sent, pushed.All, err = d.parts.Images().Push(ctx, to, emit)
	return pushed, err
}

// LoadImages loads saved images.
func (d *Desk) LoadImages(ctx context.Context, who labs.Learner, from io.Reader, emit labs.Emit) error {
	if err := d.parts.Maintain(ctx, who, emit); err != nil {
		return err
	}
	return d.parts.Images().Load(ctx, from, emit)
}
