//go:build engine

package main

import (
	"bufio"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A watch plays again when a file changes, tells mistakes, and ends cleanly with Ctrl-C.
func TestProveWatches(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	folder := filepath.Join(t.TempDir(), "watched")
	m.must("new", folder, "--topic", "git")
	command := m.command("endstate", "prove", "watched", "--scenarios", folder, "--seed", "20", "--seeds", "1", "--proof", "left out", "--watch")
	out, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var errs strings.Builder
	command.Stderr = &errs
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	lines := readLines(out)
	awaitLine(t, lines, "✓ 1 proof, 0 wrong")
	edit := func(old, text string) {
		t.Helper()
		awaitLine(t, lines, "Waiting for a change")
		path := filepath.Join(folder, "scenario.yaml")
		data, err := os.ReadFile(path)
		if err == nil && !strings.Contains(string(data), old) {
			t.Fatalf("scenario.yaml lacks %q", old)
		}
		if err == nil {
			err = os.WriteFile(path, []byte(strings.Replace(string(data), old, text, 1)), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	edit("proofs/rebased.sh, fails: [history-kept]", "proofs/rebased.sh, fails: [undone]")
	awaitLine(t, lines, "scenario.yaml changed")
	awaitLine(t, lines, "undone is passed, not failed")
	awaitLine(t, lines, "1 proof, 1 wrong")
	edit("proofs/rebased.sh, fails: [undone]", "proofs/rebased.sh, fails: {undone")
	edit("proofs/rebased.sh, fails: {undone", "proofs/rebased.sh, fails: [history-kept]")
	awaitLine(t, lines, "✓ 1 proof, 0 wrong")
	if err := command.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := command.Wait(); err != nil {
		t.Errorf("Ctrl-C: %v\n%s", err, errs.String())
	}
	if !strings.Contains(errs.String(), "The scenario watched has mistakes") {
		t.Errorf("mistakes are not told:\n%s", errs.String())
	}
	if left := m.Left(t.Context()); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func readLines(r io.Reader) <-chan string {
	lines := make(chan string, 1000)
	go func() {
		defer close(lines)
		for scanner := bufio.NewScanner(r); scanner.Scan(); {
			lines <- scanner.Text()
		}
	}()
	return lines
}

func awaitLine(t *testing.T, lines <-chan string, wanted string) {
	t.Helper()
	late := time.After(3 * time.Minute)
	for {
		select {
		case line, open := <-lines:
			if !open {
				t.Fatalf("the output ends without %q", wanted)
			}
			if strings.Contains(line, wanted) {
				return
			}
		case <-late:
			t.Fatalf("no line has %q", wanted)
		}
	}
}
