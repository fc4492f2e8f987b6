//go:build engine && linux

package main

import (
	"bufio"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"endstate/internal/enginetest"
	"endstate/labs"
)

// A learner practises in a real browser.
func TestBrowserAlone(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	address := m.serve()
	solution := m.solution(m.Variant(enginetest.Git, enginetest.Seed))
	m.browse("alone.mjs", address, enginetest.Git, strconv.Itoa(enginetest.Seed), solution)
}

// A teacher assigns a lab to a class of three, and follows how one of them solves it.
func TestBrowserClass(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	t.Cleanup(func() { // the story stops the lab itself, unless it fails
		stop := exec.Command("endstate", "stop", enginetest.Git)
		stop.Env = append(slices.Clone(m.env), "ENDSTATE_OWNER="+m.Owner+"-ada")
		_ = stop.Run()
	})
	solution := m.solution(m.Variant(enginetest.Git, enginetest.Seed))
	m.browse("class.mjs", m.serve(), enginetest.Git, strconv.Itoa(enginetest.Seed), solution, m.Owner)
}

// solution returns a file with a script that solves a variant.
func (m *machine) solution(v *labs.Variant) string {
	m.t.Helper()
	at := slices.IndexFunc(v.Proofs, func(p labs.Proof) bool { return p.Name == labs.Solution })
	script := v.Proofs[at].Script
	for name, value := range v.Environment() {
		script = "export " + name + "='" + strings.ReplaceAll(value, "'", `'\''`) + "'\n" + script
	}
	path := filepath.Join(m.t.TempDir(), "solution.sh")
	if err := os.WriteFile(path, []byte(script), 0o600); err != nil {
		m.t.Fatal(err)
	}
	return path
}

// An admin invites somebody, who works on their own until they are disabled.
func TestBrowserPeople(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	name := m.Owner + "-grace" // no other test has labs under it
	defer m.must("stop", enginetest.Git, "--owner", name)
	m.browse("people.mjs", m.serve(), enginetest.Git, name)
}

// entry matches the address that lets a browser in, or that invites the first admin.
var entry = regexp.MustCompile(`https?://\S+/(enter\?key=|join/)\S+`)

// serve serves pages until the test ends, and returns the address that lets a browser in.
func (m *machine) serve(options ...string) string {
	m.t.Helper()
	command, address := m.startServer(options...)
	m.t.Cleanup(func() {
		_ = command.Process.Signal(syscall.SIGTERM)
		late := time.AfterFunc(time.Minute, func() { _ = command.Process.Kill() })
		defer late.Stop()
		var exit *exec.ExitError
		if err := command.Wait(); err != nil && (!errors.As(err, &exit) || exit.ExitCode() != 130) {
			m.t.Errorf("endstate serve: %v", err)
		}
	})
	return address
}

// startServer starts a server, and returns its process too. The test has to end it.
func (m *machine) startServer(options ...string) (command *exec.Cmd, address string) {
	m.t.Helper()
	command = exec.Command("endstate", append([]string{"serve", "--no-open", "--listen", "127.0.0.1:0"}, options...)...) // it outlives the test's context
	command.Env, command.Stderr = m.env, os.Stderr
	out, err := command.StdoutPipe()
	if err == nil {
		err = command.Start()
	}
	if err != nil {
		m.t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if address := entry.FindString(lines.Text()); address != "" {
			go func() { // what it prints later must not block it
				for lines.Scan() {
				}
			}()
			return command, address
		}
	}
	_ = command.Process.Kill()
	m.t.Fatal("endstate serve printed no address")
	return nil, ""
}

// browse plays a story in a browser. Its pictures go to the folder that ENDSTATE_PICTURES names, if any.
func (m *machine) browse(story string, args ...string) {
	m.t.Helper()
	folder := os.Getenv("ENDSTATE_PICTURES")
	if folder == "" {
		folder = m.t.TempDir()
	}
	if _, err := os.Stat("testdata/browser/node_modules/playwright-core"); err != nil {
		m.t.Fatalf("This test needs a browser; scripts/browser makes sure of one: %v", err)
	}
	if _, err := exec.LookPath("chromium"); err != nil {
		m.t.Fatalf("This test needs a browser; scripts/browser makes sure of one: %v", err)
	}
	node := m.command("node", append(append([]string{story}, args...), folder)...)
	node.Dir = "testdata/browser"
	begun := time.Now()
	if out, err := node.CombinedOutput(); err != nil {
		m.t.Errorf("%s failed after %v: %v\n%s", story, time.Since(begun).Round(time.Second), err, out)
	}
}

// The terminals of a lab do in a real browser what programs ask of a terminal.
func TestBrowserTerminal(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.browse("terminal.mjs", m.serve(), enginetest.MySQL, enginetest.MongoDB, strconv.Itoa(enginetest.Seed))
}

// Everything can be done by keyboard, at any zoom, and a learner can speak instead of typing.
func TestBrowserPages(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.browse("pages.mjs", m.serve(), enginetest.Git, strconv.Itoa(enginetest.Seed))
}
