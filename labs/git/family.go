// Package git is the Git family: the image of a workspace with Git, and a probe that reads
// a learner's repository with a Git library, from a copy in memory.
package git

import (
	"embed"

	"endstate/labs"
	"endstate/labs/kit"
)

//go:embed image all:skeleton
var files embed.FS

// Family returns the Git family.
func Family() kit.Family {
	return kit.Family{
		Name: "git",
		Images: []kit.Image{{
			Name:    "git",
			Builds:  []kit.Build{{From: []string{"workspace"}, Files: kit.Folder(files, "image")}},
			Notable: []string{"git", "python3-minimal"},
			State:   []string{labs.LearnerHome},
		}},
		Probes:   []kit.Probe{{Name: "git", New: func() kit.Look { return &Look{} }}},
		Skeleton: kit.Folder(files, "skeleton"),
	}
}
