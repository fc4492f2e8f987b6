//go:build engine && linux

package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"endstate/internal/attempts"
	"endstate/internal/enginetest"
	"endstate/labs"
)

// Commands are killed at random moments and in random ways, as by a failing machine.
// ENDSTATE_KILLS is the number of kills. ENDSTATE_KILLS_SEED repeats the choices of a run, but
// not its timing.
func TestKillsLoseNothing(t *testing.T) {
	t.Parallel()
	kills, workers := number(t, "ENDSTATE_KILLS", 6), 3
	seed := uint64(number(t, "ENDSTATE_KILLS_SEED", int(time.Now().UnixNano()%1e9)))
	t.Logf("%d kills, ENDSTATE_KILLS_SEED=%d", kills, seed)
	t.Run("workers", func(t *testing.T) {
		for w := range workers {
			t.Run(strconv.Itoa(w), func(t *testing.T) {
				t.Parallel()
				v := &victim{machine: newMachine(t), rand: rand.New(rand.NewPCG(seed, uint64(w))), took: map[string]time.Duration{}}
				v.exam = filepath.Join(t.TempDir(), "exam.yaml")
				if err := os.WriteFile(v.exam, []byte(killedExam), 0o600); err != nil {
					t.Fatal(err)
				}
				for range (kills + w) / workers {
					v.strike(blows[v.rand.IntN(len(blows))])
				}
				t.Logf("%d checks were shown and %d are stored; killed: %v", v.shown, v.stored(), v.killed)
			})
		}
	})
}

func number(t *testing.T, name string, otherwise int) int {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}

const killedExam = `
title: Killed
minutes: 30
pass: 50
questions:
  - {scenario: git-undo-merge, points: 10}
  - {scenario: git-merge-conflict, points: 10}
`

// blow is a kind of command that is killed.
type blow struct {
	name    string
	prepare func(*victim) *exec.Cmd
	keeps   bool // the lab that was there stays, with the work in it
}

var blows = []blow{
	{"start of a new seed", func(v *victim) *exec.Cmd { v.must("stop", "--all"); return v.start(enginetest.Git, v.NewSeed()) }, false},
	{"start", func(v *victim) *exec.Cmd { v.must("stop", "--all"); return v.start(enginetest.Git, enginetest.Seed) }, false},
	{"start of a server", func(v *victim) *exec.Cmd { v.must("stop", "--all"); return v.start(enginetest.MySQL, enginetest.Seed) }, false},
	{"start beside another", func(v *victim) *exec.Cmd { v.work(); return v.start("git-undo-merge", enginetest.Seed) }, true},
	{"check", func(v *victim) *exec.Cmd { v.work(); return v.command("endstate", "check", enginetest.Git) }, true},
	{"check of a server", func(v *victim) *exec.Cmd {
		v.must("stop", "--all")
		v.wait(v.start(enginetest.MySQL, enginetest.Seed), nil)
		return v.command("endstate", "check", enginetest.MySQL)
	}, false},
	{"reset", func(v *victim) *exec.Cmd { v.work(); return v.command("endstate", "reset", enginetest.Git, "--yes") }, false},
	{"stop", func(v *victim) *exec.Cmd { v.work(); return v.command("endstate", "stop", enginetest.Git) }, false},
	{"prove", func(v *victim) *exec.Cmd {
		v.work()
		return v.command("endstate", "prove", enginetest.Git, "--seeds", "1", "--proof", "so", "--seed", strconv.Itoa(enginetest.Seed))
	}, true},
	{"start of an exam", func(v *victim) *exec.Cmd { v.work(); return v.examStart() }, true},
	{"turn to a question", func(v *victim) *exec.Cmd {
		v.work()
		v.wait(v.examStart(), nil)
		return v.command("endstate", "exam", "goto", "2", "--no-shell")
	}, true},
	{"end of an exam", func(v *victim) *exec.Cmd {
		v.work()
		v.wait(v.examStart(), nil)
		return v.command("endstate", "exam", "submit", "--yes")
	}, true},
}

// victim is a machine whose commands are killed.
type victim struct {
	*machine
	rand   *rand.Rand
	exam   string // a blueprint's path
	took   map[string]time.Duration
	shown  int // checks whose results were shown
	killed map[string]int
}

