package attempts

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"endstate/internal/attempts/schema"
	"endstate/labs"
)

var started = time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)

var ada = labs.Learner{Name: "ada"}

func aLab() *labs.Lab {
	return &labs.Lab{ID: "git-merge-conflict-1a2b3c", Scenario: "git-merge-conflict", Seed: 1<<64 - 1, Owner: "ada", Started: started, Expires: started.Add(8 * time.Hour)}
}

func open(t *testing.T, path string) *Store {
	t.Helper()
	store, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	return store
}

func attemptOf(t *testing.T, store *Store, lab *labs.Lab) *Attempt {
	t.Helper()
	a, err := store.Begin(t.Context(), lab, About{})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func number(t *testing.T, store *Store, query string) (n int) {
	t.Helper()
	if err := store.db.QueryRowContext(t.Context(), query).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// Reopening a store keeps what an attempt had.
func TestAttempt(t *testing.T) {
	everywhere(t, func(t *testing.T, fresh func() string) {
		ctx, path := t.Context(), fresh()
		store := open(t, path)
		a := attemptOf(t, store, aLab())
		score := 40
		report := &labs.Report{Scenario: a.Scenario, At: started.Add(time.Minute), Score: &score, Checks: []labs.Result{{ID: "a", Verdict: labs.Failed}}}
		for _, err := range []error{
			store.AddCheck(ctx, a, report), store.AddCheck(ctx, a, &labs.Report{At: started.Add(time.Hour)}),
			openHint(ctx, store, a, started), openHint(ctx, store, a, started), store.NoteSolution(ctx, a, started), store.NoteSolution(ctx, a, started),
			store.NoteReset(ctx, a, started),
			store.End(ctx, aLab(), started.Add(2*time.Hour), Stopped), store.End(ctx, aLab(), started.Add(3*time.Hour), Expired),
			store.Close(),
		} {
			if err != nil {
				t.Fatal(err)
			}
		}
		store = open(t, path)
		ended, took := started.Add(2*time.Hour), labs.Seconds{Duration: time.Minute}
		want := &Attempt{
			UID: a.UID, ID: a.ID, Lab: "git-merge-conflict-1a2b3c", Scenario: "git-merge-conflict", Seed: 1<<64 - 1, Owner: "ada", Started: started,
			Expires: started.Add(8 * time.Hour), Ended: &ended, Ending: Stopped, Changed: ended, Worked: started.Add(time.Hour), Hints: 2, Charged: 2, Assisted: true, Resets: 1,
			Checks: 2, Ungraded: 1, Active: labs.Seconds{Duration: time.Minute}, Score: &score, Took: &took, Unaided: &score,
		}
		if diff := cmp.Diff(want, attemptOf(t, store, aLab())); diff != "" {
			t.Error(diff)
		}
		var kept string
		if err := store.db.QueryRowContext(ctx, "SELECT report FROM checks WHERE score = 40").Scan(&kept); err != nil {
			t.Fatal(err)
		}
		var back labs.Report
		if err := json.Unmarshal([]byte(kept), &back); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(report, &back); diff != "" {
			t.Error(diff)
		}
		if n := number(t, store, "SELECT count(*) FROM checks WHERE score IS NULL"); n != 1 {
			t.Errorf("%d checks could not be graded, want 1", n)
		}
	})
}

// Starting a lab again begins another attempt; resetting it does not.
func TestAttemptsOfOneScenario(t *testing.T) {
	everywhere(t, func(t *testing.T, fresh func() string) {
		store := open(t, fresh())
		first := attemptOf(t, store, aLab())
		later := aLab()
		later.Started = started.Add(time.Hour)
		if again := attemptOf(t, store, aLab()); again.ID != first.ID {
			t.Errorf("the same lab has the attempts %d and %d", first.ID, again.ID)
		}
		if second := attemptOf(t, store, later); second.ID == first.ID {
			t.Error("two labs share an attempt")
		}
	})
}

func TestPathsOfAllKinds(t *testing.T) {
	for _, name := range []string{"a b", "50%", "what?", "a#b", "%41", "żółć", "a;b&c=d"} {
		home := filepath.Join(t.TempDir(), name)
		attemptOf(t, open(t, Path(home)), aLab())
		if _, err := os.Stat(Path(home)); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
	t.Chdir(t.TempDir())
	attemptOf(t, open(t, Path("relative")), aLab())
	if _, err := os.Stat("relative/endstate.db"); err != nil {
		t.Error(err)
	}
}

// firstAttempt is an attempt as stored by the first version.
const firstAttempt = `
INSERT INTO attempts VALUES (5, 'git-merge-conflict-1a2b3c', 'git-merge-conflict', '18446744073709551615', 'ada', '2026-03-01T10:00:00Z', NULL, 1, 0, 2);
INSERT INTO checks VALUES
	(1, 5, '2026-03-01T10:04:00.5Z', 30, '{"scenario":"git-merge-conflict","hints":[],"assisted":false,"score":30}'),
	(2, 5, '2026-03-01T10:05:00Z', NULL, '{"scenario":"git-merge-conflict","hints":null,"score":null}'),
	(3, 5, '2026-03-01T10:09:00.25Z', 95, '{"scenario":"git-merge-conflict","hints":[{"costs":5}],"assisted":false,"score":95}');
`

// Stores of every earlier version are migrated, and keep their content.
func TestMigrations(t *testing.T) {
	for version := range len(schema.Migrations) {
		path := filepath.Join(t.TempDir(), "endstate.db")
		old, err := sql.Open("sqlite", path)
		if err != nil {
			t.Fatal(err)
		}
		for _, statement := range append(schema.Migrations[:version:version], fmt.Sprintf("PRAGMA user_version = %d", version)) {
			if _, err := old.ExecContext(t.Context(), statement); err != nil {
				t.Fatal(err)
			}
		}
		if version == 1 {
			_, err := old.ExecContext(t.Context(), firstAttempt)
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := old.Close(); err != nil {
			t.Fatal(err)
		}
		store := open(t, path)
		a := attemptOf(t, store, aLab())
		if n := number(t, store, "SELECT count(*) FROM attempts"); n != 1 {
			t.Errorf("from version %d: %d attempts", version, n)
		}
		if version == 1 {
			keptFromFirst(t, store, a)
		}
		if n := number(t, store, "PRAGMA user_version"); n != len(schema.Migrations) {
			t.Errorf("from version %d: it has version %d now", version, n)
		}
	}
}

func keptFromFirst(t *testing.T, store *Store, a *Attempt) {
	t.Helper()
	score, unaided, took := 95, 30, labs.Seconds{Duration: 9 * time.Minute}
	want := &Attempt{
		UID: a.UID, ID: 5, Lab: "git-merge-conflict-1a2b3c", Scenario: "git-merge-conflict", Seed: 1<<64 - 1, Owner: "ada", Started: started,
		Changed: started, Worked: started.Add(9 * time.Minute), Hints: 1, Charged: 1, Resets: 2, Checks: 3, Ungraded: 1, Score: &score, Unaided: &unaided, Took: &took,
	}
	if diff := cmp.Diff(want, a); diff != "" || len(a.UID) != 32 {
		t.Errorf("%s: %s", a.UID, diff)
	}
	story, err := store.Story(t.Context(), a)
	if err != nil || len(story.Rounds) != 3 || *story.Rounds[2].Report.Score != 95 || story.Rounds[0].At != started.Add(4*time.Minute+500*time.Millisecond) {
		t.Errorf("%v, %+v", err, story)
	}
}

// unusableStore demands that Open says in two lines what is wrong, and changes nothing.
func unusableStore(t *testing.T, path, because string) {
	t.Helper()
	store, err := Open(t.Context(), path)
	if err == nil {
		_ = store.Close()
		t.Fatalf("%s: it could be opened", because)
	}
	var problem *labs.Problem
	if !errors.As(err, &problem) || !strings.Contains(problem.Advice, path) || problem.Err == nil {
		t.Fatalf("%s: %v does not say what is wrong and what to do", because, err)
	}
	if !strings.Contains(problem.Err.Error(), because) {
		t.Errorf("%v does not say %q", problem.Err, because)
	}
}

func TestUnusable(t *testing.T) {
	t.Run("newer", func(t *testing.T) {
		path := Path(t.TempDir())
		store := open(t, path)
		a := attemptOf(t, store, aLab())
		if _, err := store.db.ExecContext(t.Context(), "PRAGMA user_version = 99"); err != nil {
			t.Fatal(err)
		}
		unusableStore(t, path, "version 99, from a newer endstate")
		if n := number(t, store, fmt.Sprintf("SELECT count(*) FROM attempts WHERE id = %d", a.ID)); n != 1 {
			t.Error("the content is lost")
		}
	})
	t.Run("no database", func(t *testing.T) {
		path := Path(t.TempDir())
		if err := os.WriteFile(path, []byte(strings.Repeat("not a database\n", 100)), 0o600); err != nil {
			t.Fatal(err)
		}
		unusableStore(t, path, "not a database")
	})
	t.Run("a folder", func(t *testing.T) {
		path := Path(t.TempDir())
		if err := os.Mkdir(path, 0o700); err != nil {
			t.Fatal(err)
		}
		unusableStore(t, path, "unable to open")
	})
	t.Run("home is a file", func(t *testing.T) {
		home := filepath.Join(t.TempDir(), "home")
		if err := os.WriteFile(home, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		unusableStore(t, Path(home), "not a directory")
	})
}

// A store with lost pages returns errors. It never panics or returns wrong data.
func TestDamaged(t *testing.T) {
	whole := Path(t.TempDir())
	store := open(t, whole)
	a := attemptOf(t, store, aLab())
	for range 50 {
		if err := store.AddCheck(t.Context(), a, &labs.Report{Title: strings.Repeat("x", 1000)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	const page = 4096
	refused := 0
	for n := range len(data) / page {
		for name, damaged := range map[string][]byte{
			"cut off":     data[:n*page+100],
			"overwritten": append(append(data[:n*page:n*page], []byte(strings.Repeat("\xa5", page))...), data[(n+1)*page:]...),
		} {
			path := Path(t.TempDir())
			if err := os.WriteFile(path, damaged, 0o600); err != nil {
				t.Fatal(err)
			}
			store, err := Open(t.Context(), path)
			var problem *labs.Problem
			if err != nil {
				if !errors.As(err, &problem) {
					t.Errorf("page %d %s: %v", n, name, err)
				}
				refused++
				continue
			}
			if found, err := store.Begin(t.Context(), aLab(), About{}); err == nil && found.ID == a.ID {
				_ = store.AddCheck(t.Context(), found, &labs.Report{})
			}
			_ = store.Close()
		}
	}
	if refused == 0 {
		t.Error("no damage was detected")
	}
}

// On a full disk, a write fails; what was stored before stays.
func TestFull(t *testing.T) {
	store := open(t, Path(t.TempDir()))
	store.db.Pool.SetMaxOpenConns(1) // the limit is the connection's
	a := attemptOf(t, store, aLab())
	if _, err := store.db.ExecContext(t.Context(), "PRAGMA max_page_count = 20"); err != nil {
		t.Fatal(err)
	}
	report := &labs.Report{Title: strings.Repeat("x", 3000)}
	kept := 0
	var err error
	for ; kept < 100; kept++ {
		if err = store.AddCheck(t.Context(), a, report); err != nil {
			break
		}
	}
	var problem *labs.Problem
	if !errors.As(err, &problem) || !strings.HasPrefix(problem.What, "The disk is full") || !strings.Contains(err.Error(), "keep check: database or disk is full") {
		t.Fatalf("after %d checks: %v", kept, err)
	}
	if n := number(t, store, "SELECT count(*) FROM checks"); n != kept {
		t.Errorf("%d checks are stored, %d were acknowledged", n, kept)
	}
	if again := attemptOf(t, store, aLab()); again.ID != a.ID {
		t.Error("it is a different attempt")
	}
}

// openHint opens one of many hints.
func openHint(ctx context.Context, store *Store, a *Attempt, at time.Time) error {
	_, err := store.OpenHint(ctx, a, at, 1000)
	return err
}

// No more hints are opened than there are, however many calls open one at once, and even if
// the author has removed some since.
func TestHintsAreNoMoreThanThereAre(t *testing.T) {
	everywhere(t, func(t *testing.T, fresh func() string) {
		store := open(t, fresh())
		a := attemptOf(t, store, aLab())
		var all sync.WaitGroup
		var news atomic.Int64
		for range 8 {
			all.Go(func() {
				a := *a
				opened, err := store.OpenHint(t.Context(), &a, started, 3)
				if err != nil || a.Hints < 1 || a.Hints > 3 {
					t.Errorf("%d are open, %v", a.Hints, err)
				}
				if opened {
					news.Add(1)
				}
			})
		}
		all.Wait()
		if again := attemptOf(t, store, aLab()); again.Hints != 3 || news.Load() != 3 {
			t.Errorf("%d are stored, %d were opened", again.Hints, news.Load())
		}
		if opened, err := store.OpenHint(t.Context(), a, started, 1); opened || err != nil {
			t.Errorf("with one hint left: %v, %v", opened, err)
		}
	})
}
