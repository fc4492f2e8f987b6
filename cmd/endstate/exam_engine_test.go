//go:build engine && linux

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/docker/docker/api/types/container"
	"github.com/rogpeppe/go-internal/testscript"

	"endstate/internal/attempts"
	"endstate/internal/enginetest"
	"endstate/internal/exams"
	"endstate/labs"
)

// The stories about exams that need an engine. They have commands of their own for a
// candidate's labs.
func TestExamStories(t *testing.T) {
	t.Parallel()
	words := map[string]word{"candidate": playCandidate, "strike": strikeHost, "nothing-left": nothingLeft, "graded": awaitGrades}
	stories(t, "testdata/exam", words, func(env *testscript.Env) error {
		r := enginetest.Open(t)
		env.Values[runnerKey{}] = r
		env.Setenv("ENDSTATE_OWNER", r.Owner)
		env.Setenv("ENDSTATE_CACHE", "1TiB")
		env.Setenv("ENDSTATE_LIFE", "20m")
		return nil
	})
}

// sittingOf returns the latest exam of a candidate.
func sittingOf(ts *testscript.TestScript, candidate string) *exams.Sitting {
	store, err := attempts.Open(context.Background(), attempts.Path(ts.Getenv("ENDSTATE_HOME")))
	ts.Check(err)
	defer store.Close()
	all, err := store.Of(labs.Learner{Name: ts.Getenv("ENDSTATE_OWNER")}).Exams(context.Background())
	ts.Check(err)
	for _, s := range all { // the latest first
		if s.Candidate == candidate {
			return s
		}
	}
	ts.Fatalf("%s is not sitting an exam", candidate)
	return nil
}

// labOf returns the lab that a candidate has of a scenario.
func labOf(ts *testscript.TestScript, candidate, scenario string) (*enginetest.Runner, *labs.Lab) {
	r, ok := ts.Value(runnerKey{}).(*enginetest.Runner)
	if !ok {
		ts.Fatalf("the script has no runner")
	}
	latest := sittingOf(ts, candidate)
	lab, err := r.Find(r.Context(), latest.LabOwner, scenario)
	ts.Check(err)
	return r, lab
}

// awaitGrades waits until a candidate's exam is graded, whoever does that: graded NAME.
func awaitGrades(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: graded NAME")
	}
	for range 120 {
		if s := sittingOf(ts, args[0]); s.Done() {
			return
		}
		time.Sleep(time.Second)
	}
	ts.Fatalf("the exam of %s was not graded in time", args[0])
}

// playCandidate plays a script, or the solution, in a candidate's lab: candidate NAME
// SCENARIO FILE|solution.
func playCandidate(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: candidate NAME SCENARIO FILE|solution")
	}
	r, lab := labOf(ts, args[0], args[1])
	if args[2] == labs.Solution {
		r.Solve(lab, r.Variant(lab.Scenario, lab.Seed))
		return
	}
	if status, out := r.Learner(lab, ts.ReadFile(args[2])); status != 0 {
		ts.Fatalf("%s exits with status %d:\n%s", args[2], status, out)
	}
}

// strikeHost kills the MySQL host of a candidate's lab from outside, or starts it again:
// strike NAME SCENARIO HOST kill|start.
func strikeHost(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 4 {
		ts.Fatalf("usage: strike NAME SCENARIO HOST kill|start")
	}
	r, lab := labOf(ts, args[0], args[1])
	host, err := lab.Host(args[2])
	ts.Check(err)
	if args[3] == "kill" {
		ts.Check(r.API.ContainerKill(r.Context(), host.ID, "KILL"))
		return
	}
	ts.Check(r.API.ContainerStart(r.Context(), host.ID, container.StartOptions{}))
	// While its server starts nothing answers, which is a check that failed.
	r.Root(lab, host.Name, "until (exec 3<>/dev/tcp/127.0.0.1/3306) 2>/dev/null; do sleep 0.2; done")
}

// nothingLeft fails the script if any of its exams still has a lab.
func nothingLeft(ts *testscript.TestScript, neg bool, args []string) {
	r, ok := ts.Value(runnerKey{}).(*enginetest.Runner)
	if neg || len(args) > 0 || !ok {
		ts.Fatalf("usage: nothing-left")
	}
	mine, err := r.Mine(r.Context())
	ts.Check(err)
	for _, lab := range mine {
		ts.Fatalf("the lab %s of %s was not removed", lab.ID, lab.Owner)
	}
}

const shortExam = `
title: Two questions
minutes: %s
feedback: score
hints: none
pass: 50
questions:
  - {scenario: git-merge-conflict, points: 10}
  - {scenario: git-undo-merge, points: 10}
`

