package attempts

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"endstate/labs"
)

// written describes a store's files after a write was acknowledged.
type written struct {
	log    int64 // bytes of the write-ahead log
	checks int
	hints  int
	spans  int64 // active time
}

// Whenever writing to a store stops, because the process was killed or the machine lost
// power, the store still opens, is consistent, and has every write acknowledged before.
func TestCutOffAtEveryWrite(t *testing.T) {
	path := Path(t.TempDir())
	store := open(t, path)
	if _, err := store.db.ExecContext(t.Context(), "PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
		t.Fatal(err)
	}
	acknowledged := writeAll(t, store, path)
	base, log := read(t, path), read(t, path+"-wal")
	const head, frame = 32, 24 + 4096
	if frames := (len(log) - head) / frame; frames < 20 || len(log) != head+frames*frame {
		t.Fatalf("the log has %d bytes, which this test does not expect", len(log))
	}
	cuts := []int{0, 1, head - 1}
	for at := head; at <= len(log); at += frame {
		cuts = append(cuts, at, at+1, at+23, at+24, at+frame/2, at+frame-1)
	}
	for i, at := range cuts {
		if at > len(log) {
			break
		}
		remains := append([]byte(nil), log[:at]...)
		if i%2 == 1 {
			// The file was extended, but the new data never reached the disk.
			remains = append(remains, make([]byte, 5000)...)
		}
		cutOff(t, base, remains, at, acknowledged)
	}
}

// writeAll makes every kind of change to an attempt, one after another.
func writeAll(t *testing.T, store *Store, path string) []written {
	t.Helper()
	ctx := t.Context()
	a := attemptOf(t, store, aLab())
	var visit int64
	steps := []func(at time.Time) error{
		func(at time.Time) (err error) {
			visit, err = store.Enter(ctx, a, "workspace", fmt.Sprintf("%d.cast", at.Unix()), at)
			return err
		},
		func(at time.Time) error { return store.NoteWork(ctx, a, at) },
		func(at time.Time) error { return store.AddCheck(ctx, a, aReport(at, 40, 0)) },
		func(at time.Time) error { return openHint(ctx, store, a, at) },
		func(at time.Time) error { return store.AddCheck(ctx, a, &labs.Report{At: at, Title: hostile}) },
		func(at time.Time) error { return store.Leave(ctx, a, visit, at) },
		func(at time.Time) error { return store.Explain(ctx, a, Explanation{At: at, Text: hostile}) },
	}
	var all []written
	for i := range 2 * len(steps) {
		if err := steps[i%len(steps)](started.Add(time.Duration(i) * time.Minute)); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(path + "-wal")
		if err != nil {
			t.Fatal(err)
		}
		now := attemptOf(t, store, aLab())
		all = append(all, written{info.Size(), now.Checks, now.Hints, int64(now.Active.Duration)})
	}
	return all
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func cutOff(t *testing.T, base, log []byte, at int, acknowledged []written) {
	t.Helper()
	path := Path(t.TempDir())
	for name, data := range map[string][]byte{path: base, path + "-wal": log} {
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	store := open(t, path)
	var state string
	if err := store.db.QueryRowContext(t.Context(), "PRAGMA integrity_check").Scan(&state); err != nil || state != "ok" {
		t.Fatalf("cut at %d: integrity %s, %v", at, state, err)
	}
	a, err := store.OfLab(t.Context(), aLab())
	if err != nil {
		t.Fatalf("cut at %d: %v", at, err)
	}
	if a == nil {
		a = &Attempt{}
	}
	n := 0
	for ; n < len(acknowledged) && acknowledged[n].log <= int64(at); n++ {
	}
	got := written{checks: a.Checks, hints: a.Hints, spans: int64(a.Active.Duration)}
	fits := n == 0 && got.checks == 0 && got.hints == 0
	// The next write may have reached the disk in full.
	for _, want := range acknowledged[max(0, n-1):min(n+1, len(acknowledged))] {
		want.log = 0
		fits = fits || got == want
	}
	if !fits {
		t.Errorf("cut at %d, after %d writes: it has %+v", at, n, got)
	}
	if number(t, store, "SELECT count(*) FROM checks") != a.Checks || number(t, store, "SELECT count(*) FROM events") != a.Hints {
		t.Errorf("cut at %d: the attempt says %+v and its parts do not", at, got)
	}
	// The store still takes writes.
	if err := store.AddCheck(t.Context(), attemptOf(t, store, aLab()), aReport(started.Add(time.Hour), 100, 0)); err != nil {
		t.Errorf("cut at %d: %v", at, err)
	}
	if err := store.Close(); err != nil {
		t.Error(err)
	}
}

// What a learner typed is readable by that learner alone.
func TestFileIsItsOwnersAlone(t *testing.T) {
	home := filepath.Join(t.TempDir(), "home")
	attemptOf(t, open(t, Path(home)), aLab())
	entries, err := os.ReadDir(home)
	if err != nil || len(entries) == 0 {
		t.Fatal(entries, err)
	}
	info, err := os.Stat(home)
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the home has %v, %v", info.Mode(), err)
	}
	for _, entry := range entries {
		info, err := entry.Info()
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has %v, %v", entry.Name(), info.Mode(), err)
		}
	}
}
