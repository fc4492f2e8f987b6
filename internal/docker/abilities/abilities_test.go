package abilities

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/docker/docker/api/types/system"

	"endstate/labs"
)

// engine says of itself what engines do.
type engine struct {
	info system.Info
	err  error
}

func (e engine) Info(context.Context) (system.Info, error) { return e.info, e.err }

// What Docker says: 20.10 as root, and without root on a machine with cgroup v1; and what 28 says
// without root on a machine with cgroup v2, where systemd hands down what it does by default.
var (
	asRoot   = system.Info{CgroupDriver: "cgroupfs", CgroupVersion: "1", MemoryLimit: true, PidsLimit: true, CPUCfsQuota: true, SecurityOptions: []string{"name=seccomp,profile=default"}}
	without  = system.Info{CgroupDriver: "none", CgroupVersion: "1", SecurityOptions: []string{"name=seccomp,profile=default", "name=rootless"}}
	modern   = system.Info{CgroupDriver: "systemd", CgroupVersion: "2", MemoryLimit: true, PidsLimit: true, SecurityOptions: []string{"name=seccomp,profile=builtin", "name=rootless", "name=cgroupns"}}
	unwalled = system.Info{CgroupDriver: "cgroupfs", CgroupVersion: "1", MemoryLimit: true, PidsLimit: true, CPUCfsQuota: true}
)

func TestCheck(t *testing.T) {
	for name, test := range map[string]struct {
		engine engine
		what   string // empty: it is accepted
	}{
		"as root":           {engine{info: asRoot}, ""},
		"no root, cgroup 1": {engine{info: without}, "runs without cgroups"},
		"no root, cgroup 2": {engine{info: modern}, ""},
		"silent":            {engine{err: errors.New("silence")}, "does not say"},
	} {
		err := Check(t.Context(), test.engine, "unix:///here")
		var problem *labs.Problem
		if test.what == "" && err != nil || test.what != "" && (!errors.As(err, &problem) || !strings.Contains(problem.What, test.what)) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestGaps(t *testing.T) {
	for name, test := range map[string]struct {
		info system.Info
		want []string
	}{
		"as root":           {asRoot, nil},
		"no root, cgroup 2": {modern, []string{"limits", "networks"}},
		"no seccomp":        {unwalled, []string{"datagrams"}},
	} {
		var got []string
		for _, gap := range Gaps(test.info) {
			got = append(got, gap.Code)
			if gap.What == "" || gap.Advice == "" {
				t.Errorf("%s: %+v", name, gap)
			}
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
	}
}
