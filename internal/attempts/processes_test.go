//go:build unix

package attempts

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"endstate/internal/exams"
	"endstate/labs"
)

// TestMain lets the test binary act as another process that uses a store.
func TestMain(m *testing.M) {
	if path := os.Getenv("TEST_STORE"); path != "" {
		work := writeChecks
		if count := os.Getenv("TEST_CHECKS"); count == "half" {
			work = func(path, _ string) error { return half(context.Background(), path) }
		}
		if err := work(path, os.Getenv("TEST_CHECKS")); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// writeChecks opens a store and stores a number of checks, printing a line for each once it
// is stored.
func writeChecks(path, count string) error {
	n, err := strconv.Atoi(count)
	if err != nil {
		return err
	}
	ctx := context.Background()
	for i := range n {
		// As in the program: one process per check.
		store, err := Open(ctx, path)
		if err != nil {
			return err
		}
		a, err := store.Begin(ctx, aLab(), About{})
		if err == nil {
			err = store.AddCheck(ctx, a, &labs.Report{At: started, Title: fmt.Sprintf("%d-%d", os.Getpid(), i)})
		}
		if err == nil {
			err = openHint(ctx, store, a, started)
		}
		if err != nil {
			return err
		}
		if err := store.Close(); err != nil {
			return err
		}
		fmt.Println(i)
	}
	return nil
}

// half begins to change an exam, and stays in the middle of it with a lock.
func half(ctx context.Context, place string) error {
	store, err := Open(ctx, place)
	if err != nil {
		return err
	}
	if _, err := store.Hold(ctx, "exams/1.grading", false); err != nil {
		return err
	}
	_, err = store.Of(ada).ChangeExam(ctx, 1, func(s *exams.Sitting) error {
		s.Extra = append(s.Extra, exams.ExtraTime{Seconds: 60, By: "vera"})
		fmt.Println("in the middle")
		select {}
	})
	return err
}

func process(path string, checks int) *exec.Cmd {
	command := exec.Command(os.Args[0])
	command.Env = append(os.Environ(), "TEST_STORE="+path, fmt.Sprintf("TEST_CHECKS=%d", checks))
	return command
}

// together runs processes side by side and demands that all succeed.
func together(t *testing.T, path string, processes, checks int) {
	t.Helper()
	failed := make(chan error)
	for range processes {
		go func() {
			out, err := process(path, checks).CombinedOutput()
			if err != nil {
				err = fmt.Errorf("%w: %s", err, out)
			}
			failed <- err
		}()
	}
	for range processes {
		if err := <-failed; err != nil {
			t.Error(err)
		}
	}
}

// Two processes store checks at the same time, again and again: nothing is lost.
func TestTwoProcesses(t *testing.T) {
	everywhere(t, func(t *testing.T, fresh func() string) {
		path := fresh()
		together(t, path, 2, 100)
		store := open(t, path)
		if n := number(t, store, "SELECT count(DISTINCT report) FROM checks"); n != 200 {
			t.Errorf("%d checks are stored, want 200", n)
		}
		if a := attemptOf(t, store, aLab()); a.Hints != 200 {
			t.Errorf("%d hints are counted, want 200", a.Hints)
		}
	})
}

// Many processes create the same store at once.
func TestMadeByMany(t *testing.T) {
	everywhere(t, func(t *testing.T, fresh func() string) {
		for range 3 {
			path := fresh()
			together(t, path, 12, 1)
			if n := number(t, open(t, path), "SELECT count(*) FROM checks"); n != 12 {
				t.Errorf("%d checks are stored, want 12", n)
			}
		}
	})
}

// What a killed process saw acknowledged is stored, and the store is consistent.
func TestKilled(t *testing.T) {
	everywhere(t, func(t *testing.T, fresh func() string) { killed(t, fresh()) })
}

func killed(t *testing.T, path string) {
	t.Helper()
	kept := 0
	for range 10 {
		command := process(path, 1000)
		out, err := command.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := command.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		for range 3 {
			if lines.Scan() {
				kept++
			}
		}
		time.Sleep(rand.N(5 * time.Millisecond))
		if err := command.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		for lines.Scan() {
			kept++
		}
		_ = command.Wait()
		store := open(t, path)
		if !strings.HasPrefix(path, "postgres:") {
			var state string
			if err := store.db.QueryRowContext(t.Context(), "PRAGMA integrity_check").Scan(&state); err != nil || state != "ok" {
				t.Fatalf("integrity: %s, %v", state, err)
			}
		}
		if n := number(t, store, "SELECT count(*) FROM checks"); n < kept {
			t.Fatalf("%d checks are stored, %d were acknowledged", n, kept)
		}
		_ = store.Close()
	}
	if kept < 30 {
		t.Errorf("only %d checks were acknowledged", kept)
	}
}

// In a home that can't be written, with or without a store in it, the store says so.
func TestReadOnlyHome(t *testing.T) {
	for name, there := range map[string]bool{"empty": false, "with a store": true} {
		t.Run(name, func(t *testing.T) {
			home := publicDir(t)
			if there {
				attemptOf(t, open(t, Path(home)), aLab())
			}
			for _, path := range []string{Path(home), home} {
				if err := os.Chmod(path, 0o555); err != nil && (there || path == home) {
					t.Fatal(err)
				}
			}
			out, err := asOrdinaryUser(t, process(Path(home), 1)).CombinedOutput()
			if err == nil || !regexp.MustCompile("^The store of attempts can't be used: .*(unable to open|readonly)").Match(out) {
				t.Errorf("%v: %s", err, out)
			}
		})
	}
}

// publicDir returns a folder that other users can enter.
func publicDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "endstate-test-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(dir, 0o700); _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

// asOrdinaryUser runs root's command as another user, because root may do anything.
func asOrdinaryUser(t *testing.T, command *exec.Cmd) *exec.Cmd {
	t.Helper()
	if os.Geteuid() != 0 {
		return command
	}
	program, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	command.Path = filepath.Join(publicDir(t), "program")
	if err := os.WriteFile(command.Path, program, 0o755); err != nil {
		t.Fatal(err)
	}
	const nobody = 65534
	command.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	return command
}
