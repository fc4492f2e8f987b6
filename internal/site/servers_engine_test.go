//go:build engine

package site_test

import (
	"slices"
	"testing"
	"time"

	"github.com/docker/docker/api/types/container"

	"endstate/internal/enginetest"
	"endstate/internal/site"
	"endstate/labs"
)

// grading returns the IDs of the grader's own servers for a variant.
func grading(t *testing.T, r *enginetest.Runner, v *labs.Variant) (hosts []string) {
	t.Helper()
	all, err := r.Engine.Labs(t.Context(), labs.Which{})
	if err != nil {
		t.Fatal(err)
	}
	for _, lab := range all {
		if lab.Role == labs.RoleScratch && lab.Scenario == v.Name && lab.Seed == v.Seed {
			hosts = append(hosts, lab.Hosts[0].ID)
		}
	}
	return hosts
}

func TestChecksShareTheServerOfHiddenDocuments(t *testing.T) {
	t.Parallel()
	r := enginetest.Open(t)
	servers := &site.Servers{}
	r.Grader.Sites.Servers = servers
	defer servers.Close()
	v := r.Variant(enginetest.MongoDB, r.NewSeed())
	lab := r.Lab(v)
	r.Solve(lab, v)
	r.Passes(lab, v)
	first := grading(t, r, v)
	r.Passes(lab, v)
	second := grading(t, r, v)
	if len(first) != 1 || len(second) != 1 || first[0] != second[0] {
		t.Fatalf("servers after one check: %v, after two: %v", first, second)
	}
	if err := r.API.ContainerKill(t.Context(), first[0], "KILL"); err != nil {
		t.Fatal(err)
	}
	r.Passes(lab, v)
	third := grading(t, r, v)
	for range 100 { // the one that was killed is removed in the background
		if !slices.Contains(third, first[0]) {
			break
		}
		time.Sleep(100 * time.Millisecond)
		third = grading(t, r, v)
	}
	if len(third) != 1 || third[0] == first[0] {
		t.Fatalf("servers after %v was killed: %v", first, third)
	}
	if err := r.API.ContainerRemove(t.Context(), third[0], container.RemoveOptions{Force: true}); err != nil {
		t.Fatal(err)
	}
	r.Passes(lab, v)
	servers.Close()
	if left := grading(t, r, v); len(left) != 0 {
		t.Errorf("servers left after Close: %v", left)
	}
}
