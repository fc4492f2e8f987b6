package admission

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"endstate/labs"
)

// machine is a machine whose labs a test starts and stops.
type machine struct {
	*Gate
	mu   sync.Mutex
	runs []Lab
}

func (m *machine) set(runs ...Lab) { m.mu.Lock(); defer m.mu.Unlock(); m.runs = runs }

func newMachine(t *testing.T, limits Limits, runs ...Lab) *machine {
	m := &machine{runs: runs}
	m.Gate = &Gate{Limits: limits, Folder: filepath.Join(t.TempDir(), "queue"), Clock: time.Now, Running: func(context.Context) ([]Lab, error) {
		m.mu.Lock()
		defer m.mu.Unlock()
		return append([]Lab(nil), m.runs...), nil
	}}
	return m
}

func lab(owner, scenario string, memory int64) Lab { return Lab{owner, scenario, memory << 20} }

// code returns the code of a problem, or what else went wrong.
func code(err error) string {
	var problem *labs.Problem
	switch {
	case err == nil:
		return ""
	case errors.As(err, &problem):
		return problem.Code
	}
	return err.Error()
}

// A person may have as many labs and as much memory as the limits say, and nobody else's count.
func TestPersonalLimits(t *testing.T) {
	runs := []Lab{lab("ada", "one", 512), lab("ada", "two", 1024), lab("eve", "one", 512)}
	for name, test := range map[string]struct {
		limits Limits
		start  Lab
		want   string
	}{
		"no limits":                {Limits{}, lab("ada", "three", 1<<20), ""},
		"the last lab":             {Limits{PersonLabs: 3}, lab("ada", "three", 512), ""},
		"one too many":             {Limits{PersonLabs: 2}, lab("ada", "three", 512), CodePersonFull},
		"another person":           {Limits{PersonLabs: 2}, lab("eve", "three", 512), ""},
		"just enough memory":       {Limits{PersonMemory: 2048 << 20}, lab("ada", "three", 512), ""},
		"too much memory":          {Limits{PersonMemory: 2047 << 20}, lab("ada", "three", 512), CodePersonFull},
		"more than the machine's":  {Limits{Memory: 511 << 20}, lab("ada", "three", 512), CodeTooLarge},
		"a name that begins alike": {Limits{PersonLabs: 1}, lab("ad", "one", 512), ""},
	} {
		t.Run(name, func(t *testing.T) {
			m := newMachine(t, test.limits, runs...)
			if may := m.May(t.Context(), test.start); code(may) != test.want {
				t.Errorf("before, it is told %v", may)
			}
			leave, err := m.Enter(t.Context(), test.start, nil, nil)
			if code(err) != test.want {
				t.Errorf("the start ends with %q: %v", code(err), err)
			}
			if err == nil {
				leave()
			}
		})
	}
}

// told collects what a start is told: how many are ahead.
type told chan int

func (c told) emit(event labs.Event) {
	if event.State == labs.StepMoved && event.Step == labs.AwaitRoom {
		ahead, _ := strconv.Atoi(event.Detail)
		c <- ahead
	}
}

func (c told) within(t *testing.T, want int) {
	t.Helper()
	for late := time.After(10 * time.Second); ; {
		select {
		case got := <-c:
			if got == want {
				return
			}
		case <-late:
			t.Fatalf("it was never told that %d are ahead", want)
		}
	}
}

// enter starts a lab, and returns what it is told and how it ends.
func (m *machine) enter(ctx context.Context, lab Lab, seen func() time.Time) (told, <-chan error) {
	c, done := make(told, 100), make(chan error, 1)
	go func() {
		leave, err := m.Enter(ctx, lab, seen, c.emit)
		if err == nil {
			m.mu.Lock()
			m.runs = append(m.runs, lab)
			m.mu.Unlock()
			leave()
		}
		done <- err
	}()
	return c, done
}

