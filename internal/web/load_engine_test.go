//go:build engine && linux

package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"endstate/internal/enginetest"
	"endstate/labs"
)

// times are how long things took, by what they are.
type times struct {
	mu   sync.Mutex
	took map[string][]time.Duration
}

func (t *times) add(what string, took time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.took == nil {
		t.took = map[string][]time.Duration{}
	}
	t.took[what] = append(t.took[what], took)
}

// measure adds how long something took that worked.
func (t *times) measure(what string, do func() error) error {
	begun := time.Now()
	err := do()
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	t.add(what, time.Since(begun))
	return nil
}

// row is a row of the table in docs/performance.md, in milliseconds.
func (t *times) row(what string) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	all := slices.Sorted(slices.Values(t.took[what]))
	if len(all) == 0 {
		return fmt.Sprintf("| %s | 0 | – | – | – |\n", what)
	}
	at := func(share float64) float64 { return float64(all[int(share*float64(len(all)-1))].Microseconds()) / 1000 }
	return fmt.Sprintf("| %s | %d | %.1f | %.1f | %.1f |\n", what, len(all), at(0.5), at(0.95), at(1))
}

// publish logs the rows, and appends them to the file that ENDSTATE_LOAD_TABLE names.
func (t *times) publish(tb testing.TB, about string, rows ...string) {
	tb.Helper()
	text := about + "\n\n|  | how often | median, ms | 19 of 20 within, ms | slowest, ms |\n| --- | ---: | ---: | ---: | ---: |\n"
	for _, what := range rows {
		text += t.row(what)
	}
	tb.Log("\n" + text)
	if path := os.Getenv("ENDSTATE_LOAD_TABLE"); path != "" {
		file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
		if err == nil {
			_, err = file.WriteString(text + "\n")
			err = errors.Join(err, file.Close())
		}
		if err != nil {
			tb.Error(err)
		}
	}
}

// What is measured.
const (
	tookAlone = "page with the task, alone"
	tookPage  = "page with the task"
	tookStart = "start"
	tookShell = "terminal opened"
	tookEcho  = "key to echo"
	tookExec  = "key to echo of the engine's own exec"
	tookCheck = "check"
	tookStop  = "stop"
)

// A class works at once: everybody gets a lab, types, checks and stops. Nobody is refused, and no byte
// of what a terminal shows is lost. ENDSTATE_LEARNERS sets how many they are.
func TestClassAtOnce(t *testing.T) {
	learners := 5
	if n, err := strconv.Atoi(os.Getenv("ENDSTATE_LEARNERS")); err == nil {
		learners = n
	}
	asTheProgram(t)
	c, found := newClassroom(t), &times{}
	ctx, cancel := context.WithTimeout(t.Context(), 15*time.Minute)
	defer cancel()
	if err := c.look(ctx, learners, found); err != nil {
		t.Errorf("a learner alone: %v", err)
	}
	var working sync.WaitGroup
	for n := range learners {
		working.Go(func() {
			if err := c.practise(ctx, n, found); err != nil {
				t.Errorf("learner %d: %v", n, err)
			}
		})
	}
	working.Wait()
	found.publish(t, fmt.Sprintf("%d learners at once, each with a lab of %s:", learners, enginetest.Git),
		tookAlone, tookStart, tookPage, tookShell, tookEcho, tookExec, tookCheck, tookStop)
}

// asTheProgram sets the limits of memory that main sets.
func asTheProgram(t *testing.T) {
	percent, limit := debug.SetGCPercent(400), debug.SetMemoryLimit(192<<20)
	t.Cleanup(func() { debug.SetGCPercent(percent); debug.SetMemoryLimit(limit) })
}

// practise is what a learner of a class does.
func (c *classroom) practise(ctx context.Context, n int, found *times) error {
	l, err := c.learner(ctx, n, enginetest.Git)
	if err != nil {
		return err
	}
	if err := found.measure(tookStart, func() error { return l.start(ctx, strconv.Itoa(enginetest.Seed)) }); err != nil {
		return err
	}
	err = errors.Join(l.work(ctx, found), c.typeInExec(ctx, n, found))
	err = errors.Join(err, found.measure(tookCheck, func() error {
		if err := l.act(ctx, "check"); err != nil {
			return err
		}
		return l.hears(ctx, messageOutcome)
	}))
	return errors.Join(err, found.measure(tookStop, func() error { return l.act(ctx, "stop") }))
}

