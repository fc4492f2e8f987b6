package docker

import (
	"cmp"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"endstate/labs"
)

func TestOpenRefusesSubnetsWithoutRoom(t *testing.T) {
	for _, text := range []string{"here", "10.0.0.0/30", "10.0.0.0/4", "fd00::/64", "10.0.0.0"} {
		var problem *labs.Problem
		if _, err := Open(t.Context(), Options{Subnets: text}); !errors.As(err, &problem) || !problem.Usage || !strings.Contains(problem.What, text) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// Answers to a ping, as different engines give them.
func TestOpenKnowsEnginesByTheirPing(t *testing.T) {
	date := "Sun, 29 Nov 2026 00:22:06 GMT"
	for name, test := range map[string]struct {
		status int
		header map[string]string
		info   string // what it says of itself
		what   string // of the problem; empty if the engine is accepted
	}{
		"Docker 20.10": {200, map[string]string{"Server": "Docker/20.10.24 (linux)", "Api-Version": "1.41", "Date": date}, "", ""},
		"Docker 28":    {200, map[string]string{"Server": "Docker/28.5.2 (linux)", "Api-Version": "1.51", "Date": date}, "", ""},
		"Docker 19.03": {200, map[string]string{"Server": "Docker/19.03.15 (linux)", "Api-Version": "1.40", "Date": date}, "", "is too old"},
		"Podman 4.3":   {200, map[string]string{"Server": "Libpod/4.3.1 (linux)", "Libpod-Api-Version": "4.3.1", "Api-Version": "1.41", "Date": date}, "", "Podman answers at"},
		"without cgroups": {
			200,
			map[string]string{"Server": "Docker/20.10.24+dfsg1 (linux)", "Api-Version": "1.41", "Date": date},
			`{"CgroupDriver": "none", "CgroupVersion": "1", "SecurityOptions": ["name=seccomp,profile=default", "name=rootless"]}`, "runs without cgroups",
		},
		"something else": {404, map[string]string{"Date": date}, "", "No container engine answers"},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				for name, value := range test.header {
					w.Header().Set(name, value)
				}
				w.WriteHeader(test.status)
				_, _ = w.Write([]byte(cmp.Or(test.info, "{}")))
			}))
			defer server.Close()
			t.Setenv("DOCKER_HOST", strings.Replace(server.URL, "http", "tcp", 1))
			engine, err := Open(t.Context(), Options{})
			var problem *labs.Problem
			switch {
			case test.what == "" && err != nil:
				t.Errorf("it is refused: %v", err)
			case test.what == "":
				want := time.Date(2026, 11, 29, 0, 22, 6, 0, time.UTC)
				if passed := engine.Now().Sub(want); passed < 0 || passed > time.Minute {
					t.Errorf("its clock is at %v", engine.Now())
				}
			case !errors.As(err, &problem) || !strings.Contains(problem.What, test.what) || problem.Advice == "":
				t.Errorf("it is told as %v", err)
			}
		})
	}
}
