//go:build engine

package enginetest

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"endstate/internal/stage"
	"endstate/labs"
)

// Subject is an engine that is held to the contract of [labs.Engine] and [labs.Snapshots].
type Subject struct {
	Engine    labs.Engine
	Snapshots labs.Snapshots
	Image     string // the engine's reference of an image with bash, Perl and the learner's user
	Owner     string // of the labs that are made
	User      string // who scripts run as in a learner's hosts: root, or who else can write to Folder
	Folder    string // belongs to the state that snapshots keep
	InPlace   bool   // labs can be set up in the hosts that learners get
}

// EngineContract holds an engine to what the seam promises. Each engine's tests call it.
func EngineContract(t *testing.T, s Subject) {
	tests := map[string]func(*engineContract){
		"a command gets its user, environment, folder and input": (*engineContract).execute,
		"a command takes much input and gives much output":       (*engineContract).executeMuch,
		"a command that the engine kills":                        (*engineContract).killCommand,
		"a killed command":                                       (*engineContract).kill,
		"a command's input ends when it is closed":               (*engineContract).closeCommand,
		"files go in and come out":                               (*engineContract).copyFiles,
		"a frozen host stands still":                             (*engineContract).freeze,
		"a restart keeps disks, names and addresses":             (*engineContract).restart,
		"states are told apart":                                  (*engineContract).tellStates,
		"a lab is found and removed by its owner":                (*engineContract).isolateOwners,
		"a lab's life can be extended, and no shorter":           (*engineContract).extendLife,
		"a second lab of the same ID is refused":                 (*engineContract).refuseSecond,
		"a snapshot keeps files and record":                      (*engineContract).keepSnapshot,
		"a host with a command of its own":                       (*engineContract).runCommand,
		"a host within another":                                  (*engineContract).runWithin,
		"use is measured":                                        (*engineContract).measure,
	}
	if s.InPlace {
		tests["a lab is set up and handed over"] = (*engineContract).handOver
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(&engineContract{t, s})
		})
	}
}

// engineContract is one test of the contract.
type engineContract struct {
	*testing.T
	Subject
}

// plan returns the plan of a lab of a workspace and a server.
func (c *engineContract) plan(role labs.Role) labs.Plan {
	now := c.Engine.Now()
	plan := labs.Plan{Network: true, Lab: labs.Lab{
		ID: "contract-" + strings.ToLower(rand.Text()), Role: role, Scenario: "contract", Key: "key", Seed: 7,
		Owner: c.Owner, Started: now, Expires: now.Add(10 * time.Minute),
	}}
	for _, name := range []string{labs.Workspace, "db"} {
		host := labs.HostPlan{Name: name, Image: c.Image, Family: "contract"}
		host.SetDefaults()
		plan.Hosts = append(plan.Hosts, host)
	}
	return plan
}

func (c *engineContract) launch(plan labs.Plan) *labs.Lab {
	c.Helper()
	lab, err := c.Engine.Launch(c.Context(), plan, nil)
	if err != nil {
		c.Fatal(err)
	}
	c.Cleanup(func() { c.remove(lab) })
	return lab
}

// remove removes a lab, whether it is there or not.
func (c *engineContract) remove(lab *labs.Lab) {
	c.Helper()
	if err := c.Engine.Remove(context.WithoutCancel(c.Context()), lab); err != nil {
		c.Error(err)
	}
}

func (c *engineContract) host(lab *labs.Lab, name string) labs.Host {
	c.Helper()
	host, err := lab.Host(name)
	if err != nil {
		c.Fatal(err)
	}
	return host
}

// script runs a script in a host, and demands that it succeeds.
func (c *engineContract) script(host labs.Host, script string) string {
	c.Helper()
	status, out, err := stage.Run(c.Context(), c.Engine, host, labs.Command{Args: []string{"bash", "-c", script}, User: c.User})
	if err != nil || status != 0 {
		c.Fatalf("%s: status %d, %v: %s", script, status, err, out)
	}
	return strings.TrimSpace(out)
}