func (v *victim) examStart() *exec.Cmd {
	return v.command("endstate", "exam", "start", v.exam, "--seed", strconv.Itoa(enginetest.Seed), "--candidate", "Di", "--no-shell")
}

// work starts a lab with work in it unless there is one.
func (v *victim) work() {
	v.t.Helper()
	if lab := v.mine(); lab != nil && lab.Seed != enginetest.Seed {
		v.must("stop", "--all")
	}
	v.begin()
	if status, out := v.Learner(v.mine(), "echo work > ~/work; sync"); status != 0 {
		v.t.Fatalf("work: %d: %s", status, out)
	}
}

// mine returns the Git lab, or nil if there is none.
func (v *victim) mine() *labs.Lab {
	v.t.Helper()
	lab, err := v.Find(v.t.Context(), v.Owner, enginetest.Git)
	if err != nil {
		return nil
	}
	return lab
}

// strike kills one command and checks what it left.
func (v *victim) strike(b blow) {
	v.t.Helper()
	command := b.prepare(v)
	if v.took[b.name] == 0 {
		v.undisturbed(b, command)
		command = b.prepare(v)
	}
	kill := []syscall.Signal{syscall.SIGKILL, syscall.SIGKILL, syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP}[v.rand.IntN(5)]
	moment := rand.N(v.took[b.name] * 11 / 10)
	end := v.wait(command, func(p *os.Process) {
		time.Sleep(moment)
		_ = p.Signal(kill)
	})
	v.count(end)
	if v.killed == nil {
		v.killed = map[string]int{}
	}
	v.killed[b.name]++
	about := fmt.Sprintf("%s, struck by %v after %v, which ended with %d", b.name, kill, moment.Round(time.Millisecond), end.status)
	if err := v.sound(b); err != nil {
		v.t.Errorf("%s: %v\n%s%s", about, err, end.out, end.err)
	}
}

// undisturbed measures how long a command takes if nothing kills it.
func (v *victim) undisturbed(b blow, command *exec.Cmd) {
	v.t.Helper()
	began := time.Now()
	end := v.wait(command, nil)
	v.took[b.name] = time.Since(began)
	v.count(end)
	if end.status > 1 {
		v.t.Errorf("%s, undisturbed: status %d: %s", b.name, end.status, end.err)
	}
	if err := v.sound(blow{name: b.name}); err != nil {
		v.t.Errorf("%s, undisturbed: %v", b.name, err)
	}
}

// count counts a check whose result was shown.
func (v *victim) count(end end) {
	if strings.Contains(end.out, "\nScore ") {
		v.shown++
	}
}

// sound reports what is wrong after a command was killed and the next one has swept.
func (v *victim) sound(b blow) error {
	swept := v.run("sweep")
	if swept.status != 0 {
		return fmt.Errorf("sweep: status %d: %s", swept.status, swept.err)
	}
	for _, look := range []func(blow) error{v.nothingHalf, v.workIsThere, v.nothingOpen, v.goesOn, v.nothingLost} {
		if err := look(b); err != nil {
			return err
		}
	}
	v.tidy()
	return nil
}

// nothingHalf returns an error unless every lab is complete and nothing else is left. The engine
// may still be working on the killed process's last request.
func (v *victim) nothingHalf(blow) (err error) {
	for range 20 {
		if err = v.half(); err == nil {
			return nil
		}
		time.Sleep(500 * time.Millisecond)
		v.run("sweep")
	}
	return err
}

func (v *victim) half() error {
	all, err := v.Engine.Labs(v.t.Context(), labs.Which{})
	if err != nil {
		return err
	}
	for _, lab := range all {
		if lab.BelongsTo(v.Owner) && (lab.Role != labs.RoleLab || !lab.Whole || strings.Contains(lab.Owner, "/prove-")) {
			return fmt.Errorf("%s of %s is left: whole %v, handed over %v, orphan %v, %+v", lab.ID, lab.Owner, lab.Whole, lab.Handed(), lab.Orphan, lab.Hosts)
		}
	}
	return nil
}

