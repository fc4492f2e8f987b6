// Package images provides the images that hosts are started from. It finds them by the hash
// of their sources, and pulls, bootstraps or builds the missing ones.
package images

import (
	"context"
	"io"
)

// Store stores and builds images. An engine is one.
type Store interface {
	// Find returns an image, or labs.ErrNotFound.
	Find(ctx context.Context, ref string) (*Info, error)
	// Answers reports whether a registry answers in time that it has the reference.
	Answers(ctx context.Context, ref string) bool
	// Pull fetches an image from its registry.
	Pull(ctx context.Context, ref string, progress Progress) error
	// Import makes an image from the archive of a root file system.
	Import(ctx context.Context, root io.Reader, ref string) error
	// Build builds an image and returns its ID.
	Build(ctx context.Context, recipe Recipe, progress Progress) (string, error)
	// ReadFile reads a file inside an image without running anything.
	ReadFile(ctx context.Context, ref, path string) ([]byte, error)
	// List returns the images that have a label, whatever its value.
	List(ctx context.Context, label string) ([]Info, error)
	// Remove removes an image. It succeeds if there is none.
	Remove(ctx context.Context, ref string) error
	// Prune removes untagged images that have a label, given as NAME or NAME=VALUE. It returns
	// the number of bytes freed.
	Prune(ctx context.Context, label string) (int64, error)
	// Save writes images as an archive for Load.
	Save(ctx context.Context, refs []string, w io.Writer) error
	Load(ctx context.Context, r io.Reader) error
}

// Progress receives the progress of a long operation. total is 0 if it is not known.
type Progress func(text string, done, total int64)

// Info is what a store knows about an image.
type Info struct {
	ID     string
	Refs   []string
	Labels map[string]string
	Size   int64 // bytes
	// What hosts run that are started from it, and as whom. Only registries tell.
	Entrypoint, Command []string
	User                string
}

// Recipe describes how to build an image.
type Recipe struct {
	Ref        string // tag of the result; empty: none
	Context    io.Reader
	Dockerfile string // its path in the context
	Args       map[string]string
	Labels     map[string]string
	Host       bool // the build uses the network of the engine's machine
}

// Labels of images.
const (
	LabelImage    = "endstate.image"    // the image's name in its family
	LabelServer   = "endstate.server"   // the server inside, with its version
	LabelPackages = "endstate.packages" // JSON: package → version
	LabelStage    = "endstate.stage"    // a build stage, and the processes that it belongs to
)
