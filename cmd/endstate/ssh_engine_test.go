//go:build engine && linux

package main

import (
	"fmt"
	"os/exec"
	"strings"
	"testing"

	"endstate/internal/cli"
	"endstate/internal/enginetest"
)

func TestEngineOverSSH(t *testing.T) {
	t.Parallel()
	ssh := enginetest.StartSSH(t)
	t.Run("ways that fail", func(t *testing.T) { failOverSSH(t, ssh) })
	t.Run("a docker context", func(t *testing.T) { useContextOverSSH(t, ssh) })
	t.Run("a whole lab", func(t *testing.T) { practiseOverSSH(t, ssh) })
	t.Run("one login", func(t *testing.T) { shareLogin(t, ssh) })
}

// A whole lab on an engine that is reached over SSH. In the middle, the connection breaks.
func practiseOverSSH(t *testing.T, ssh *enginetest.SSH) {
	m := newMachine(t, ssh.Environment...)
	s := sit(m, "start", enginetest.Git, "--seed", fmt.Sprint(enginetest.Seed))
	s.sees("~$")
	s.types("stty size; touch ke''pt; check\r")
	s.sees("40 100")
	s.sees("Score 0 of 100")
	ssh.Break()
	s.sees("127.0.0.1 can't be reached with SSH", "endstate shell")
	s.leaves(cli.StatusUngraded)
	if end := m.run("check"); end.status != cli.StatusUngraded || !strings.Contains(end.err, "127.0.0.1 can't be reached with SSH") {
		t.Errorf("check without a connection: status %d: %s", end.status, end.err)
	}
	ssh.Start()
	again := sit(m, "shell")
	again.sees("~$")
	again.types("ls\r")
	again.sees("kept")
	again.types("exit\r")
	again.leaves(0)
	v := m.Variant(enginetest.Git, enginetest.Seed)
	m.Solve(m.lab(t), v)
	if end := m.must("check"); !strings.Contains(end.out, "Score 100") {
		t.Errorf("check of a solved lab:\n%s", end.out)
	}
	m.must("reset", "--yes")
	if end := m.run("check"); end.status != cli.StatusFailed || !strings.Contains(end.out, "Score 0") {
		t.Errorf("check after a reset: status %d\n%s%s", end.status, end.out, end.err)
	}
	m.must("stop")
	if left := m.Left(t.Context()); len(left) > 0 {
		t.Errorf("stop left %v", left)
	}
}

// What is wrong with a way over SSH is said in a line, with what to do.
func failOverSSH(t *testing.T, ssh *enginetest.SSH) {
	m := newMachine(t, ssh.Environment...)
	m.must("status")
	for name, test := range map[string]struct{ address, what string }{
		"unknown key": {"ssh://root@localhost:" + ssh.Port, "This machine does not know the SSH key of localhost.\nGo there once by hand"},
		"no entry":    {"ssh://nobody@127.0.0.1:" + ssh.Port, "SSH does not accept the user nobody at 127.0.0.1.\nEndstate never asks for a password"},
		"no docker":   {ssh.Host(ssh.Bare), "127.0.0.1 has no docker command, or one before 18.09.\nInstall Docker there"},
		"no engine":   {ssh.Host(ssh.Port) + "/run/nowhere.sock", "No container engine answers on 127.0.0.1.\nStart Docker there"},
		"no silence":  {ssh.Host(ssh.Talks), "A shell on 127.0.0.1 prints something before Docker answers.\nThe account must"},
		"no server":   {"ssh://root@127.0.0.1:1", "127.0.0.1 can't be reached with SSH.\nCheck the address"},
		"no name":     {"ssh://root@nowhere.invalid", "nowhere.invalid can't be reached with SSH.\nCheck the address"},
	} {
		command := m.command("endstate", "status")
		command.Env = append(command.Env, "DOCKER_HOST="+test.address)
		if end := m.wait(command, nil); end.status != cli.StatusUngraded || !strings.Contains(end.err, test.what) {
			t.Errorf("%s: status %d: %s", name, end.status, end.err)
		}
	}
}

func useContextOverSSH(t *testing.T, ssh *enginetest.SSH) {
	m := newMachine(t, append(ssh.Environment, "DOCKER_HOST=", "DOCKER_CONFIG="+t.TempDir())...)
	for _, args := range [][]string{{"create", "far", "--docker", "host=" + ssh.Host(ssh.Port)}, {"use", "far"}} {
		if end := m.wait(m.command("docker", append([]string{"context"}, args...)...), nil); end.status != 0 {
			t.Fatalf("docker context %s: %s", args, end.err)
		}
	}
	if end := m.must("doctor"); !strings.Contains(end.out, "at "+ssh.Host(ssh.Port)) || !strings.Contains(end.out, "its free space can't be seen from here") {
		t.Errorf("doctor with a context:\n%s", end.out)
	}
}

// Many commands share one login. OpenSSH's server allows ten connections in it, so some log in
// themselves.
func shareLogin(t *testing.T, ssh *enginetest.SSH) {
	ssh.ShareLogin()
	m := newMachine(t, ssh.Environment...)
	m.must("start", enginetest.Git, "--seed", fmt.Sprint(enginetest.Seed), "--no-shell")
	commands := make([]*exec.Cmd, 12)
	for i := range commands {
		commands[i] = m.command("endstate", "check", "--json")
	}
	for i, end := range m.together(commands...) {
		if end.status != cli.StatusFailed || !strings.Contains(end.out, `"points": 0`) && !strings.Contains(end.out, `"score": 0`) {
			t.Errorf("check %d: status %d\n%s%s", i, end.status, end.out, end.err)
		}
	}
	ssh.Break()
	if end := m.run("check"); end.status != cli.StatusUngraded || !strings.Contains(end.err, "127.0.0.1 can't be reached with SSH") {
		t.Errorf("check without a connection: status %d: %s", end.status, end.err)
	}
	ssh.Start()
	m.must("stop")
}
