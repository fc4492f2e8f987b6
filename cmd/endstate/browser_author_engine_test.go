//go:build engine && linux

package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// An author edits a scenario while its page follows, and plays its proofs there.
func TestBrowserAuthor(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	own := m.newScenario("undo")
	m.browse("author.mjs", m.serve(), own)
}

// newScenario makes a scenario of the machine's own, and returns its folder.
func (m *machine) newScenario(name string) string {
	m.t.Helper()
	own := filepath.Join(m.t.TempDir(), name)
	m.must("new", own, "--topic", "git")
	m.env = append(m.env, "ENDSTATE_SCENARIOS="+own)
	return own
}

// While the machine is full, learners wait in line. Labs of other tests run on the same engine, so this one has
// room for one lab of a scenario that asks for far more memory than all of them.
func TestBrowserQueue(t *testing.T) {
	t.Parallel()
	m := newMachine(t, "ENDSTATE_MEMORY=100GiB")
	path := filepath.Join(m.newScenario("vast"), "scenario.yaml")
	text, err := os.ReadFile(path)
	if err == nil {
		err = os.WriteFile(path, bytes.Replace(text, []byte("{image: git}"), []byte("{image: git, mem_limit: 64g}"), 1), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"bob", "eve"} { // the story stops their labs itself, unless it fails
		defer m.run("stop", "vast", "--owner", m.Owner+"-"+name)
	}
	m.browse("queue.mjs", m.serve(), "vast", m.Owner)
}
