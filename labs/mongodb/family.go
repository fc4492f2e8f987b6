// Package mongodb is the MongoDB family: images of the server and the client, and a probe
// that queries a server over its protocol and replays recorded answers.
package mongodb

import (
	"context"
	"embed"
	"slices"
	"strings"

	"endstate/labs"
	"endstate/labs/kit"
)

//go:embed image all:skeleton
var files embed.FS

// The names of the family's images in scenarios.
const (
	serverImage = "mongodb"
	clientImage = "mongosh"
	bothClients = "database-clients" // clients of MySQL, too
)

// genuine is the reference of MongoDB's own server image.
const genuine = "mongo:8.0"

// Family returns the MongoDB family.
func Family() kit.Family {
	return kit.Family{
		Name: "mongodb",
		Images: []kit.Image{
			{
				Name: serverImage,
				Builds: []kit.Build{
					{
						Server: "mongod", Needs: genuine, Files: kit.Folder(files, "image/mongod"),
						Runs: kit.Software{Name: "MongoDB", Package: "mongodb-org-server"},
					},
					{Server: "ferretdb", From: []string{"base"}, Files: kit.Folder(files, "image/ferretdb")},
				},
				Notable: []string{"postgresql-18-documentdb"},
				State:   []string{"/var/lib/mongo", "/srv/mongo"}, // FerretDB's, mongod's
				Ready:   ready,
			},
			{
				Name: clientImage,
				Builds: []kit.Build{{
					From: []string{"base", "workspace"}, Files: kit.Folder(files, "image/mongosh"),
				}},
				Notable: []string{"nodejs"},
				State:   []string{labs.LearnerHome},
			},
			{
				Name:    bothClients,
				Builds:  []kit.Build{{From: []string{clientImage}, Files: kit.Folder(files, "image/clients")}},
				Notable: []string{"mysql-client-core", "nodejs", "python3-pymongo", "python3-pymysql"},
				State:   []string{labs.LearnerHome},
			},
		},
		Probes:   []kit.Probe{{Name: "mongodb", New: func() kit.Look { return &Look{} }}},
		Skeleton: kit.Folder(files, "skeleton"),
	}
}

// graderPort is the port for the grader. FerretDB has a separate listener for it.
func graderPort(host labs.Host) int {
	if strings.HasPrefix(host.Server, "FerretDB") {
		return 27018
	}
	return learnerPort
}

// learnerPort is the port for the learner's programs.
const learnerPort = 27017

// ready pings the server as the grader and as the learner.
func ready(ctx context.Context, site kit.Site, host labs.Host) error {
	for _, port := range slices.Compact([]int{graderPort(host), learnerPort}) {
		if err := ping(ctx, site, host, port); err != nil {
			return err
		}
	}
	return nil
}