func ends(t *testing.T, done <-chan error, want string) {
	t.Helper()
	select {
	case err := <-done:
		if code(err) != want {
			t.Fatalf("it ends with %q, want %q", code(err), want)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("it does not end")
	}
}

// While the machine is full, starts wait in line and are told their place; none fails.
func TestQueue(t *testing.T) {
	m := newMachine(t, Limits{Labs: 2}, lab("a", "one", 512), lab("b", "one", 512))
	first, firstDone := m.enter(t.Context(), lab("c", "one", 512), nil)
	first.within(t, 0)
	second, secondDone := m.enter(t.Context(), lab("d", "one", 512), nil)
	second.within(t, 1)
	third, thirdDone := m.enter(t.Context(), lab("e", "one", 512), nil)
	third.within(t, 2)
	if m.Waiting() != 3 {
		t.Errorf("%d wait, want 3", m.Waiting())
	}
	m.set(lab("b", "one", 512))
	ends(t, firstDone, "")
	second.within(t, 0)
	third.within(t, 1)
	m.set()
	ends(t, secondDone, "")
	ends(t, thirdDone, "")
	if m.Waiting() != 0 {
		t.Errorf("%d wait at the end", m.Waiting())
	}
}

// A large lab waits for the memory that it may use, and nobody passes it.
func TestQueueForMemory(t *testing.T) {
	m := newMachine(t, Limits{Memory: 2048 << 20}, lab("a", "one", 1024))
	large, largeDone := m.enter(t.Context(), lab("b", "large", 2048), nil)
	large.within(t, 0)
	small, smallDone := m.enter(t.Context(), lab("c", "small", 512), nil)
	small.within(t, 1)
	m.set()
	ends(t, largeDone, "")
	small.within(t, 0)
	m.set()
	ends(t, smallDone, "")
}

// Labs that are being started count, once: also those of another process, and no longer when it is dead.
func TestStartsCount(t *testing.T) {
	m := newMachine(t, Limits{Labs: 1})
	leave, err := m.Enter(t.Context(), lab("a", "one", 512), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	other := newMachine(t, Limits{Labs: 1})
	other.Folder = m.Folder
	c, done := other.enter(t.Context(), lab("b", "one", 512), nil)
	c.within(t, 0)
	m.set(lab("a", "one", 512))
	if all, err := m.taken(t.Context()); err != nil || len(all) != 1 {
		t.Errorf("%d labs count, %v", len(all), err)
	}
	leave()
	m.set()
	ends(t, done, "")
	left := filepath.Join(m.Folder, reservations, "dead-ABC")
	if err := os.WriteFile(left, []byte(`{"Owner":"x"}`), 0o644); err != nil {
		t.Fatal(err)
	}
	m.set()
	if all, err := m.taken(t.Context()); err != nil || len(all) != 0 {
		t.Errorf("what a dead process has left counts: %v, %v", all, err)
	}
	if _, err := os.Stat(left); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("it stays: %v", err)
	}
}

// A start whose pages have been closed for long gives up its place, and those behind it move up.
func TestClosedPagesGiveUpTheirPlace(t *testing.T) {
	m := newMachine(t, Limits{Labs: 1}, lab("a", "one", 512))
	var mu sync.Mutex
	last := time.Now().Add(time.Hour)
	seen := func() time.Time { mu.Lock(); defer mu.Unlock(); return last }
	closed, closedDone := m.enter(t.Context(), lab("b", "one", 512), seen)
	closed.within(t, 0)
	behind, behindDone := m.enter(t.Context(), lab("c", "one", 512), nil)
	behind.within(t, 1)
	mu.Lock()
	last = time.Now().Add(-Patience - time.Second)
	mu.Unlock()
	ends(t, closedDone, CodeGaveUp)
	behind.within(t, 0)
	m.set()
	ends(t, behindDone, "")
}

// A start that is interrupted leaves the queue.
func TestInterruptedStartsLeave(t *testing.T) {
	m := newMachine(t, Limits{Labs: 1}, lab("a", "one", 512))
	ctx, cancel := context.WithCancel(t.Context())
	c, done := m.enter(ctx, lab("b", "one", 512), nil)
	c.within(t, 0)
	cancel()
	if err := <-done; err == nil || !strings.Contains(err.Error(), "canceled") {
		t.Errorf("it ends with %v", err)
	}
	if m.Waiting() != 0 {
		t.Error("it still waits")
	}
}
