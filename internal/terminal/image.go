package terminal

import (
	"embed"
	"io/fs"

	"endstate/labs"
)

//go:embed image
var image embed.FS

// Image is the workspace that those of the families stand on. It holds the lab's
// commands, which speak to [Attach].
func Image() labs.Image {
	files, err := fs.Sub(image, "image")
	if err != nil {
		panic(err) // the folder is embedded
	}
	return labs.Image{
		Name:   "workspace",
		Builds: []labs.Build{{From: []string{"base"}, Files: files, Dockerfile: "Dockerfile"}},
	}
}