// becomes waits until a host has a state.
func (c *engineContract) becomes(host labs.Host, state labs.HostState) (v labs.Vitals) {
	c.Helper()
	for range 100 {
		var err error
		if v, err = c.Engine.Vitals(c.Context(), host); err == nil && v.State == state {
			return v
		}
		time.Sleep(100 * time.Millisecond)
	}
	c.Errorf("%s does not become %s: %+v", host.Name, state, v)
	return v
}

// listed returns a host as a list of labs has it.
func (c *engineContract) listed(lab *labs.Lab, name string) labs.Host {
	c.Helper()
	found, err := c.Engine.Labs(c.Context(), labs.Which{ID: lab.ID})
	if err != nil || len(found) != 1 {
		c.Fatalf("found %d labs: %v", len(found), err)
	}
	return c.host(found[0], name)
}

func (c *engineContract) execute() {
	host := c.host(c.launch(c.plan(labs.RoleLab)), labs.Workspace)
	process, err := c.Engine.Execute(c.Context(), host, labs.Command{
		Args: []string{"bash", "-c", `whoami; pwd; echo "$WORD"; cat; echo error >&2; exit 3`},
		User: labs.UserName, Dir: "/tmp", Environment: map[string]string{"WORD": "a b"},
	})
	if err != nil {
		c.Fatal(err)
	}
	defer process.Close()
	_, writeErr := io.WriteString(process.Stdin(), "typed\n")
	closeErr := process.Stdin().Close()
	out, readErr := io.ReadAll(process.Stdout())
	status, waitErr := process.Wait(c.Context())
	if err := errors.Join(writeErr, closeErr, readErr, waitErr); err != nil {
		c.Fatal(err)
	}
	if want := labs.UserName + "\n/tmp\na b\ntyped\n"; string(out) != want || process.Stderr() != "error\n" || status != 3 {
		c.Errorf("status %d, output %q, errors %q", status, out, process.Stderr())
	}
}

// executeMuch sends a command more than any buffer on the way holds, and ends its input.
func (c *engineContract) executeMuch() {
	host := c.host(c.launch(c.plan(labs.RoleLab)), labs.Workspace)
	for _, size := range []int{0, 1, 100_000, 3_000_000} {
		process, err := c.Engine.Execute(c.Context(), host, labs.Command{Args: []string{"bash", "-c", "cat; echo end"}})
		if err != nil {
			c.Fatal(err)
		}
		sent := make(chan error, 1)
		go func() {
			_, err := process.Stdin().Write(bytes.Repeat([]byte("x"), size))
			sent <- errors.Join(err, process.Stdin().Close())
		}()
		out, readErr := io.ReadAll(process.Stdout())
		status, waitErr := process.Wait(c.Context())
		if err := errors.Join(<-sent, readErr, waitErr, process.Close()); err != nil || status != 0 || len(out) != size+len("end\n") {
			c.Errorf("of %d bytes, %d came back, status %d, %v", size, len(out), status, err)
		}
	}
}

func (c *engineContract) kill() {
	host := c.host(c.launch(c.plan(labs.RoleLab)), labs.Workspace)
	status, _, err := stage.Run(c.Context(), c.Engine, host, labs.Command{Args: []string{"bash", "-c", "kill -9 $$"}})
	if err != nil || status != labs.ExitKilled {
		c.Errorf("status %d, %v", status, err)
	}
}

// killCommand checks that a command that ignores its input and signals is killed, with what it
// started.
func (c *engineContract) killCommand() {
	host := c.host(c.launch(c.plan(labs.RoleLab)), labs.Workspace)
	for _, user := range []string{c.User, labs.UserName} {
		process, err := c.Engine.Execute(c.Context(), host, labs.Command{
			Args: []string{"bash", "-c", "trap '' HUP TERM; sleep 1000 & sleep 1000; true"}, User: user,
		})
		if err != nil {
			c.Fatal(err)
		}
		const sleepers = "$(grep -lzx '[1]000' /proc/[0-9]*/cmdline | wc -l)"
		c.script(host, "until [ "+sleepers+" = 2 ]; do sleep 0.1; done")
		if err := process.Kill(c.Context()); err != nil {
			c.Fatal(err)
		}
		c.script(host, "[ "+sleepers+" = 0 ]")
		if err := process.Kill(c.Context()); err != nil {
			c.Errorf("killed again: %v", err)
		}
	}
}

