// Command registry serves images to a cluster of tests, without TLS and without accounts. It is
// the CNCF's registry with a folder as its storage, so that what was pushed outlives it.
//
//	registry FOLDER ADDRESS…
package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"

	"github.com/distribution/distribution/v3/configuration"
	"github.com/distribution/distribution/v3/registry/handlers"
	_ "github.com/distribution/distribution/v3/registry/storage/driver/filesystem"
	"github.com/sirupsen/logrus"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "registry:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) < 2 {
		return errors.New("usage: registry FOLDER ADDRESS…")
	}
	logrus.SetLevel(logrus.ErrorLevel)
	app := handlers.NewApp(context.Background(), &configuration.Configuration{
		Version: configuration.CurrentVersion,
		Catalog: configuration.Catalog{MaxEntries: 1000},
		Storage: configuration.Storage{
			"filesystem":  {"rootdirectory": args[0]},
			"delete":      {"enabled": true},
			"maintenance": {"uploadpurging": map[any]any{"enabled": false}},
		},
	})
	ended := make(chan error)
	for _, address := range args[1:] {
		listener, err := net.Listen("tcp", address)
		if err != nil {
			return err
		}
		go func() { ended <- http.Serve(listener, app) }()
	}
	return <-ended
}
