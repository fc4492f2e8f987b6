package network

import (
	"context"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"endstate/labs"
	"endstate/labs/kit"
)

// oneRun is a site whose fresh host ends with a result.
type oneRun struct {
	kit.Site
	result   kit.FreshResult
	deadline bool // the run's context had one
}

func (s *oneRun) Lab() *labs.Lab { return &labs.Lab{Hosts: []labs.Host{{Name: labs.Workspace}}} }

func (s *oneRun) Given() fs.FS {
	return fstest.MapFS{"hidden/try.sh": {Data: []byte("echo ping=answered")}}
}

func (s *oneRun) Share(_ string, build func() (any, error)) (any, error) { return build() }

func (s *oneRun) Fresh(ctx context.Context, _ kit.FreshRun) (kit.FreshResult, error) {
	_, s.deadline = ctx.Deadline()
	return s.result, nil
}

// The script's limit is that of its command: the grader may wait for a place as long as it takes. A script
// that fails or takes too long is the grader's failure.
func TestObserve(t *testing.T) {
	for name, c := range map[string]struct {
		result kit.FreshResult
		fails  string
	}{
		"ends":     {kit.FreshResult{Stdout: "ping=answered\n"}, ""},
		"fails":    {kit.FreshResult{Status: 3, Stderr: "no route"}, "hidden/try.sh ends with 3: no route"},
		"too long": {kit.FreshResult{Status: tooLong, Stdout: "ping=answered\n"}, "hidden/try.sh takes longer than 90 s"},
	} {
		site := &oneRun{result: c.result}
		found, err := (&Look{Script: "hidden/try.sh"}).Observe(t.Context(), site)
		switch {
		case site.deadline:
			t.Errorf("%s: waiting for a place has a limit", name)
		case c.fails != "" && (err == nil || !strings.Contains(err.Error(), c.fails)):
			t.Errorf("%s: %v", name, err)
		case c.fails == "" && (err != nil || found.(map[string]any)["ping"] != "answered"):
			t.Errorf("%s: %v, %v", name, found, err)
		}
	}
}
