//go:build engine

package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"endstate/internal/enginetest"
	"endstate/labs"
)

// machine runs endstate in processes of its own, with a home, a folder for temporary files, and
// an owner whose leftovers the runner removes.
type machine struct {
	*enginetest.Runner
	t   *testing.T
	env []string
	tmp string
	key string // of the tiny image that was last made
}

func newMachine(t *testing.T, env ...string) *machine {
	t.Helper()
	m := &machine{Runner: enginetest.Open(t), t: t, tmp: t.TempDir()}
	own := slices.DeleteFunc(os.Environ(), func(entry string) bool { return strings.HasPrefix(entry, "ENDSTATE_") })
	m.env = append(own, "ENDSTATE_OWNER="+m.Owner, "ENDSTATE_HOME="+t.TempDir(), "ENDSTATE_CACHE=1TiB", "TMPDIR="+m.tmp)
	m.env = append(m.env, env...)
	return m
}

// command is a command line of the program, or of tiny.
func (m *machine) command(name string, args ...string) *exec.Cmd {
	ctx, cancel := context.WithTimeout(m.t.Context(), 15*time.Minute)
	m.t.Cleanup(cancel)
	command := exec.CommandContext(ctx, name, args...)
	command.Env = m.env
	return command
}

// end is the result of a process.
type end struct {
	status   int
	out, err string
}

// run runs a command line to its end.
func (m *machine) run(args ...string) end {
	m.t.Helper()
	return m.wait(m.command("endstate", args...), nil)
}

// must runs a command line that has to succeed.
func (m *machine) must(args ...string) end {
	m.t.Helper()
	end := m.run(args...)
	if end.status != 0 {
		m.t.Fatalf("endstate %s: status %d\n%s%s", strings.Join(args, " "), end.status, end.out, end.err)
	}
	return end
}

// wait runs a command and does something in the meantime.
func (m *machine) wait(command *exec.Cmd, meanwhile func(*os.Process)) end {
	m.t.Helper()
	var out, errs bytes.Buffer
	command.Stdout, command.Stderr = &out, &errs
	if err := command.Start(); err != nil {
		m.t.Fatal(err)
	}
	if meanwhile != nil {
		meanwhile(command.Process)
	}
	err := command.Wait()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		m.t.Fatal(err)
	}
	return end{command.ProcessState.ExitCode(), out.String(), errs.String()}
}

// together runs command lines at the same time.
func (m *machine) together(commands ...*exec.Cmd) []end {
	m.t.Helper()
	ends := make([]end, len(commands))
	done := make(chan struct{})
	for i, command := range commands {
		go func() {
			ends[i] = m.wait(command, nil)
			done <- struct{}{}
		}()
	}
	for range commands {
		<-done
	}
	return ends
}

// lab returns the machine's only lab.
func (m *machine) lab(t *testing.T) *labs.Lab {
	t.Helper()
	mine, err := m.Labs(t.Context(), m.Owner)
	if err != nil || len(mine) != 1 {
		t.Fatalf("labs: %+v, %v", mine, err)
	}
	return mine[0]
}
