//go:build engine && linux

package web

import (
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"runtime/debug"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"endstate/internal/enginetest"
)

const (
	floods       = 10
	mostMemory   = int64(200 << 20) // bytes, resident
	tookFlooded  = "key to echo beside ten floods"
	tookUnharmed = "key to echo without them"
)

// Ten terminals print without end, and their pages read slowly or not at all. The server's memory stays
// within its limit, and another learner works on.
func TestFloods(t *testing.T) {
	asTheProgram(t)
	c, found := newClassroom(t), &times{}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	noisy, err := c.learner(ctx, 0, enginetest.Git)
	quiet, quietErr := c.learner(ctx, 1, enginetest.Git)
	if err := errors.Join(err, quietErr); err != nil {
		t.Fatal(err)
	}
	for _, l := range []*learner{noisy, quiet} {
		if err := l.start(ctx, strconv.Itoa(enginetest.Seed)); err != nil {
			t.Fatal(err)
		}
	}
	s, err := quiet.open(ctx, "quiet")
	if err == nil {
		err = typeKeys(ctx, found, tookUnharmed, s.echo)
	}
	if err != nil {
		t.Fatal(err)
	}
	// From here on, the kernel's highest value is that of the floods.
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0o200); err != nil {
		t.Logf("the highest use of memory is that of the whole process: %v", err)
	}
	flooding, stop := context.WithCancel(ctx)
	var reading sync.WaitGroup
	for n := range floods {
		if err := noisy.flood(flooding, n, &reading); err != nil {
			t.Fatal(err)
		}
	}
	if err := typeKeys(ctx, found, tookFlooded, s.echo); err != nil {
		t.Errorf("beside the floods: %v", err)
	}
	if err := s.showsAll(ctx); err != nil {
		t.Errorf("beside the floods: %v", err)
	}
	highest := highestMemory(t)
	stop()
	reading.Wait()
	if most := mostMemory * detector(); highest > most {
		t.Errorf("the server needs %d MiB, more than %d", highest>>20, most>>20)
	}
	if err := errors.Join(noisy.act(ctx, "stop"), quiet.act(ctx, "stop")); err != nil {
		t.Error(err)
	}
	found.publish(t, fmt.Sprintf("Ten terminals that print without end, with pages that read slowly or not at all; the server needed at most %d MiB:", highest>>20),
		tookUnharmed, tookFlooded)
}

// flood opens a terminal that prints without end. The page reads it slowly, or after the prompt not at all.
func (l *learner) flood(ctx context.Context, n int, reading *sync.WaitGroup) error {
	s, err := l.open(ctx, strconv.Itoa(n))
	if err != nil {
		return err
	}
	if err := s.types(ctx, []string{"yes\r", "cat /dev/urandom\r"}[n%2]); err != nil {
		return err
	}
	reading.Go(func() {
		defer s.conn.CloseNow()
		for n >= floods/2 && s.read(ctx) == nil {
			s.shown = nil
			time.Sleep(20 * time.Millisecond)
		}
		<-ctx.Done()
	})
	return nil
}

// detector returns how many times as much memory this process needs because of the race detector, which
// takes five to ten times as much: https://go.dev/doc/articles/race_detector.
func detector() int64 {
	info, ok := debug.ReadBuildInfo()
	if ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"}) {
		return 10
	}
	return 1
}

var residentPeak = regexp.MustCompile(`VmHWM:\s+(\d+) kB`)

// highestMemory returns how much memory this process had resident at most, in bytes.
func highestMemory(t *testing.T) int64 {
	t.Helper()
	status, err := os.ReadFile("/proc/self/status")
	found := residentPeak.FindSubmatch(status)
	if err != nil || found == nil {
		t.Fatalf("read the use of memory: %v\n%s", err, status)
	}
	kilobytes, err := strconv.ParseInt(string(found[1]), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return kilobytes << 10
}
