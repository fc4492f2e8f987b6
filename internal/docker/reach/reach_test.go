package reach

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"endstate/labs"
)

// What OpenSSH and Docker said on the ways that the engine tests don't go, as an ssh command that
// says it and ends.
func TestWhatIsSaidIsExplained(t *testing.T) {
	for name, test := range map[string]struct{ script, what, cause string }{
		"changed key": {
			"echo '@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @' >&2; echo 'Host key verification failed.' >&2; exit 255",
			"The SSH key of lab.example.org is not the one", "Host key verification failed.",
		},
		"no access":       {"echo 'permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock' >&2; exit 1", "Docker on lab.example.org does not accept the user ada", ""},
		"engine stopped":  {"echo 'failed to open the raw stream connection: dial unix /var/run/docker.sock: connect: connection refused' >&2; exit 1", "No container engine answers on lab.example.org", "Connection refused"},
		"no answer":       {"echo 'Timeout, server lab.example.org not responding.' >&2; exit 255", "The SSH connection to lab.example.org has broken", "not responding"},
		"killed":          {"kill -KILL $$", "The SSH connection to lab.example.org has broken", "signal: killed"},
		"something else":  {"echo one >&2; echo another >&2; exit 4", "Docker on lab.example.org can't be reached with SSH", "another"},
		"nothing at all":  {"exit 5", "Docker on lab.example.org can't be reached with SSH", "exit status 5"},
		"text before it":  {"echo 'Welcome to lab'", "A shell on lab.example.org prints something", "Welcome to lab"},
		"several answers": {"printf 'HTTP'; sleep 0.1; printf '/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}'; cat >/dev/null", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "ssh"), []byte("#!/bin/sh\n"+test.script+"\n"), 0o755); err != nil {
				t.Fatal(err)
			}
			t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
			t.Setenv("DOCKER_HOST", "ssh://ada@lab.example.org")
			place, err := Find()
			if err != nil {
				t.Fatal(err)
			}
			api, err := place.Client()
			if err != nil {
				t.Fatal(err)
			}
			defer api.Close()
			_, err = api.ServerVersion(t.Context())
			var problem *labs.Problem
			switch {
			case test.what == "" && err != nil:
				t.Errorf("%v", err)
			case test.what == "":
			case !errors.As(err, &problem):
				t.Errorf("it is not explained: %v", err)
			case !strings.HasPrefix(problem.What, test.what) || !strings.Contains(problem.Err.Error(), test.cause) || problem.Advice == "" || strings.Contains(problem.Advice, "COMMAND"):
				t.Errorf("%s | %s | %v", problem.What, problem.Advice, problem.Err)
			}
		})
	}
}

func TestFindRefusesAddressesWithoutSense(t *testing.T) {
	for _, address := range []string{"ssh://ada:secret@lab.example.org", "ssh://", "ssh://lab.example.org?a=b", "nonsense"} {
		t.Setenv("DOCKER_HOST", address)
		place, err := Find()
		if err == nil {
			_, err = place.Client()
		}
		var problem *labs.Problem
		if !errors.As(err, &problem) || problem.Code != labs.CodeEngine || problem.Advice == "" {
			t.Errorf("%s: %v", address, err)
		}
	}
}