// look opens the page again and again, as the only learner.
func (c *classroom) look(ctx context.Context, n int, found *times) error {
	l, err := c.learner(ctx, n, enginetest.Git)
	if err == nil {
		err = l.start(ctx, strconv.Itoa(enginetest.Seed))
	}
	for range 20 {
		if err == nil {
			err = found.measure(tookAlone, func() error { return l.look(ctx) })
		}
	}
	if err != nil {
		return err
	}
	return l.act(ctx, "stop")
}

// look opens the page with the task.
func (l *learner) look(ctx context.Context) error {
	page, err := l.request(ctx, http.MethodGet, labPath(l.lab), nil)
	if err == nil && !strings.Contains(page, `id="task"`) {
		err = errors.New("the page has no task")
	}
	return err
}

// work opens the page and a terminal, and types.
func (l *learner) work(ctx context.Context, found *times) error {
	if err := found.measure(tookPage, func() error { return l.look(ctx) }); err != nil {
		return err
	}
	var err error
	var s *screen
	if err := found.measure(tookShell, func() error { s, err = l.open(ctx, "a"); return err }); err != nil {
		return err
	}
	defer s.conn.CloseNow()
	if err := typeKeys(ctx, found, tookEcho, s.echo); err != nil {
		return err
	}
	return s.showsAll(ctx)
}

// keys are what is typed, and keyPause how fast.
const (
	keys     = "the quick brown fox jumps over it"
	keyPause = 150 * time.Millisecond
)

func typeKeys(ctx context.Context, found *times, what string, echo func(context.Context, string) (time.Duration, error)) error {
	for key := range strings.SplitSeq(keys, "") {
		took, err := echo(ctx, key)
		if err != nil {
			return err
		}
		found.add(what, took)
		time.Sleep(keyPause)
	}
	return nil
}

// showsAll shows many numbers, none of which may be missing.
func (s *screen) showsAll(ctx context.Context) error {
	const last = 30000
	if err := s.types(ctx, fmt.Sprintf("\x15echo be''gin; seq %d; echo that is a''ll\r", last)); err != nil {
		return err
	}
	if err := s.sees(ctx, "begin\r\n1\r\n"); err != nil {
		return err
	}
	for n := 2; n <= last; n++ {
		for !strings.Contains(string(s.shown[:min(len(s.shown), 20)]), "\n") {
			if err := s.read(ctx); err != nil {
				return err
			}
		}
		line, rest, _ := strings.Cut(string(s.shown[:min(len(s.shown), 20)]), "\r\n")
		if line != strconv.Itoa(n) {
			return fmt.Errorf("after %d comes %q", n-1, line+rest)
		}
		s.shown = s.shown[len(line)+2:]
	}
	return s.sees(ctx, "that is all")
}

// typeInExec types in a shell that the engine alone opens in the learner's lab: the floor.
func (c *classroom) typeInExec(ctx context.Context, n int, found *times) error {
	mine, err := c.Labs(ctx, fmt.Sprintf("%s/%d", c.Owner, n))
	if err != nil || len(mine) != 1 {
		return fmt.Errorf("%d labs: %w", len(mine), err)
	}
	host, err := mine[0].Host(labs.Workspace)
	if err != nil {
		return err
	}
	process, err := c.Engine.Execute(ctx, host, labs.Command{Args: []string{"bash", "--norc"}, Terminal: true, Columns: 80, Rows: 24, User: labs.UserName, Dir: labs.LearnerHome})
	if err != nil {
		return err
	}
	defer context.AfterFunc(ctx, func() { _ = process.Close() })()
	defer process.Close()
	time.Sleep(time.Second) // until it shows its prompt
	shown := make([]byte, 4096)
	if _, err := process.Stdout().Read(shown); err != nil {
		return err
	}
	return typeKeys(ctx, found, tookExec, func(_ context.Context, key string) (time.Duration, error) {
		begun := time.Now()
		if _, err := process.Stdin().Write([]byte(key)); err != nil {
			return 0, err
		}
		for {
			n, err := process.Stdout().Read(shown)
			if err != nil || strings.Contains(string(shown[:n]), key) {
				return time.Since(begun), err
			}
		}
	})
}
