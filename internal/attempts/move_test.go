package attempts

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"endstate/labs"
)

// lived returns a store with an attempt to which everything happened.
func lived(t *testing.T, path string) (*Store, *Attempt) {
	t.Helper()
	ctx, store := t.Context(), open(t, path)
	a, err := store.Begin(ctx, aLab(), About{
		Scenario: labs.Scenario{Name: "git-merge-conflict", Title: "Settle a merge", Topic: "git", Level: 1, Minutes: 12, Hash: "abc"},
		Engine:   "Docker 27", Images: []Image{{Host: "workspace", Name: "git", ID: "sha256:1"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	at := func(minutes int) time.Time { return started.Add(time.Duration(minutes) * time.Minute) }
	visit, err := store.Enter(ctx, a, "workspace", a.UID+"-1.cast", at(1))
	if err != nil {
		t.Fatal(err)
	}
	said := true
	for _, err := range []error{
		store.NoteWork(ctx, a, at(3)), store.AddCheck(ctx, a, aReport(at(4), 40, 0)),
		openHint(ctx, store, a, at(5)), store.NoteSolution(ctx, a, at(6)), store.NoteReset(ctx, a, at(7)),
		store.AddCheck(ctx, a, aReport(at(8), 95, 1)), store.AddCheck(ctx, a, &labs.Report{At: at(9), Checks: []labs.Result{{Verdict: labs.Ungraded}}}),
		store.Leave(ctx, a, visit, at(10)),
		store.Explain(ctx, a, Explanation{At: at(11), Text: hostile, Points: []KeyPoint{{Text: "Read both sides", Touched: true, Said: &said}, {Text: "Test"}}}),
		store.End(ctx, aLab(), at(12), Stopped),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return store, a
}

const hostile = "<script>alert(1)</script>\x1b[2J\x00\u202e';DROP TABLE attempts;--\nż"

// aReport returns a report with a score, after a number of hints.
func aReport(at time.Time, score, hints int) *labs.Report {
	return &labs.Report{Scenario: "git-merge-conflict", Title: hostile, At: at, Score: &score, Total: 100, Hints: make([]labs.Hint, hints)}
}

func storyOf(t *testing.T, store *Store, name string) *Story {
	t.Helper()
	a, err := store.Of(ada).Find(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	story, err := store.Story(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	return story
}

func exported(t *testing.T, store *Store) string {
	t.Helper()
	var out strings.Builder
	for line, err := range store.Of(ada).Export(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		out.Write(line)
	}
	return out.String()
}

// An imported attempt equals the exported one, however often it is imported.
func TestMoved(t *testing.T) {
	everywhere(t, func(t *testing.T, fresh func() string) {
		from, a := lived(t, fresh())
		text := exported(t, from)
		to := open(t, fresh())
		attemptOf(t, to, aLab()) // another machine's, started in the same second
		for i, want := range []Imported{{Added: 1}, {Unchanged: 1}} {
			if got, err := to.Of(ada).Import(t.Context(), strings.NewReader(text)); err != nil || got != want {
				t.Fatalf("import %d: %+v, %v", i+1, got, err)
			}
		}
		elsewhere := cmpopts.IgnoreFields(Attempt{}, "ID", "Imported")
		if diff := cmp.Diff(storyOf(t, from, a.UID), storyOf(t, to, a.UID), elsewhere, cmpopts.EquateEmpty()); diff != "" {
			t.Error(diff)
		}
		if n := number(t, to, "SELECT count(*) FROM attempts"); n != 2 {
			t.Errorf("%d attempts", n)
		}
		// Importing an attempt back into its own store changes nothing.
		if got, err := from.Of(ada).Import(t.Context(), strings.NewReader(exported(t, to))); err != nil || got != (Imported{Added: 1, Unchanged: 1}) {
			t.Errorf("%+v, %v", got, err)
		}
		// Nor does a version that was changed elsewhere.
		forged := strings.NewReplacer(`"score":95`, `"score":100`, `"changed":"2026-03-01`, `"changed":"2026-04-01`).Replace(text)
		if got, err := from.Of(ada).Import(t.Context(), strings.NewReader(forged)); err != nil || got != (Imported{Unchanged: 1}) || *storyOf(t, from, a.UID).Score != 95 {
			t.Errorf("%+v, %v", got, err)
		}
		// The attempt goes on and is imported again: it keeps its number.
		number := storyOf(t, to, a.UID).ID
		if err := from.NoteWork(t.Context(), a, started.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		if got, err := to.Of(ada).Import(t.Context(), strings.NewReader(exported(t, from))); err != nil || got.Updated != 1 {
			t.Errorf("%+v, %v", got, err)
		}
		again := storyOf(t, to, fmt.Sprint(number))
		if again.UID != a.UID || len(again.Spans) != 3 || len(again.Rounds) != 3 {
			t.Errorf("%+v", again)
		}
	})
}

// An import is all or nothing, and refuses names that are paths.
func TestImportOfOthersWriting(t *testing.T) {
	everywhere(t, func(t *testing.T, fresh func() string) {
		store, a := lived(t, fresh())
		good := exported(t, store)
		for name, text := range map[string]string{
			"no JSON":               good + "garbage\n",
			"cut off":               good[:len(good)/2],
			"another JSON":          `{"a":1}` + "\n",
			"a newer format":        strings.Replace(good, `"endstate":1`, `"endstate":2`, 1),
			"a path as ID":          strings.Replace(good, `"attempt":"`, `"attempt":"../`, 1),
			"a path as scenario":    strings.ReplaceAll(good, `"scenario":"git-merge-conflict"`, `"scenario":"../../etc"`),
			"a path as recording":   strings.Replace(good, `"recording":"`, `"recording":"../`, 1),
			"a folder as recording": strings.Replace(good, a.UID+"-1.cast", "..", 1),
			"another's recording":   strings.Replace(good, a.UID+"-1.cast", strings.Repeat("0", 32)+"-1.cast", 1),
			"another's attempt":     strings.Replace(good, `"owner":"ada"`, `"owner":"eve"`, 1),
			"a score of 1000":       strings.Replace(good, `"score":95`, `"score":1000`, 1),
			"a check of nothing":    strings.Replace(good, `"rounds":[{`, `"rounds":[{"at":"2026-03-01T10:00:00Z","report":null},{`, 1),
		} {
			t.Run(name, func(t *testing.T) {
				if text == good {
					t.Fatal("nothing was changed")
				}
				to := open(t, fresh())
				_, err := to.Of(ada).Import(t.Context(), strings.NewReader(text))
				var problem *labs.Problem
				if !errors.As(err, &problem) || !problem.Usage || !strings.Contains(problem.What, "nothing was imported") {
					t.Errorf("%v", err)
				}
				if n := number(t, to, "SELECT count(*) FROM attempts"); n != 0 {
					t.Errorf("%d attempts are there", n)
				}
			})
		}
	})
}
