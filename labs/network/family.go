// Package network is the family of networks: the image of a machine that is administered like a
// router or a server, and a probe that tries connections from a machine's place in its networks.
package network

import (
	"context"
	"embed"
	"slices"

	"endstate/labs"
	"endstate/labs/kit"
)

//go:embed image all:skeleton
var files embed.FS

// imageName is the name of the machine's image.
const imageName = "router"

// state are the folders and files that a machine's administrator may change. A restart starts from
// them.
var state = []string{"/etc/network", "/etc/nginx", "/etc/dnsmasq.d", "/srv", labs.LearnerHome}

// Family returns the family of networks.
func Family() kit.Family {
	return kit.Family{
		Name: "network",
		Images: []kit.Image{{
			Name:    imageName,
			Builds:  []kit.Build{{From: []string{"workspace"}, Files: kit.Folder(files, "image")}},
			Notable: []string{"iproute2", "nftables", "nginx", "tcpdump"},
			State:   slices.Concat(state, []string{"/var/lib/nginx", "/var/log/nginx"}),
			Ready:   ready,
		}},
		Skeleton: kit.Folder(files, "skeleton"),
		Probes:   []kit.Probe{{Name: "network", New: func() kit.Look { return &Look{} }}},
	}
}

// ready connects to the last of the services that a machine starts.
func ready(ctx context.Context, site kit.Site, host labs.Host) error {
	const ssh = 22
	conn, err := site.Dial(ctx, host, ssh)
	if err == nil {
		err = conn.Close()
	}
	return err
}
