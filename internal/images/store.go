// Package images makes sure of the images that hosts are started from: it finds
// them by the hash of what they are made from, and pulls, bootstraps or builds
// those that are not there.
package images

import (
	"context"
	"io"
)

// Store is where images are kept: an engine.
type Store interface {
	// Find returns an image. labs.ErrNotFound: it is not there.
	Find(ctx context.Context, ref string) (*Info, error)
	// Answers reports whether a registry knows the reference, and answers soon.
	Answers(ctx context.Context, ref string) bool
	// Pull fetches an image from its registry.
	Pull(ctx context.Context, ref string, progress Progress) error
	// Import makes an image of a root file system.
	Import(ctx context.Context, root io.Reader, ref string) error
	// Build makes an image of a recipe and returns its ID.
	Build(ctx context.Context, recipe Recipe, progress Progress) (string, error)
	// ReadFile reads a file inside an image. Nothing is run.
	ReadFile(ctx context.Context, ref, path string) ([]byte, error)
	// List returns the images that carry a label, whatever its value.
	List(ctx context.Context, label string) ([]Info, error)
	// Remove removes an image. None there is success.
	Remove(ctx context.Context, ref string) error
	// Prune removes untagged images that carry a label, NAME or NAME=VALUE, and returns the bytes freed.
	Prune(ctx context.Context, label string) (int64, error)
	// Save writes images as an archive that Load reads.
	Save(ctx context.Context, refs []string, w io.Writer) error
	Load(ctx context.Context, r io.Reader) error
}

// Progress is told how a long operation comes on; total is 0 where it isn't known.
type Progress func(text string, done, total int64)

// Info is what a store knows of an image.
type Info struct {
	ID     string
	Refs   []string
	Labels map[string]string
	Size   int64 // bytes
}

// Recipe is what an image is built from.
type Recipe struct {
	Ref        string // tag of the result; none: it stays untagged
	Context    io.Reader
	Dockerfile string // its name in the context
	Args       map[string]string
	Labels     map[string]string
	Host       bool // the build uses the network of the engine's machine
}

// Labels of images.
const (
	LabelImage    = "endstate.image"    // the family's name of the image
	LabelServer   = "endstate.server"   // the server inside, with its version
	LabelPackages = "endstate.packages" // JSON: package → version
	LabelStage    = "endstate.stage"    // a build stage of which only a part was kept: whose it is
)
