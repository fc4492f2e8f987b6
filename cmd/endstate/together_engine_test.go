//go:build engine

package main

import (
	"strings"
	"testing"

	"endstate/internal/cli"
	"endstate/internal/enginetest"
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
		t.Error("none has started it")
	}
	if err := whole(m); err != nil {
		t.Errorf("there is %v", err)
	}
	if end := m.run("check"); end.status != cli.StatusFailed {
		t.Errorf("the lab's check ends with %d: %s", end.status, end.err)
	}
	if n := len(m.Snapshots(t.Context())); n != 1 {
		t.Errorf("%d snapshots were made", n)
	}
}

func TestProcessesThatPrepareTheSameExerciseShareIt(t *testing.T) {
	t.Parallel()
	m, other := newMachine(t), newMachine(t)
	seed := m.NewSeed()
	prepared := 0
	for _, end := range m.together(m.start(enginetest.MySQL, seed), other.start(enginetest.MySQL, seed)) {
		if end.status != 0 {
			t.Errorf("status %d: %s", end.status, end.err)
		}
		prepared += strings.Count(end.err, "setup: done")
	}
	if n := len(m.Snapshots(t.Context())); n != 1 || prepared > 1 {
		t.Errorf("%d snapshots were made, in %d setups", n, prepared)
	}
	for _, one := range []*machine{m, other} {
		if err := whole(one); err != nil {
			t.Errorf("there is %v", err)
		}
		one.must("stop")
	}
}
