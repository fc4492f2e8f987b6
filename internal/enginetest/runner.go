//go:build engine

package enginetest

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/docker/docker/client"

	"endstate/internal/docker"
	"endstate/internal/docker/reach"
	"endstate/internal/grading"
	"endstate/internal/images"
	"endstate/internal/places"
	"endstate/internal/scenario"
	"endstate/internal/site"
	"endstate/internal/stage"
	"endstate/internal/workspace"
	"endstate/labs"
	"endstate/labs/all"
	"endstate/scenarios"
)

// Names of scenarios that come with Endstate.
const (
	Git     = "git-merge-conflict"
	MySQL   = "mysql-restore-dropped-database"
	MongoDB = "mongodb-find-and-shape"
)

// Seed is for tests that work with any seed, so that they share its snapshots.
const Seed = 20

const (
	// After this time, a sweep removes what a killed test has left.
	life = 30 * time.Minute
	// No limit in practice: the snapshots are the engine's, and others may be using it.
	cache = 1 << 40
)

// Runner runs labs for one test, under an owner that no other test has.
type Runner struct {
	*stage.Stage
	Grader    *grading.Grader
	Emit      labs.Emit // receives the events of Lab and Check; may be nil
	Engine    *docker.Engine
	API       *client.Client // direct access to the engine, bypassing our own code
	Library   *images.Library
	Scenarios *scenario.Library
	Owner     string

	t       testing.TB
	seeds   []string // seeds that no other test uses
	volumes []string
}

// Open returns a runner for the test, on the engine that the docker command would use. The
// test fails if there is none. When the test ends, its labs are removed, and it fails if
// anything is left.
func Open(t testing.TB) *Runner {
	t.Helper()
	ctx := t.Context()
	engine, err := docker.Open(ctx, docker.Options{Version: "test"})
	if err != nil {
		t.Fatalf("This test needs an engine; scripts/engine makes sure of one: %v", err)
	}
	place, err := reach.Find()
	if err != nil {
		t.Fatal(err)
	}
	api, err := place.Client(client.WithAPIVersionNegotiation())
	if err != nil {
		t.Fatal(err)
	}
	library := images.New(engine.Images(), append(all.Images(), workspace.Image()), os.Getenv("ENDSTATE_MONGODB"), home())
	owner := "test-" + strings.ToLower(rand.Text()[:10])
	sites := site.Opener{Engine: engine, Places: places.Machine()}
	r := &Runner{
		Stage: &stage.Stage{
			Engine: engine, Snapshots: engine.Snapshots(), Images: library, Families: all.Families(), Sites: sites, Owner: owner, Clock: time.Now, Cache: cache,
		},
		Grader: &grading.Grader{Snapshots: engine.Snapshots(), Images: library, Sites: sites, Clock: time.Now},
		Engine: engine, API: api, Library: library, Scenarios: scenario.New(all.Probes(), nil, scenario.Root{Files: scenarios.Files}),
		Owner: owner, t: t,
	}
	t.Cleanup(r.clean)
	return r
}

// Check grades a lab.
func (r *Runner) Check(ctx context.Context, lab *labs.Lab, v *labs.Variant) (*labs.Report, error) {
	return r.Grader.Check(ctx, lab, v, r.Emit)
}

// home returns the command line's home folder, so that tests share its lock on making
// images.
func home() string {
	data := cmp.Or(os.Getenv("XDG_DATA_HOME"), filepath.Join(os.Getenv("HOME"), ".local", "share"))
	return cmp.Or(os.Getenv("ENDSTATE_HOME"), filepath.Join(data, "endstate"))
}

// NewSeed returns a seed that no other test uses. Its snapshots are removed when the test
// ends.
func (r *Runner) NewSeed() uint64 {
	n, err := rand.Int(rand.Reader, big.NewInt(1<<40))
	if err != nil {
		r.t.Fatal(err)
	}
	seed := n.Uint64() + 1<<32
	r.t.Logf("seed %d", seed)
	r.seeds = append(r.seeds, n.Add(n, big.NewInt(1<<32)).String())
	return seed
}

// Variant draws a variant of a scenario.
func (r *Runner) Variant(name string, seed uint64) *labs.Variant {
	r.t.Helper()
	v, err := r.Scenarios.Variant(name, seed)
	if err != nil {
		r.t.Fatal(err)
	}
	return v
}

// Lab starts a lab of the variant.
func (r *Runner) Lab(v *labs.Variant) *labs.Lab {
	r.t.Helper()
	lab, err := r.Start(r.t.Context(), v, r.Owner, life, r.Emit)
	if err != nil {
		var problem *labs.Problem
		do := ""
		if errors.As(err, &problem) {
			do = problem.Advice
		}
		r.t.Fatalf("start %s at seed %d: %v\n%s", v.Name, v.Seed, err, do)
	}
	r.noteVolumes(lab)
	return lab
}

// noteVolumes remembers the volumes of a lab, because they have no labels.
func (r *Runner) noteVolumes(lab *labs.Lab) {
	for _, host := range lab.Hosts {
		found, err := r.API.ContainerInspect(context.WithoutCancel(r.t.Context()), host.ID)
		if err != nil {
			r.t.Error(err)
			continue
		}
		for _, mount := range found.Mounts {
			if mount.Name != "" {
				r.volumes = append(r.volumes, mount.Name)
			}
		}
	}
}

// Context returns the test's context.
func (r *Runner) Context() context.Context { return r.t.Context() }
