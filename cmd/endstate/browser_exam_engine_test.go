//go:build engine && linux

package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"endstate/internal/attempts"
	"endstate/internal/enginetest"
	"endstate/internal/exams"
	"endstate/labs"
)

// A candidate sits an exam in a real browser, and the server grades it with every page closed.
func TestBrowserExam(t *testing.T) {
	t.Parallel()
	m := newMachine(t, "ENDSTATE_LIFE=20m")
	address := m.serve()
	s := m.sitUnkept("3")
	q := s.Questions[0]
	m.browse("exam.mjs", address, strconv.FormatInt(s.ID, 10), m.solution(m.Variant(q.Scenario, q.Seed)))
	s = m.sittingOf(s.ID)
	m.endedInTime(s)
	if score := s.Questions[0].Grade.Score; score == nil || *score != labs.Total {
		t.Errorf("what was typed in the browser is graded %+v", s.Questions[0].Grade)
	}
}

// An examiner writes an exam in a real browser, assigns it, supervises it, and decides about its grade.
func TestBrowserExaminer(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.browse("examiner.mjs", m.serve(), enginetest.Git, m.Owner+"-ada")
}

// While the server runs, an exam is graded at its deadline, also one that another process started, whose
// keeper was killed. What came to its deadline while no server ran is graded when one starts.
func TestServerKeepsExams(t *testing.T) {
	t.Parallel()
	m := newMachine(t, "ENDSTATE_LIFE=20m")
	before := m.sitUnkept("0.05") // 3 seconds
	time.Sleep(time.Until(before.Deadline(time.Now())))
	m.serve()
	m.endedInTime(m.graded(before.ID))
	during := m.sitUnkept("0.2")
	s := m.graded(during.ID)
	m.endedInTime(s)
	if late := s.Questions[0].Grade.Late.Duration; late > time.Second {
		t.Errorf("the lab was frozen %v after the end", late)
	}
	if mine, err := m.Mine(t.Context()); err != nil || len(mine) > 0 {
		t.Errorf("labs left: %v, %v", mine, err)
	}
}

// sitUnkept starts an exam with the given minutes, and kills the process that keeps its time.
func (m *machine) sitUnkept(minutes string) *exams.Sitting {
	m.t.Helper()
	m.must("exam", "start", blueprint(m.t, minutes), "--seed", "20", "--no-shell")
	s := m.sittingOf(0)
	m.killKeeper(s.ID)
	return s
}

// killKeeper kills the process that keeps an exam's time.
func (m *machine) killKeeper(id int64) {
	m.t.Helper()
	own := []byte("\x00exam\x00keep\x00--exam\x00" + strconv.FormatInt(id, 10) + "\x00--owner\x00" + m.Owner + "\x00")
	commands, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		m.t.Fatal(err)
	}
	for _, path := range commands {
		if line, err := os.ReadFile(path); err == nil && bytes.Contains(line, own) {
			pid, err := strconv.Atoi(filepath.Base(filepath.Dir(path)))
			if err == nil {
				err = syscall.Kill(pid, syscall.SIGKILL)
			}
			if err != nil {
				m.t.Fatal(err)
			}
			return
		}
	}
	m.t.Fatal("the exam has no keeper")
}

// place returns the place of the machine's store.
func (m *machine) place() string {
	for _, variable := range m.env {
		if url, ok := strings.CutPrefix(variable, "ENDSTATE_STORE="); ok {
			return url
		}
	}
	return attempts.Path(m.home())
}

// sittingOf returns an exam of the machine's owner; with 0, the latest. It grades nothing.
func (m *machine) sittingOf(id int64) *exams.Sitting {
	m.t.Helper()
	store, err := attempts.Open(m.t.Context(), m.place())
	if err != nil {
		m.t.Fatal(err)
	}
	defer store.Close()
	all, err := store.Of(labs.Learner{Name: m.Owner}).Exams(m.t.Context())
	for _, s := range all { // the latest first
		if id == 0 || s.ID == id {
			return s
		}
	}
	m.t.Fatalf("there is no exam %d: %v", id, err)
	return nil
}

// graded waits until an exam is graded.
func (m *machine) graded(id int64) *exams.Sitting {
	m.t.Helper()
	for range 600 {
		if s := m.sittingOf(id); s.Done() {
			return s
		}
		time.Sleep(200 * time.Millisecond)
	}
	m.t.Fatalf("exam %d was not graded in time", id)
	return nil
}

// endedInTime fails the test unless an exam ended at its deadline and is graded.
func (m *machine) endedInTime(s *exams.Sitting) {
	m.t.Helper()
	if !s.Done() || s.Way != exams.TimeUp || !s.Ended.Equal(s.Deadline(s.Ended)) {
		m.t.Errorf("exam %d ended at %v (%s), its deadline is %v; done: %v", s.ID, s.Ended, s.Way, s.Deadline(s.Ended), s.Done())
	}
}