// workIsThere returns an error unless the lab still has the work, or the command removes labs.
func (v *victim) workIsThere(b blow) error {
	if !b.keeps {
		return nil
	}
	lab := v.mine()
	if lab == nil {
		return fmt.Errorf("the lab is gone")
	}
	if status, out := v.Learner(lab, "cat ~/work"); status != 0 || out != "work" {
		return fmt.Errorf("the work is gone: %d: %s", status, out)
	}
	return nil
}

// nothingOpen returns an error if an attempt is still open whose lab is gone.
func (v *victim) nothingOpen(blow) error {
	return v.store(func(ctx context.Context, store *attempts.Store) error {
		all, err := store.Of(v.who()).List(ctx, "")
		if err != nil {
			return err
		}
		for _, attempt := range all {
			if attempt.Ended != nil {
				continue
			}
			found, err := v.Engine.Labs(ctx, labs.Which{ID: attempt.Lab, Owner: attempt.Owner})
			if err != nil || len(found) != 1 || !found[0].Started.Equal(attempt.Started) {
				return fmt.Errorf("attempt %d at %s is open, its lab is %v, %v", attempt.ID, attempt.Scenario, found, err)
			}
		}
		return nil
	})
}

// goesOn ends the exams and returns an error unless the next commands work.
func (v *victim) goesOn(blow) error {
	if err := v.endExams(); err != nil {
		return err
	}
	start := []string{"start", enginetest.Git, "--no-shell"}
	if v.mine() == nil {
		start = append(start, "--seed", strconv.Itoa(enginetest.Seed))
	}
	for _, args := range [][]string{start, {"check", enginetest.Git}} {
		end := v.run(args...)
		v.count(end)
		if end.status > 1 {
			return fmt.Errorf("the next %s: status %d: %s%s", args[0], end.status, end.out, end.err)
		}
	}
	for _, host := range v.mine().Hosts {
		if host.State != labs.HostRunning {
			return fmt.Errorf("after the next commands, the host is %+v", host)
		}
	}
	return nil
}

// endExams ends the running exams, which removes their labs.
func (v *victim) endExams() error {
	return v.store(func(ctx context.Context, store *attempts.Store) error {
		open, err := store.Of(v.who()).OpenExams(ctx)
		if err != nil {
			return err
		}
		for _, sitting := range open {
			end := v.run("exam", "submit", "--exam", strconv.FormatInt(sitting.ID, 10), "--yes")
			if end.status > 1 {
				return fmt.Errorf("exam submit: status %d: %s%s", end.status, end.out, end.err)
			}
			if err := v.gone(ctx, sitting.LabOwner); err != nil {
				return err
			}
		}
		return nil
	})
}

// gone waits until an exam that has ended has no labs. Its keeper may still be grading what the
// killed command started.
func (v *victim) gone(ctx context.Context, owner string) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	never := func(error) bool { return false }
	return labs.Poll(ctx, time.Second, never, func(ctx context.Context) error {
		left, err := v.Engine.Labs(ctx, labs.Which{Owner: owner})
		if err == nil && len(left) > 0 {
			err = fmt.Errorf("an exam that has ended still has %d labs, the first is %s", len(left), left[0].ID)
		}
		return err
	})
}

// nothingLost returns an error unless every check whose result was shown is in the store.
func (v *victim) nothingLost(blow) error {
	if stored := v.stored(); stored < v.shown {
		return fmt.Errorf("%d checks were shown, %d are stored", v.shown, stored)
	}
	return nil
}

func (v *victim) stored() (n int) {
	v.t.Helper()
	if err := v.store(func(ctx context.Context, store *attempts.Store) error {
		all, err := store.Of(v.who()).List(ctx, "")
		for _, attempt := range all {
			n += attempt.Checks
		}
		return err
	}); err != nil {
		v.t.Error(err)
	}
	return n
}

// who is the learner of the machine.
func (v *victim) who() labs.Learner { return labs.Learner{Name: v.Owner} }

// store opens the store of attempts and passes it to look.
func (v *victim) store(look func(context.Context, *attempts.Store) error) error {
	home := ""
	for _, entry := range v.env {
		if value, ok := strings.CutPrefix(entry, "ENDSTATE_HOME="); ok {
			home = value
		}
	}
	store, err := attempts.Open(v.t.Context(), attempts.Path(home))
	if err != nil {
		return err
	}
	defer store.Close()
	return look(v.t.Context(), store)
}
