package places

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func ignore(int) {}

func TestPlacesLimitHowManyWork(t *testing.T) {
	p := In(filepath.Join(t.TempDir(), "places"), 3)
	var working, most, done atomic.Int64
	var all sync.WaitGroup
	for i := range 40 {
		all.Go(func() {
			leave, err := p.Take(t.Context(), fmt.Sprint("owner ", i%4), ignore)
			if err != nil {
				t.Error(err)
				return
			}
			now := working.Add(1)
			for seen := most.Load(); now > seen && !most.CompareAndSwap(seen, now); seen = most.Load() {
			}
			time.Sleep(5 * time.Millisecond)
			working.Add(-1)
			done.Add(1)
			leave()
		})
	}
	all.Wait()
	if most.Load() > 3 || done.Load() != 40 {
		t.Errorf("%d worked at once, %d in total", most.Load(), done.Load())
	}
	left, err := filepath.Glob(filepath.Join(p.dir, "*-*-*-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestOwnerWithTheFewestIsNext(t *testing.T) {
	names := []string{
		"r-0-c-0", "w-1-a-1", "w-2-a-2", "w-3-b-3", "w-4-c-4", "w-5-b-5", "w-else",
	}
	// One ticket of c is working, so its first waiting ticket counts as its second.
	want := []string{"w-1-a-1", "w-3-b-3", "w-2-a-2", "w-4-c-4", "w-5-b-5"}
	if diff := cmp.Diff(want, order(names)); diff != "" {
		t.Errorf("line (-want +got):\n%s", diff)
	}
}

func TestTakeReportsThePosition(t *testing.T) {
	p := In(t.TempDir(), 1)
	leave, err := p.Take(t.Context(), "a", ignore)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	stopped := errors.New("stopped")
	positions := make(chan int, 100)
	ended := make(chan error, 1)
	go func() {
		_, err := p.Take(ctx, "b", func(before int) { positions <- before })
		ended <- err
	}()
	if before := <-positions; before != 0 {
		t.Errorf("%d are ahead of the first in line", before)
	}
	cancel(stopped)
	if err := <-ended; !errors.Is(err, stopped) {
		t.Errorf("the wait ended with %v", err)
	}
	leave()
	if leave, err = p.Take(t.Context(), "c", func(int) { t.Error("a caller waits although a place is free") }); err != nil {
		t.Fatal(err)
	}
	leave()
}

// TestHelperProcess is not a test. It is a process that takes a place, waits in line for
// another, and gets killed.
func TestHelperProcess(t *testing.T) {
	dir := os.Getenv("PLACES")
	if dir == "" {
		t.Skip("run by TestAKilledProcessHoldsNothing")
	}
	p := In(dir, 1)
	if _, err := p.Take(t.Context(), "killed", ignore); err != nil {
		t.Fatal(err)
	}
	_, _ = p.Take(t.Context(), "killed", func(int) { fmt.Println("waiting") })
}

func TestAKilledProcessHoldsNothing(t *testing.T) {
	dir := t.TempDir()
	command := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestHelperProcess$")
	command.Env = append(os.Environ(), "PLACES="+dir)
	out, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	waiting := make([]byte, len("waiting"))
	for !strings.Contains(string(waiting), "waiting") {
		if _, err := out.Read(waiting); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(command.Process.Kill(), ignoreExit(command.Wait())); err != nil {
		t.Fatal(err)
	}
	leave, err := In(dir, 1).Take(t.Context(), "next", ignore)
	if err != nil {
		t.Fatal(err)
	}
	leave()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if i := slices.IndexFunc(entries, func(e os.DirEntry) bool { return strings.HasPrefix(e.Name(), "w-") }); i >= 0 {
		t.Errorf("the killed process is still in line: %v", entries)
	}
}

func ignoreExit(err error) error {
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return nil
	}
	return err
}
