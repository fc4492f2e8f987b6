//go:build engine

package registry_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"testing"

	"endstate/internal/enginetest"
	"endstate/internal/images"
	"endstate/internal/images/registry"
	"endstate/labs"
)

// What the engine has gets to a registry as it is, and only once.
func TestPushFromTheEngine(t *testing.T) {
	t.Parallel()
	runner, s := enginetest.Open(t), serve(t)
	library := images.New(runner.Engine.Images(), nil, "", t.TempDir()) // the base image alone
	found, err := library.Ensure(t.Context(), library.Names(), nil)
	if err != nil {
		t.Fatal(err)
	}
	ref := found["base"].Ref
	var steps []labs.Work
	emit := labs.Emit(func(event labs.Event) {
		if event.State == labs.StepEnded {
			steps = append(steps, event.Step)
		}
	})
	sent, all, err := library.Push(t.Context(), s.open(t), emit)
	if err != nil || sent != 1 || all != 1 {
		t.Fatalf("sent %d of %d: %v", sent, all, err)
	}
	if len(steps) != 2 || steps[0] != labs.AskRegistry || steps[1] != labs.PushImage {
		t.Errorf("the steps were %v", steps)
	}
	info, err := s.open(t).Find(t.Context(), ref)
	if err != nil {
		t.Fatal(err)
	}
	if info.Labels[images.LabelImage] != "base" || info.Size == 0 {
		t.Errorf("found %+v", info)
	}
	files := s.contents(t, ref)
	if shell := files["usr/bin/bash"]; len(shell) < 1<<20 || shell[:8] != "0 0 755 " {
		t.Errorf("the image has no shell among its %d files", len(files))
	}

	before := s.writes.Load()
	if sent, all, err := library.Push(t.Context(), s.open(t), nil); err != nil || sent != 0 || all != 1 {
		t.Errorf("again: sent %d of %d: %v", sent, all, err)
	}
	if again := s.writes.Load() - before; again != 0 {
		t.Errorf("%d requests sent something again", again)
	}
}

// What an engine pulls of an appended image has the replaced folder as it was, without what was
// there before.
func TestAppendedFoldersAreReplaced(t *testing.T) {
	t.Parallel()
	runner, s := enginetest.Open(t), serve(t)
	store := runner.Engine.Images()
	library := images.New(store, nil, "", t.TempDir())
	if _, _, err := library.Push(t.Context(), s.open(t), nil); err != nil {
		t.Fatal(err)
	}
	found, err := library.Ensure(t.Context(), library.Names(), nil)
	if err != nil {
		t.Fatal(err)
	}
	base := found["base"].Ref
	if _, err := store.ReadFile(t.Context(), base, "/etc/skel/.profile"); err != nil {
		t.Fatalf("the base has nothing to replace: %v", err)
	}
	r := s.open(t)
	layer := registry.Replacing(bytes.NewReader(folder(t, "etc/skel", "new")), "etc/skel")
	defer layer.Close()
	// A label of its own, so that nothing takes it for the base.
	if _, err := r.Append(t.Context(), base, []io.Reader{layer}, map[string]string{images.LabelImage: "appended"}, "appended:1"); err != nil {
		t.Fatal(err)
	}
	ref := r.Ref("appended:1")
	if err := store.Pull(t.Context(), ref, func(string, int64, int64) {}); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := store.Remove(context.WithoutCancel(t.Context()), ref); err != nil {
			t.Error(err)
		}
	}()
	if content, err := store.ReadFile(t.Context(), ref, "/etc/skel/new"); err != nil || string(content) != "new" {
		t.Errorf("the new file has %q: %v", content, err)
	}
	if _, err := store.ReadFile(t.Context(), ref, "/etc/skel/.profile"); !errors.Is(err, labs.ErrNotFound) {
		t.Errorf("the old file is still there: %v", err)
	}
}
