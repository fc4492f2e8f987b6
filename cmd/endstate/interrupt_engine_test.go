//go:build engine

package main

import (
	"fmt"
	mathrand "math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gofrs/flock"

	"endstate/internal/cli"
	"endstate/internal/enginetest"
	"endstate/labs"
)

// strike describes a command to interrupt.
type strike struct {
	name  string
	times int
	// prepare makes what the command needs, and returns the command.
	prepare func(*machine) *exec.Cmd
	// after looks at what an interrupted command left, beyond what none may leave.
	after func(*machine) error
}

// Thirty moments in all.
var strikes = []strike{
	{"image build", 5, func(m *machine) *exec.Cmd { return m.tiny(m.newKey()) }, nothingBuilt},
	{"start of a new seed", 5, func(m *machine) *exec.Cmd { return m.start(enginetest.Git, m.NewSeed()) }, nothing},
	{"start of a server", 3, func(m *machine) *exec.Cmd { return m.start(enginetest.MySQL, enginetest.Seed) }, nothing},
	{"check", 4, func(m *machine) *exec.Cmd { m.begin(); return m.command("endstate", "check") }, whole},
	{"reset", 4, func(m *machine) *exec.Cmd { m.begin(); return m.command("endstate", "reset", "--yes") }, wholeOrNothing},
	{"stop", 3, func(m *machine) *exec.Cmd { m.begin(); return m.command("endstate", "stop") }, wholeOrNothing},
	{"prove", 3, func(m *machine) *exec.Cmd {
		return m.command("endstate", "prove", enginetest.Git, "--seeds", "1", "--parallel", "2", "--proof", "so", "--seed", fmt.Sprint(m.NewSeed()))
	}, nothing},
	{"prove with hidden documents", 3, func(m *machine) *exec.Cmd {
		return m.command("endstate", "prove", enginetest.MongoDB, "--seeds", "1", "--parallel", "2", "--proof", "so", "--seed", fmt.Sprint(m.NewSeed()))
	}, nothing},
}

func (m *machine) start(name string, seed uint64) *exec.Cmd {
	return m.command("endstate", "start", name, "--no-shell", "--seed", fmt.Sprint(seed))
}

// begin starts a lab unless there is one.
func (m *machine) begin() {
	m.t.Helper()
	m.must("start", enginetest.Git, "--no-shell", "--seed", fmt.Sprint(enginetest.Seed))
}

func TestInterruptLeavesNothing(t *testing.T) {
	t.Parallel()
	for _, s := range strikes {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			m := newMachine(t)
			began := time.Now()
			if end := m.wait(s.prepare(m), nil); end.status > cli.StatusFailed {
				t.Fatalf("without an interrupt: status %d\n%s%s", end.status, end.out, end.err)
			}
			took := time.Since(began)
			m.must("stop", "--all")
			for range s.times {
				m.interrupt(s, mathrand.N(took))
			}
		})
	}
}

// interrupt interrupts one command after a while, checks what it left, and starts the same lab
// again.
func (m *machine) interrupt(s strike, moment time.Duration) {
	m.t.Helper()
	command := s.prepare(m)
	end := m.wait(command, func(p *os.Process) {
		time.Sleep(moment)
		_ = p.Signal(os.Interrupt)
	})
	m.t.Logf("interrupted after %v: status %d", moment, end.status)
	// A process that has not reached its signal handler yet dies from the signal itself.
	interrupted := end.status == cli.StatusInterrupted || end.status == -1
	if !interrupted && end.status > cli.StatusFailed {
		m.t.Errorf("interrupted after %v: status %d\n%s%s", moment, end.status, end.out, end.err)
	}
	if interrupted {
		if err := s.after(m); err != nil {
			m.t.Errorf("interrupted after %v, it left %v\n%s", moment, err, end.err)
		}
	}
	m.tidy()
	m.must("stop", "--all")
	if left := m.Left(m.t.Context()); len(left) > 0 {
		m.t.Errorf("stop left %v", left)
	}
}

// tidy looks for temporary files and held locks.
func (m *machine) tidy() {
	m.t.Helper()
	found, err := os.ReadDir(m.tmp)
	// Who waits for a place, and who has one, meets there.
	found = slices.DeleteFunc(found, func(entry os.DirEntry) bool { return entry.Name() == "endstate-places" })
	if err != nil || len(found) > 0 {
		m.t.Errorf("temporary files: %v, %v", found, err)
	}
	for _, entry := range m.env {
		home, ok := strings.CutPrefix(entry, "ENDSTATE_HOME=")
		if !ok {
			continue
		}
		lock := flock.New(filepath.Join(home, "images.lock"))
		if free, err := lock.TryLock(); err != nil || !free {
			m.t.Errorf("the lock of images is held: %v", err)
		}
		_ = lock.Close()
	}
}

func nothing(m *machine) error {
	if left := m.Left(m.t.Context()); len(left) > 0 {
		return fmt.Errorf("%v", left)
	}
	return nil
}

// whole returns an error unless the one lab is still complete and nothing else is left.
func whole(m *machine) error {
	all, err := m.Engine.Labs(m.t.Context(), labs.Which{})
	if err != nil {
		return err
	}
	n := 0
	for _, lab := range all {
		if lab.Owner != m.Owner {
			continue
		}
		if n++; lab.Role != labs.RoleLab || !lab.Whole || !lab.Running() {
			return fmt.Errorf("%+v", lab)
		}
	}
	if n != 1 {
		return fmt.Errorf("%d labs", n)
	}
	return nil
}

func wholeOrNothing(m *machine) error {
	left := nothing(m)
	if left == nil {
		return nil
	}
	if err := whole(m); err != nil {
		return fmt.Errorf("%w: %w", err, left)
	}
	return nil
}
