//go:build engine && linux

package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"endstate/internal/enginetest"
	"endstate/labs"
)

// The shells of killed clients wait with their programs, and each is handed back once. Who leaves
// them leaves nothing running in the lab: no shell, no program, and no session that holds a lock.
// Only a program that was started to outlive its terminal keeps running.
func TestShellsOfKilledClientsWait(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	s := sit(m, "start", enginetest.MySQL, "--seed", fmt.Sprint(enginetest.Seed))
	s.sees("~$")
	s.types("nohup sleep 4321 >/dev/null & sleep 4322 & mysql -e 'SELECT GET_LOCK(\"mine\", 1), SLEEP(4000)'\r")
	seats := []*seat{s}
	for range 2 {
		more := sit(m, "shell")
		more.sees("~$")
		more.types("vim\r")
		more.sees("\x1b[?1049h")
		seats = append(seats, more)
	}
	lab := seats[0].lab(t)
	m.becomes(lab, "a session sleeps on the server", func(_, sessions string) bool { return strings.Contains(sessions, "SLEEP(4000)") })
	for _, s := range seats {
		if err := s.process.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		<-s.ended
	}
	vims := 0
	for i := range seats {
		seats[i] = sit(m, "shell")
		seats[i].sees("\x1b[40;1H") // the whole screen is drawn
	}
	for _, s := range seats {
		if strings.Contains(s.tail(16<<10), "SLEEP(4000)") {
			s.types("\x03kill %2; exit\r")
		} else {
			s.types(":q!\r")
			s.sees("\x1b[?1049l", "~$") // vim drops keys that come while it ends
			s.types("exit\r")
			vims++
		}
		s.sees("The lab goes on")
	}
	if vims != 2 {
		t.Errorf("%d shells with vim were handed back, want 2", vims)
	}
	m.becomes(lab, "nothing of theirs is left", func(processes, sessions string) bool {
		return !strings.Contains(processes, "bash") && !strings.Contains(processes, "4322") && !strings.Contains(processes, "vim") &&
			!strings.Contains(processes, "mysql") && !strings.Contains(processes, "a shell") && !strings.Contains(sessions, "SLEEP(4000)")
	})
	if processes := m.processes(lab); !strings.Contains(processes, "sleep 4321") {
		t.Errorf("the program that should outlive its terminal has ended: %s", processes)
	}
	m.must("stop")
}

// processes returns the learner's processes in a lab's workspace.
func (m *machine) processes(lab *labs.Lab) string {
	m.t.Helper()
	workspace, err := lab.Host(labs.Workspace)
	if err != nil {
		m.t.Fatal(err)
	}
	top, err := m.API.ContainerTop(m.t.Context(), workspace.ID, []string{"-eo", "pid,args"})
	if err != nil {
		m.t.Fatal(err)
	}
	var lines []string
	for _, row := range top.Processes {
		lines = append(lines, strings.Join(row, " "))
	}
	return strings.Join(lines, "\n")
}

// becomes waits until the processes in a lab and the sessions on its server meet a condition.
func (m *machine) becomes(lab *labs.Lab, what string, is func(processes, sessions string) bool) {
	m.t.Helper()
	var processes, sessions string
	for range 60 {
		processes = m.processes(lab)
		_, sessions = m.Learner(lab, "mysql -e 'SHOW FULL PROCESSLIST'")
		if is(processes, sessions) {
			return
		}
		time.Sleep(250 * time.Millisecond)
	}
	m.t.Fatalf("timed out waiting until %s:\n%s\n%s", what, processes, sessions)
}