// blueprint writes an exam with the given minutes and returns the file's path.
func blueprint(t *testing.T, minutes string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "two.yaml")
	if err := os.WriteFile(path, []byte(fmt.Sprintf(shortExam, minutes)), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// Killing the client costs neither the candidate's work nor their time.
func TestExamAtARealTerminal(t *testing.T) {
	t.Parallel()
	m := newMachine(t, "ENDSTATE_LIFE=20m")
	s := sit(m, "exam", "start", blueprint(t, "2.1"), "--seed", "20")
	s.sees("1/2 ", "$ ")
	s.types("touch mine; exam\r")
	s.sees("Two questions · exam 1")
	// The warning may come before or after the answer.
	for !strings.Contains(s.tail(64<<10), "2 min left") {
		s.types("check\r")
		s.sees("Score 0 of 100")
	}
	s.types("exam flag 1\r")
	s.sees("flagged")
	if err := s.process.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-s.ended

	again := sit(m, "exam", "resume")
	again.sees("1/2 ", "$ ")
	again.types("ls min*; exam status | grep -c flag''ged\r")
	again.sees("mine", "1\r\n")
	again.types("exam goto 2\r")
	again.sees("2/2 ", "$ ")
	again.types("exam goto 7\r")
	again.sees("no question 7")
	again.types("hint\r")
	again.sees("no hints")
	again.types("exam next\r")
	again.sees("1/2 ", "$ ")
	again.types("exam submit\r")
	again.sees("1 flagged? [y/N]")
	again.types("no\r")
	again.types("exam submit\r")
	again.sees("[y/N]")
	again.types("y\r")
	again.sees("not passed")
	again.leaves(1)
	if mine, err := m.Mine(t.Context()); err != nil || len(mine) > 0 {
		t.Errorf("labs left: %v, %v", mine, err)
	}
}

// When time is up, the shell ends whatever is running in it, and the end state is graded.
func TestExamWhoseTimeIsUpAtTheTerminal(t *testing.T) {
	t.Parallel()
	m := newMachine(t, "ENDSTATE_LIFE=20m")
	s := sit(m, "exam", "start", blueprint(t, "0.3"), "--seed", "20")
	s.sees("1/2 ", "$ ")
	s.types("vim README.md\r")
	s.sees("\x1b[?1049h")
	s.sees("Time is up", "never opened")
	s.leaves(1)
	if !strings.Contains(s.tail(64<<10), "\x1b[?1049l") { // the grading's progress comes after it
		t.Error("the terminal is still on the alternate screen")
	}
	if mine, err := m.Mine(t.Context()); err != nil || len(mine) > 0 {
		t.Errorf("labs left: %v, %v", mine, err)
	}
}

// The clock is paused only as long as the process that prepares the lab lives: if it is
// interrupted or killed, the clock runs again, so the candidate gains no time.
func TestExamGotoThatIsCutOff(t *testing.T) {
	t.Parallel()
	for name, signal := range map[string]os.Signal{"interrupted": os.Interrupt, "killed": os.Kill} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMachine(t, "ENDSTATE_LIFE=20m")
			m.must("exam", "start", blueprint(t, "20"), "--seed", "20", "--no-shell")
			m.wait(m.command("endstate", "exam", "goto", "2", "--no-shell"), func(p *os.Process) {
				for range 60 { // it may be ready before that is seen
					if strings.Contains(m.run("exam", "status", "--json").out, `"phase": "paused"`) {
						break
					}
				}
				_ = p.Signal(signal)
			})
			var view exams.View
			for range 60 {
				if err := json.Unmarshal([]byte(m.must("exam", "status", "--json").out), &view); err != nil {
					t.Fatal(err)
				}
				if view.Phase == exams.Running {
					break
				}
				time.Sleep(time.Second)
			}
			if view.Phase != exams.Running || view.Left > 20*60 || len(view.Doubts) > 0 {
				t.Errorf("%+v", view)
			}
			m.must("exam", "goto", "2", "--no-shell")
			for _, lab := range m.examLabs() {
				for _, host := range lab.Hosts {
					if host.State == labs.HostFrozen {
						t.Errorf("%s of %s is frozen while the clock runs", host.Name, lab.Scenario)
					}
				}
			}
			if end := m.run("exam", "submit", "--yes"); end.status != 1 {
				t.Errorf("exit status %d: %s%s", end.status, end.out, end.err)
			}
		})
	}
}

// examLabs returns the labs of the exams of the machine's owner.
func (m *machine) examLabs() []*labs.Lab {
	m.t.Helper()
	mine, err := m.Mine(m.t.Context())
	if err != nil {
		m.t.Fatal(err)
	}
	return mine
}
