//go:build engine

package docker_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"endstate/internal/enginetest"
	"endstate/labs"
)

func workspaceOf(t *testing.T, lab *labs.Lab) labs.Host {
	t.Helper()
	host, err := lab.Host(labs.Workspace)
	if err != nil {
		t.Fatal(err)
	}
	return host
}

func isFrozen(t *testing.T, r *enginetest.Runner, host labs.Host) bool {
	t.Helper()
	inspected, err := r.API.ContainerInspect(t.Context(), host.ID)
	if err != nil {
		t.Fatal(err)
	}
	return inspected.State.Paused
}

func freeze(t *testing.T, r *enginetest.Runner, host labs.Host, lasting bool) (thaw func()) {
	t.Helper()
	thawed, err := r.Engine.Freeze(t.Context(), host, lasting)
	if err != nil {
		t.Fatal(err)
	}
	return func() {
		t.Helper()
		if err := thawed(); err != nil {
			t.Error(err)
		}
	}
}

// A host runs again once all who froze it have thawed it.
func TestFreezeOfSeveral(t *testing.T) {
	t.Parallel()
	r := enginetest.Open(t)
	lab := r.Lab(r.Variant(enginetest.Git, enginetest.Seed))
	host := workspaceOf(t, lab)
	one, two := freeze(t, r, host, false), freeze(t, r, host, false)
	one()
	one() // thawing twice does no harm
	if !isFrozen(t, r, host) {
		t.Error("one of two thawed the host")
	}
	found, err := r.Find(t.Context(), lab.Owner, lab.Scenario)
	if err != nil {
		t.Fatal(err)
	}
	if now := workspaceOf(t, found); now.State != labs.HostFrozen {
		t.Errorf("a frozen host is listed as %+v", now)
	}
	two()
	if isFrozen(t, r, host) {
		t.Error("nobody keeps the host frozen, but it is frozen")
	}
}

// Commands wait while a host is frozen for a moment, whichever comes first.
func TestExecuteWhileOthersFreeze(t *testing.T) {
	t.Parallel()
	r := enginetest.Open(t)
	lab := r.Lab(r.Variant(enginetest.Git, enginetest.Seed))
	host := workspaceOf(t, lab)
	var all sync.WaitGroup
	for range 3 {
		all.Go(func() {
			for range 10 {
				thaw, err := r.Engine.Freeze(t.Context(), host, false)
				if err == nil {
					err = thaw()
				}
				if err != nil {
					t.Error(err)
				}
				time.Sleep(20 * time.Millisecond)
			}
		})
	}
	for range 20 {
		if status, out := r.Learner(lab, "echo done"); status != 0 || out != "done" {
			t.Errorf("it ended with %d: %s", status, out)
		}
	}
	all.Wait()
	if isFrozen(t, r, host) {
		t.Error("the host stayed frozen")
	}
}

func TestFreezeThatLasts(t *testing.T) {
	t.Parallel()
	r := enginetest.Open(t)
	lab := r.Lab(r.Variant(enginetest.Git, enginetest.Seed))
	host := workspaceOf(t, lab)
	killFreezer(t, host, true)
	if _, err := r.Engine.Execute(t.Context(), host, labs.Command{Args: []string{"true"}}); !errors.Is(err, labs.ErrFrozen) {
		t.Errorf("a command in it: %v", err)
	}
	freeze(t, r, host, false)() // as a check does
	if !isFrozen(t, r, host) {
		t.Error("a check thawed it")
	}
	freeze(t, r, host, true)()
	if isFrozen(t, r, host) {
		t.Error("it could not be thawed by a later process")
	}
	killFreezer(t, host, true) // and it can be removed while frozen
}

// A host frozen by a killed process runs again as soon as a command starts in it.
func TestFrozenByAKilledProcess(t *testing.T) {
	t.Parallel()
	r := enginetest.Open(t)
	lab := r.Lab(r.Variant(enginetest.Git, enginetest.Seed))
	host := workspaceOf(t, lab)
	killFreezer(t, host, false)
	if !isFrozen(t, r, host) {
		t.Fatal("nothing was frozen")
	}
	if status, out := r.Learner(lab, "echo done"); status != 0 || out != "done" {
		t.Errorf("it ended with %d: %s", status, out)
	}
}

// A learner attached to it can go on working.
func TestAttachedToWhatAKilledProcessFroze(t *testing.T) {
	t.Parallel()
	r := enginetest.Open(t)
	lab := r.Lab(r.Variant(enginetest.Git, enginetest.Seed))
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	shell := r.Begin(ctx, lab, labs.Workspace, labs.Command{
		Args: []string{"bash", "-c", "echo here; while sleep 0.1; do echo on; done"}, User: labs.UserName, Terminal: true,
	})
	defer shell.Close()
	context.AfterFunc(ctx, func() { _ = shell.Close() })
	lines := bufio.NewScanner(shell.Stdout())
	lines.Scan()
	killFreezer(t, workspaceOf(t, lab), false)
	for range 50 { // more than may have been on its way
		if !lines.Scan() {
			t.Fatal("the shell ended, or hung")
		}
	}
}

// A frozen host does not hinder grading, restarting or removing its lab.
func TestCheckOfAFrozenLab(t *testing.T) {
	t.Parallel()
	r := enginetest.Open(t)
	v := r.Variant(enginetest.MySQL, enginetest.Seed)
	lab := r.Lab(v)
	r.Solve(lab, v)
	for _, host := range lab.Hosts {
		killFreezer(t, host, false)
	}
	r.Passes(lab, v)
	killFreezer(t, workspaceOf(t, lab), false)
	if err := r.Engine.Restart(t.Context(), lab); err != nil {
		t.Error(err)
	}
	if isFrozen(t, r, workspaceOf(t, lab)) {
		t.Error("it was restarted, but is frozen")
	}
}

// The environment in which the test binary freezes a host and waits to be killed.
const freezerHost, freezerLasting = "ENDSTATE_TEST_FREEZER", "ENDSTATE_TEST_FREEZER_LASTING"

// killFreezer lets another process freeze a host, and kills it.
func killFreezer(t *testing.T, host labs.Host, lasting bool) {
	t.Helper()
	freezer := exec.Command(os.Args[0], "-test.run", "^TestFreezer$")
	freezer.Env = append(os.Environ(), freezerHost+"="+host.ID, freezerLasting+"="+fmt.Sprint(lasting))
	freezer.Stderr = os.Stderr
	out, err := freezer.StdoutPipe()
	if err == nil {
		err = freezer.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() && !strings.HasSuffix(lines.Text(), "frozen") {
	}
	_ = freezer.Process.Kill()
	_, _ = io.Copy(io.Discard, out)
	_ = freezer.Wait()
}

// TestFreezer is not a test: it is the process that [killFreezer] kills.
func TestFreezer(t *testing.T) {
	id := os.Getenv(freezerHost)
	if id == "" {
		t.Skip("runs only for other tests")
	}
	r := enginetest.Open(t)
	if _, err := r.Engine.Freeze(t.Context(), labs.Host{Name: "host", ID: id}, os.Getenv(freezerLasting) == "true"); err != nil {
		t.Fatal(err)
	}
	fmt.Println("frozen")
	select {}
}
