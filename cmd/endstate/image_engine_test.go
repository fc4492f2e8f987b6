//go:build engine

package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/filters"
	"github.com/docker/docker/api/types/image"
)

// newKey returns a key for which no tiny image exists. Images made with it are removed when
// the test ends.
func (m *machine) newKey() string {
	key := strings.ToLower(rand.Text())
	m.key = key
	m.t.Cleanup(func() { m.removeTiny(key) })
	return key
}

// tiny makes the tiny image of a key.
func (m *machine) tiny(key string) *exec.Cmd {
	command := m.command("endstate-tiny", "images", "build", "tiny")
	command.Env = append(command.Env, "TINY="+key)
	return command
}

func withKey(key string) filters.Args {
	return filters.NewArgs(filters.Arg("label", "endstate.tiny="+key))
}

// tinyImages returns the images that were made under a key and have a name.
func (m *machine) tinyImages(ctx context.Context, key string) []image.Summary {
	found, err := m.API.ImageList(ctx, image.ListOptions{Filters: withKey(key)})
	if err != nil {
		m.t.Error(err)
	}
	return found
}

func (m *machine) removeTiny(key string) {
	ctx := context.Background()
	for _, found := range m.tinyImages(ctx, key) {
		for _, ref := range append(found.RepoTags, found.ID) {
			// With its last name an image goes, and its parts.
			_, _ = m.API.ImageRemove(ctx, ref, image.RemoveOptions{PruneChildren: true})
		}
	}
}

// nothingBuilt returns an error if a container of the builder is left. It waits a moment,
// because the engine does not notice at once that its client is gone.
func nothingBuilt(m *machine) error {
	var left []container.Summary
	for range 50 {
		var err error
		left, err = m.API.ContainerList(m.t.Context(), container.ListOptions{All: true, Filters: withKey(m.key)})
		if err != nil {
			return err
		}
		if len(left) == 0 {
			return nil
		}
		time.Sleep(200 * time.Millisecond)
	}
	return fmt.Errorf("%v", left)
}

func TestProcessesThatMakeTheSameImageTakeTurns(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	key := m.newKey()
	one, two, three := m.tiny(key), m.tiny(key), m.tiny(key)
	built := 0
	for _, end := range m.together(one, two, three) {
		if end.status != 0 {
			t.Errorf("status %d: %s", end.status, end.err)
		}
		built += strings.Count(end.err, "Built the image tiny")
	}
	if built != 1 {
		t.Errorf("the image was built %d times", built)
	}
	if found := m.tinyImages(t.Context(), key); len(found) != 1 {
		t.Errorf("found %d images, want 1: %+v", len(found), found)
	}
	again := m.wait(m.tiny(key), nil)
	if again.status != 0 || again.err != "" {
		t.Errorf("building an existing image: status %d: %s", again.status, again.err)
	}
}

// Two users share an engine but no home, and therefore no lock.
func TestUsersThatMakeTheSameImageDoNotDisturbEachOther(t *testing.T) {
	t.Parallel()
	m, other := newMachine(t), newMachine(t)
	key := m.newKey()
	for _, end := range m.together(m.tiny(key), other.tiny(key)) {
		if end.status != 0 {
			t.Errorf("status %d: %s", end.status, end.err)
		}
	}
	named := 0
	for _, found := range m.tinyImages(t.Context(), key) {
		if !slices.Contains(found.RepoTags, "<none>:<none>") {
			named += len(found.RepoTags)
		}
	}
	if named != 1 {
		t.Errorf("the image has %d names", named)
	}
}
