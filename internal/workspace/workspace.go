// Package workspace contains the image that all workspaces are based on. It has an ordinary
// user, a comfortable shell, and the in-lab commands task, check, hint and reset, whose
// requests package seat answers.
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
