// Package workspace holds the image that every family's workspace builds on: an
// ordinary user, a comfortable shell and the in-lab commands task, check, hint and
// reset, whose requests internal/seat answers.
package workspace

import (
	"embed"
	"io/fs"

	"endstate/labs/kit"
)

//go:embed image
var files embed.FS

// Image returns the workspace image.
func Image() kit.Image {
	context, err := fs.Sub(files, "image")
	if err != nil {
		panic(err) // the folder is embedded
	}
	return kit.Image{
		Name:   "workspace",
		Builds: []kit.Build{{From: []string{"base"}, Files: context, Dockerfile: "Dockerfile"}},
	}
}
