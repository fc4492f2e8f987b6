// Package http is the family of web services: an image with nginx and a supervisor of
// services, an image that visits a service steadily and counts what it got, and a probe that
// makes requests.
package http

import (
	"context"
	"embed"

	"endstate/labs"
	"endstate/labs/kit"
)

//go:embed image all:skeleton
var images embed.FS

// Family returns the family of web services.
func Family() kit.Family {
	return kit.Family{
		Name: "http",
		Images: []kit.Image{{
			Name:    "web",
			Builds:  []kit.Build{{From: []string{"git"}, Files: kit.Folder(images, "image/web")}},
			Notable: []string{"nginx", "openssl", "runit", "python3"},
			State:   []string{labs.LearnerHome, "/etc/nginx", "/var/lib/nginx", "/etc/service", "/etc/sv", "/srv", "/var/log"},
		}, {
			Name:    "load",
			Builds:  []kit.Build{{From: []string{"git"}, Files: kit.Folder(images, "image/load")}},
			Notable: []string{"python3"},
			State:   []string{"/srv/load"},
			Ready:   ready,
		}},
		Skeleton: kit.Folder(images, "skeleton"),
		Probes:   []kit.Probe{{Name: "http", New: func() kit.Look { return &Look{} }}},
	}
}

// loadPort is where the load generator tells what it counted, inside its host only.
const loadPort = 9090

// ready connects to the load generator.
func ready(ctx context.Context, site kit.Site, host labs.Host) error {
	conn, err := site.Dial(ctx, host, loadPort)
	if err != nil {
		return err
	}
	return conn.Close()
}
