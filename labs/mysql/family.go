// Package mysql is the family of MySQL: the server's and the client's images, and
// the probe that asks a server over its protocol with the grader's own account.
package mysql

import (
	"context"
	"embed"
	"fmt"

	"endstate/labs"
	"endstate/labs/kit"
)

//go:embed image
var images embed.FS

// The images of the family, as scenarios name them.
const (
	serverImage = "mysql"
	clientImage = "mysql-client"
)

// Family returns the family of MySQL.
func Family() kit.Family {
	return kit.Family{
		Name: "mysql",
		Images: []kit.Image{
			{
				Name: serverImage,
				Builds: []kit.Build{{
					From: []string{"base"}, Files: kit.Folder(images, "image/server"),
					Runs: kit.Software{Name: "MySQL", Package: "mysql-server-core"},
				}},
				Notable: []string{"mysql-server-core"},
				Ready:   ready,
				Arm:     arm,
				Seal:    seal,
			},
			{
				Name:    clientImage,
				Builds:  []kit.Build{{From: []string{"mysql", "workspace"}, Files: kit.Folder(images, "image/client")}},
				Notable: []string{"mysql-client-core"},
			},
		},
		Probes: []kit.Probe{{Name: "mysql", New: func() kit.Look { return &Look{} }}},
	}
}

// ready pings the server as the grader.
func ready(ctx context.Context, site kit.Site, host labs.Host) error {
	db := open(site, host, grader(site), true)
	defer db.Close()
	return db.PingContext(ctx)
}

// arm gives the grader's account its password; the image has it without one.
func arm(ctx context.Context, site kit.Site, host labs.Host, secret string) error {
	db := open(site, host, Account{User: graderName}, true)
	defer db.Close()
	db.SetMaxOpenConns(1)
	// The secret is letters and digits; ALTER USER takes no parameters.
	for _, statement := range []string{"SET transaction_read_only = 0", fmt.Sprintf("ALTER USER CURRENT_USER() IDENTIFIED BY '%s'", secret)} {
		if _, err := db.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("set the password of %s: %w", graderName, err)
		}
	}
	return nil
}
