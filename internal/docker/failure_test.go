package docker

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/docker/docker/client"

	"endstate/internal/images"
	"endstate/labs"
)

// answering returns an engine that answers every call with the same error.
func answering(t *testing.T, status int, message string) *Engine {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet && !strings.HasSuffix(r.URL.Path, "/archive") && !strings.Contains(r.URL.Path, "/exec/") {
			_, _ = w.Write([]byte("[]"))
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = w.Write([]byte(`{"message": "` + message + `"}`))
	}))
	t.Cleanup(server.Close)
	api, err := client.NewClientWithOpts(client.WithHost(strings.Replace(server.URL, "http", "tcp", 1)), client.WithVersion(oldestAPI))
	if err != nil {
		t.Fatal(err)
	}
	return &Engine{api: api, subnets: netip.MustParsePrefix("10.213.0.0/16")}
}

func TestFullDiskIsToldAsThat(t *testing.T) {
	host := labs.Host{Name: "db", ID: "1"}
	for name, do := range map[string]func(context.Context, *Engine) error{
		"launch": func(ctx context.Context, e *Engine) error {
			_, err := e.Launch(ctx, labs.Plan{Hosts: []labs.HostPlan{{Name: "db"}}}, nil)
			return err
		},
		"launch on a network": func(ctx context.Context, e *Engine) error {
			_, err := e.Launch(ctx, labs.Plan{Network: true, Hosts: []labs.HostPlan{{Name: "db"}, {Name: "workspace"}}}, nil)
			return err
		},
		"run": func(ctx context.Context, e *Engine) error {
			_, _, err := e.Run(ctx, labs.Plan{Hosts: []labs.HostPlan{{Name: "scratch"}}})
			return err
		},
		"snapshot": func(ctx context.Context, e *Engine) error {
			return e.Snapshots().Keep(ctx, &labs.Lab{Hosts: []labs.Host{host}}, labs.Snapshot{Key: "1"}, labs.Record{})
		},
		"copy out": func(ctx context.Context, e *Engine) error { _, err := e.CopyOut(ctx, host, "/"); return err },
		"restart":  func(ctx context.Context, e *Engine) error { return e.Restart(ctx, &labs.Lab{Hosts: []labs.Host{host}}) },
		"import": func(ctx context.Context, e *Engine) error {
			return e.Images().Import(ctx, strings.NewReader(""), "endstate/root:sid")
		},
		"build": func(ctx context.Context, e *Engine) error {
			_, err := e.Images().Build(ctx, images.Recipe{Context: strings.NewReader("")}, func(string, int64, int64) {})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			e := answering(t, http.StatusInternalServerError, "write /var/lib/docker/tmp/x: no space left on device")
			err := do(t.Context(), e)
			var problem *labs.Problem
			if !errors.As(err, &problem) || problem.What != "The engine's disk is full" || !strings.Contains(err.Error(), "no space left") {
				t.Errorf("it is reported as %v", err)
			}
			err = do(t.Context(), answering(t, http.StatusInternalServerError, "something else"))
			if other := new(labs.Problem); err == nil || errors.As(err, &other) && other.What == problem.What {
				t.Errorf("another error is reported as %v", err)
			}
		})
	}
}
