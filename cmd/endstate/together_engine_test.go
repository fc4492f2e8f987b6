//go:build engine

package main

import (
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"endstate/internal/cli"
	"endstate/internal/enginetest"
	"endstate/labs"
)

func TestProcessesThatStartTheSameLabMakeOne(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	seed := m.NewSeed()
	started := 0
	for _, end := range m.together(m.start(enginetest.Git, seed), m.start(enginetest.Git, seed), m.start(enginetest.Git, seed)) {
		switch {
		case end.status == 0:
			started++
		case end.status != cli.StatusMisused || !strings.Contains(end.err, "another process") && !strings.Contains(end.err, "there already"):
			t.Errorf("status %d: %s", end.status, end.err)
		}
	}
	if started == 0 {
		t.Error("no process started the lab")
	}
	if err := whole(m); err != nil {
		t.Errorf("labs: %v", err)
	}
	if end := m.run("check"); end.status != cli.StatusFailed {
		t.Errorf("check: status %d: %s", end.status, end.err)
	}
	if n := len(m.OwnSnapshots(t.Context())); n != 0 {
		t.Errorf("%d snapshots were made for a single lab", n)
	}
}

func TestProcessesThatPrepareTheSameExerciseShareIt(t *testing.T) {
	t.Parallel()
	first, m, other := newMachine(t), newMachine(t), newMachine(t)
	seed := m.NewSeed()
	// The first lab is handed over as it was set up. The next one shows that others follow.
	first.must("start", enginetest.MySQL, "--no-shell", "--seed", strconv.FormatUint(seed, 10))
	prepared := 0
	for _, end := range m.together(m.start(enginetest.MySQL, seed), other.start(enginetest.MySQL, seed)) {
		if end.status != 0 {
			t.Errorf("status %d: %s", end.status, end.err)
		}
		prepared += strings.Count(end.err, "Built a healthy system")
	}
	if n := len(m.OwnSnapshots(t.Context())); n != 1 || prepared > 1 {
		t.Errorf("%d snapshots were made, in %d setups", n, prepared)
	}
	for _, one := range []*machine{first, m, other} {
		if err := whole(one); err != nil {
			t.Errorf("labs: %v", err)
		}
		one.must("stop")
	}
}

// If a process is killed while it makes a snapshot, no other process waits for it, not even
// another owner's.
func TestSetupOfAKilledProcessBlocksNobody(t *testing.T) {
	t.Parallel()
	first, m, other := newMachine(t), newMachine(t), newMachine(t)
	seed := m.NewSeed()
	first.must("start", enginetest.MySQL, "--no-shell", "--seed", strconv.FormatUint(seed, 10))
	setup := func() *labs.Lab {
		all, err := m.Engine.Labs(t.Context(), labs.Which{Owner: m.Owner})
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(all, func(l *labs.Lab) bool { return l.Role == labs.RoleSetup && len(l.Hosts) > 0 })
		if i < 0 {
			return nil
		}
		return all[i]
	}
	m.wait(m.start(enginetest.MySQL, seed), func(p *os.Process) {
		for range 600 {
			if setup() != nil {
				break
			}
			time.Sleep(100 * time.Millisecond)
		}
		_ = p.Kill()
	})
	left := setup()
	if left == nil {
		t.Fatal("the killed setup left nothing, so this test shows nothing")
	}
	if !left.Orphan || !left.Over(m.Engine.Now()) {
		t.Errorf("the remains count as in use: %+v", left)
	}
	other.must("start", enginetest.MySQL, "--no-shell", "--seed", strconv.FormatUint(seed, 10))
	if err := whole(other); err != nil {
		t.Errorf("the other owner has %v", err)
	}
	other.must("stop")
	first.must("stop")
	m.must("sweep")
}
