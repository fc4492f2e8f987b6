//go:build engine && linux

package main

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/docker/docker/api/types/image"

	"endstate/internal/cli"
	"endstate/internal/enginetest"
	"endstate/labs"
)

// These tests would disturb others on a shared engine, so they run on an engine of their own.
// It has no network, and its images come from a file.
func TestOnAnEngineOfItsOwn(t *testing.T) {
	file := filepath.Join(t.TempDir(), "images.tar")
	from := newMachine(t)
	if end := from.wait(from.command("endstate-git", "images", "save", file), nil); end.status != 0 {
		t.Fatalf("save: status %d: %s", end.status, end.err)
	}
	if left, err := filepath.Glob(file + ".*"); err != nil || len(left) > 0 {
		t.Errorf("save left %v, %v", left, err)
	}
	second := enginetest.StartSecond(t)
	t.Setenv("DOCKER_HOST", second.Host)
	m := newMachine(t)
	if end := m.wait(m.command("endstate-git", "images", "load", file), nil); end.status != 0 {
		t.Fatalf("load: status %d: %s", end.status, end.err)
	}
	if err := os.Remove(file); err != nil {
		t.Error(err)
	}
	list := m.must("images", "list").out
	for _, name := range []string{"endstate/base", "endstate/workspace", "endstate/git"} {
		if !strings.Contains(list, name+":") {
			t.Errorf("%s was not loaded:\n%s", name, list)
		}
	}
	t.Run("restart of the engine", func(t *testing.T) { restartEngine(t, second) })
	t.Run("snapshots are used again", useSnapshots)
	t.Run("least recently used snapshots go first", boundSnapshots)
	t.Run("snapshots removed while a lab runs", removeSnapshots)
	t.Run("image of a stopped lab removed by force", removeRecord)
	t.Run("labs past their time are swept", sweepExpired)
	t.Run("a killed client's remains are swept", sweepKilled)
	t.Run("a fortnight of practice", practiseForAFortnight)
}

func restartEngine(t *testing.T, second *enginetest.Second) {
	m := newMachine(t)
	v := m.Variant(enginetest.Git, m.NewSeed())
	m.Solve(m.Lab(v), v)
	second.Stop()
	if end := m.run("check"); end.status != cli.StatusUngraded || !strings.Contains(end.err, "No container engine answers") {
		t.Errorf("check without the engine: status %d: %s", end.status, end.err)
	}
	second.Start()
	if end := m.must("status"); !strings.Contains(end.out, "running") {
		t.Errorf("status after a restart:\n%s", end.out)
	}
	if end := m.must("check"); !strings.Contains(end.out, "Score 100") {
		t.Errorf("check after a restart:\n%s", end.out)
	}
}

// setups counts how often a runner builds an exercise.
func setups(m *machine, do func()) int {
	m.t.Helper()
	n := 0
	m.Emit = func(event labs.Event) {
		if event.Step == labs.RunSetup && event.State == labs.StepBegan {
			n++
		}
	}
	do()
	m.Emit = nil
	return n
}

func useSnapshots(t *testing.T) {
	m := newMachine(t)
	v := m.Variant(enginetest.Git, m.NewSeed())
	var lab *labs.Lab
	if n := setups(m, func() { lab = m.Lab(v) }); n != 1 {
		t.Errorf("the first start of a seed builds it %d times", n)
	}
	if n := setups(m, func() { lab = m.reset(lab, v) }); n != 0 {
		t.Errorf("a reset builds it %d times", n)
	}
	m.stop(lab)
	if n := setups(m, func() { m.Lab(v) }); n != 0 {
		t.Errorf("a second start of a seed builds it %d times", n)
	}
}

func (m *machine) reset(lab *labs.Lab, v *labs.Variant) *labs.Lab {
	m.t.Helper()
	fresh, err := m.Reset(m.t.Context(), lab, v, m.Emit)
	if err != nil {
		m.t.Fatal(err)
	}
	return fresh
}

func (m *machine) stop(lab *labs.Lab) {
	m.t.Helper()
	if err := m.Engine.Remove(m.t.Context(), lab); err != nil {
		m.t.Fatal(err)
	}
}

func boundSnapshots(t *testing.T) {
	m := newMachine(t)
	old, older, fresh := m.Variant(enginetest.Git, m.NewSeed()), m.Variant(enginetest.Git, m.NewSeed()), m.Variant(enginetest.Git, m.NewSeed())
	for _, v := range []*labs.Variant{old, older, old} { // to be used again counts
		m.stop(m.Lab(v))
	}
	all, err := m.Snapshots.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	m.Cache = -1
	for _, s := range all {
		if m.Cache += s.Size; s.Size <= 0 {
			t.Errorf("the snapshot of seed %d weighs %d bytes", s.Seed, s.Size)
		}
	}
	m.stop(m.Lab(fresh))
	var kept []uint64
	for _, s := range m.OwnSnapshots(t.Context()) {
		kept = append(kept, s.Seed)
	}
	slices.Sort(kept)
	want := []uint64{old.Seed, fresh.Seed}
	slices.Sort(want)
	if !slices.Equal(kept, want) {
		t.Errorf("kept the snapshots of the seeds %v, want %v", kept, want)
	}
}

