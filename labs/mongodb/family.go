// Package mongodb is the family of MongoDB: the server's and the client's images,
// and the probe that asks a server over its protocol and replays recorded answers.
package mongodb

import (
	"context"
	"embed"
	"slices"
	"strings"

	"endstate/labs"
	"endstate/labs/kit"
)

//go:embed image
var images embed.FS

// The images of the family, as scenarios name them.
const (
	serverImage = "mongodb"
	clientImage = "mongosh"
)

// genuine is the reference of MongoDB's own server.
const genuine = "mongo:8.0"

// Family returns the family of MongoDB.
func Family() kit.Family {
	return kit.Family{
		Name: "mongodb",
		Images: []kit.Image{
			{
				Name: serverImage,
				Builds: []kit.Build{
					{
						Server: "mongod", Needs: genuine, Files: kit.Folder(images, "image/mongod"),
						Runs: kit.Software{Name: "MongoDB", Package: "mongodb-org-server"},
					},
					{Server: "ferretdb", From: []string{"base"}, Files: kit.Folder(images, "image/ferretdb")},
				},
				Notable: []string{"postgresql-18-documentdb"},
				Ready:   ready,
			},
			{
				Name: clientImage,
				Builds: []kit.Build{{
					From: []string{"base", "workspace"}, Files: kit.Folder(images, "image/mongosh"),
				}},
				Notable: []string{"nodejs"},
			},
		},
		Probes: []kit.Probe{{Name: "mongodb", New: func() kit.Look { return &Look{} }}},
	}
}

// graderPort is where the grader asks: of FerretDB, a listener of its own.
func graderPort(host labs.Host) int {
	if strings.HasPrefix(host.Server, "FerretDB") {
		return 27018
	}
	return learnerPort
}

// learnerPort is where the learner's programs ask.
const learnerPort = 27017

// ready pings the server as the grader and as the learner do.
func ready(ctx context.Context, site kit.Site, host labs.Host) error {
	for _, port := range slices.Compact([]int{graderPort(host), learnerPort}) {
		if err := ping(ctx, site, host, port); err != nil {
			return err
		}
	}
	return nil
}
