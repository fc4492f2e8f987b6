// Package mysql is the MySQL family: images of the server and the client, and a probe that
// queries a server over its protocol with the grader's account.
package mysql

import (
	"context"
	"embed"
	"fmt"

	"endstate/labs"
	"endstate/labs/kit"
)

//go:embed image all:skeleton
var files embed.FS

// The names of the family's images in scenarios.
const (
	serverImage = "mysql"
	clientImage = "mysql-client"
)

// Family returns the MySQL family.
func Family() kit.Family {
	return kit.Family{
		Name: "mysql",
		Images: []kit.Image{
			{
				Name: serverImage,
				Builds: []kit.Build{{
					From: []string{"base"}, Files: kit.Folder(files, "image/server"),
					Runs: kit.Software{Name: "MySQL", Package: "mysql-server-core"},
				}},
				Notable: []string{"mysql-server-core"},
				State:   []string{"/var/lib/mysql", "/var/lib/mysql-files"},
				Ready:   ready,
				Arm:     arm,
				Seal:    seal,
			},
			{
				Name:    clientImage,
				Builds:  []kit.Build{{From: []string{"mysql", "workspace"}, Files: kit.Folder(files, "image/client")}},
				Notable: []string{"mysql-client-core"},
				State:   []string{labs.LearnerHome},
			},
		},
		Probes:   []kit.Probe{{Name: "mysql", New: func() kit.Look { return &Look{} }}},
		Skeleton: kit.Folder(files, "skeleton"),
	}
}

// ready pings the server as the grader.
func ready(ctx context.Context, site kit.Site, host labs.Host) error {
	db := open(site, host, grader(site), true)
	defer db.Close()
	return db.PingContext(ctx)
}

// arm sets the password of the grader's account, which has none in the image.
func arm(ctx context.Context, site kit.Site, host labs.Host, secret string) error {
	db := open(site, host, Account{User: graderName}, true)
	defer db.Close()
	db.SetMaxOpenConns(1)
	// The secret consists of letters and digits; ALTER USER takes no parameters.
	for _, statement := range []string{"SET transaction_read_only = 0", fmt.Sprintf("ALTER USER CURRENT_USER() IDENTIFIED BY '%s'", secret)} {
		if _, err := db.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("set the password of %s: %w", graderName, err)
		}
	}
	return nil
}