func removeSnapshots(t *testing.T) {
	m := newMachine(t)
	v, unused := m.Variant(enginetest.Git, m.NewSeed()), m.Variant(enginetest.Git, m.NewSeed())
	m.stop(m.Lab(unused))
	lab := m.Lab(v)
	end := m.must("images", "rm", "--snapshots")
	if !strings.Contains(end.err, "is in use and stays") || len(m.OwnSnapshots(t.Context())) != 1 {
		t.Errorf("rm --snapshots: %s%s", end.out, end.err)
	}
	for _, ref := range m.OwnSnapshots(t.Context())[0].Images {
		if _, err := m.API.ImageRemove(t.Context(), ref, image.RemoveOptions{Force: true}); err != nil {
			t.Fatal(err)
		}
	}
	m.Solve(lab, v)
	m.Passes(lab, v)
	if n := setups(m, func() { lab = m.reset(lab, v) }); n != 1 {
		t.Errorf("with its snapshot gone, a reset builds the exercise %d times", n)
	}
	m.Solve(lab, v)
	m.Passes(lab, v)
	m.stop(lab)
	m.must("images", "rm", "--snapshots")
	if all := m.OwnSnapshots(t.Context()); len(all) > 0 {
		t.Errorf("rm --snapshots left %v", all)
	}
}

// removeRecord takes the image, and with it the record, from below a lab that was stopped.
func removeRecord(t *testing.T) {
	m := newMachine(t)
	v := m.Variant(enginetest.Git, m.NewSeed())
	lab := m.Lab(v)
	m.Learner(lab, "echo work >~/work")
	host, err := lab.Host(labs.Workspace)
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Engine.Stop(t.Context(), host); err != nil {
		t.Fatal(err)
	}
	for _, ref := range m.OwnSnapshots(t.Context())[0].Images {
		if _, err := m.API.ImageRemove(t.Context(), ref, image.RemoveOptions{Force: true}); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 { // stopped, then running
		if end := m.run("check"); end.status != cli.StatusUngraded || !strings.Contains(end.err, "its facts were removed") {
			t.Errorf("check without the record: status %d: %s", end.status, end.err)
		}
		if lab, err = m.Find(t.Context(), m.Owner, v.Name); err != nil {
			t.Fatal(err)
		}
		if err := m.Revive(t.Context(), lab, v, m.Emit); err != nil {
			t.Fatal(err)
		}
	}
	if _, out := m.Learner(lab, "cat ~/work"); out != "work" {
		t.Errorf("the work is gone: %s", out)
	}
	lab = m.reset(lab, v)
	m.Solve(lab, v)
	m.Passes(lab, v)
}

func sweepExpired(t *testing.T) {
	m := newMachine(t)
	v := m.Variant(enginetest.Git, m.NewSeed())
	lab, err := m.Start(t.Context(), v, m.Owner, time.Hour, m.Emit)
	if err != nil {
		t.Fatal(err)
	}
	if swept := m.sweepAt(50 * time.Minute); len(swept) > 0 {
		t.Errorf("swept before their expiry: %+v", swept)
	}
	if swept := m.sweepAt(2 * time.Hour); len(swept) != 1 || swept[0].ID != lab.ID {
		t.Errorf("swept after the expiry: %+v", swept)
	}
	if err := nothing(m); err != nil {
		t.Errorf("the sweep left %v", err)
	}
}

// sweptTo sweeps with a later clock until only what is wanted is left. The engine may still be
// working on the killed client's last request.
func (m *machine) sweptTo(wanted func(*machine) error) (err error) {
	m.t.Helper()
	for range 20 {
		m.sweepAt(3 * time.Minute)
		if err = wanted(m); err == nil {
			break
		}
		time.Sleep(500 * time.Millisecond)
	}
	return err
}

// lateEngine is an engine whose clock is ahead.
type lateEngine struct {
	labs.Engine
	by time.Duration
}

func (e lateEngine) Now() time.Time { return e.Engine.Now().Add(e.by) }

// sweepAt sweeps with a later clock.
func (m *machine) sweepAt(after time.Duration) []*labs.Lab {
	m.t.Helper()
	m.Stage.Engine = lateEngine{m.Engine, after}
	defer func() { m.Stage.Engine = m.Engine }()
	swept, err := m.Sweep(m.t.Context(), nil)
	if err != nil {
		m.t.Error(err)
	}
	return swept
}

func sweepKilled(t *testing.T) {
	m := newMachine(t)
	began := time.Now()
	m.wait(m.start(enginetest.Git, m.NewSeed()), nil)
	took := time.Since(began)
	m.must("stop", "--all")
	for range 8 {
		moment := rand.N(took)
		m.wait(m.start(enginetest.Git, m.NewSeed()), func(p *os.Process) {
			time.Sleep(moment)
			_ = p.Kill()
		})
		// A lab with its workspace is one that a learner can go on with.
		if err := m.sweptTo(wholeOrNothing); err != nil {
			t.Errorf("killed after %v, then swept: left %v", moment, err)
		}
		m.must("stop", "--all")
		if err := m.sweptTo(nothing); err != nil {
			t.Errorf("killed after %v, then swept and stopped: left %v", moment, err)
		}
	}
}