func (c *engineContract) closeCommand() {
	host := c.host(c.launch(c.plan(labs.RoleLab)), labs.Workspace)
	process, err := c.Engine.Execute(c.Context(), host, labs.Command{Args: []string{"bash", "-c", "touch /tmp/begun; cat; touch /tmp/ended"}})
	if err != nil {
		c.Fatal(err)
	}
	c.script(host, "until [ -e /tmp/begun ]; do sleep 0.1; done")
	if err := process.Close(); err != nil {
		c.Error(err)
	}
	c.script(host, "for i in {1..100}; do [ -e /tmp/ended ] && exit; sleep 0.1; done; exit 1")
}

func (c *engineContract) copyFiles() {
	host := c.host(c.launch(c.plan(labs.RoleLab)), "db")
	c.script(host, "printf text >"+c.Folder+"/copied; chmod 640 "+c.Folder+"/copied")
	from, err := c.Engine.CopyOut(c.Context(), host, c.Folder+"/copied")
	if err != nil {
		c.Fatal(err)
	}
	defer from.Close()
	files := tar.NewReader(from)
	header, err := files.Next()
	if err != nil {
		c.Fatal(err)
	}
	if text, err := io.ReadAll(files); string(text) != "text" || header.Mode&0o777 != 0o640 {
		c.Errorf("copied out: %q with mode %o, %v", text, header.Mode, err)
	}
	c.script(host, "mkdir "+c.Folder+"/many && cd "+c.Folder+"/many && head -c 3000000 /dev/urandom | split -b 10000")
	many, err := c.Engine.CopyOut(c.Context(), host, c.Folder+"/many")
	if err != nil {
		c.Fatal(err)
	}
	defer many.Close()
	if all, err := io.ReadAll(many); len(all) < 3_000_000 {
		c.Errorf("of 300 files, %d bytes were copied, %v", len(all), err)
	}
	if _, err := c.Engine.CopyOut(c.Context(), host, c.Folder+"/missing"); !errors.Is(err, labs.ErrNotFound) {
		c.Errorf("a missing file: %v", err)
	}
}

func (c *engineContract) freeze() {
	lab := c.launch(c.plan(labs.RoleLab))
	host := c.host(lab, labs.Workspace)
	c.script(host, "(while sleep 0.05; do echo x >>/tmp/ticks; done) >/dev/null 2>&1 &")
	thaw, err := c.Engine.Freeze(c.Context(), host, false)
	if err != nil {
		c.Fatal(err)
	}
	size := func() int {
		archive, err := c.Engine.CopyOut(c.Context(), host, "/tmp")
		if err != nil {
			c.Fatal(err)
		}
		defer archive.Close()
		all, err := io.ReadAll(archive)
		if err != nil {
			c.Fatal(err)
		}
		return bytes.Count(all, []byte("x\n"))
	}
	before := size()
	time.Sleep(300 * time.Millisecond)
	if after := size(); after != before {
		c.Errorf("a frozen host wrote %d lines", after-before)
	}
	if now := c.listed(lab, labs.Workspace); now.State != labs.HostFrozen {
		c.Errorf("it is listed as %s", now.State)
	}
	if err := thaw(); err != nil {
		c.Fatal(err)
	}
	c.becomes(host, labs.HostRunning)
	c.script(host, `n=$(wc -l </tmp/ticks); until [ "$(wc -l </tmp/ticks)" -gt "$n" ]; do sleep 0.1; done`)
}
