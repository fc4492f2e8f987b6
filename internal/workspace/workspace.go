// Package workspace contains the image that all workspaces are based on. It has an ordinary
// user, a comfortable shell, and the in-lab commands such as task and check, whose requests
// package seat answers.
package workspace

import (
	"embed"

	"endstate/labs/kit"
)

//go:embed image
var files embed.FS

// Image returns the workspace image.
func Image() kit.Image {
	return kit.Image{
		Name:   "workspace",
		Builds: []kit.Build{{From: []string{"base"}, Files: kit.Folder(files, "image")}},
	}
}
