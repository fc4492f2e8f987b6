package attempts

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"endstate/labs"
)

func minute(n float64) time.Time { return started.Add(time.Duration(n * float64(time.Minute))) }

// Pauses of up to five minutes count as work; longer ones don't. Nor does the time between
// an ungraded check and the next sign of life.
func TestActive(t *testing.T) {
	everywhere(t, func(t *testing.T, fresh func() string) {
		ungraded := func(n float64) func(*Store, *Attempt) error {
			return func(s *Store, a *Attempt) error {
				return s.AddCheck(t.Context(), a, &labs.Report{At: minute(n), Checks: []labs.Result{{Verdict: labs.Ungraded}}})
			}
		}
		graded := func(n float64, score int) func(*Store, *Attempt) error {
			return func(s *Store, a *Attempt) error { return s.AddCheck(t.Context(), a, aReport(minute(n), score, 0)) }
		}
		seen := func(ns ...float64) func(*Store, *Attempt) error {
			return func(s *Store, a *Attempt) (err error) {
				for _, n := range ns {
					err = errors.Join(err, s.NoteWork(t.Context(), a, minute(n)))
				}
				return err
			}
		}
		rest := func(s *Store, a *Attempt) error { return s.StopClock(t.Context(), a) }
		type steps = []func(*Store, *Attempt) error
		for name, test := range map[string]struct {
			steps steps
			want  float64 // minutes
			took  float64 // minutes until the best score; −1 if there is none
		}{
			"nothing":                       {nil, 0, -1},
			"keys":                          {steps{seen(1, 2, 6.9)}, 6.9, -1},
			"five minutes are not a pause":  {steps{seen(5, 10, 15)}, 15, -1},
			"more are":                      {steps{seen(1, 6.01, 7)}, 1.99, -1},
			"a night":                       {steps{seen(2, 600, 601)}, 3, -1},
			"late and twice":                {steps{seen(3, 1, 2, 3, 3, 2)}, 3, -1},
			"late, after a pause":           {steps{seen(1, 20, 2, 21)}, 2, -1},
			"before it began":               {steps{seen(-5, 1)}, 1, -1},
			"a check":                       {steps{seen(2), graded(4, 50)}, 4, 4},
			"the best counts":               {steps{graded(2, 50), graded(4, 80), graded(5, 80), graded(8, 20)}, 8, 4},
			"a score of zero":               {steps{graded(3, 0), graded(4, 0)}, 4, 3},
			"ungraded":                      {steps{seen(2), ungraded(3)}, 3, -1},
			"ungraded, and it goes on":      {steps{seen(2), ungraded(3), seen(6, 8)}, 5, -1},
			"ungraded twice, then not":      {steps{ungraded(2), ungraded(4), graded(5, 100)}, 2, 2},
			"something else, for a moment":  {steps{seen(2), rest, seen(4, 5)}, 3, -1},
			"something else, then a check":  {steps{rest, seen(1, 2), rest, graded(3, 50)}, 1, 1},
			"a sign with the check is none": {steps{seen(2), ungraded(2), seen(2, 4, 5)}, 3, -1},
		} {
			t.Run(name, func(t *testing.T) {
				store := open(t, fresh())
				a := attemptOf(t, store, aLab())
				for _, step := range test.steps {
					if err := step(store, a); err != nil {
						t.Fatal(err)
					}
				}
				a = attemptOf(t, store, aLab())
				if a.Active.Minutes() != test.want {
					t.Errorf("%v at work, want %v minutes", a.Active, test.want)
				}
				switch {
				case test.took < 0 && a.Took != nil, test.took >= 0 && (a.Took == nil || a.Took.Minutes() != test.took):
					t.Errorf("it took %v, want %v minutes", a.Took, test.took)
				}
			})
		}
	})
}

// An ungraded check changes no score.
func TestUngradedChargesNothing(t *testing.T) {
	everywhere(t, func(t *testing.T, fresh func() string) {
		ctx, store := t.Context(), open(t, fresh())
		a := attemptOf(t, store, aLab())
		ungraded := &labs.Report{At: minute(5), Checks: []labs.Result{{Verdict: labs.Ungraded}}, Hints: []labs.Hint{{Costs: 5}}}
		for _, err := range []error{store.AddCheck(ctx, a, aReport(minute(1), 70, 0)), store.AddCheck(ctx, a, ungraded)} {
			if err != nil {
				t.Fatal(err)
			}
		}
		if a = attemptOf(t, store, aLab()); a.Checks != 2 || a.Ungraded != 1 || *a.Score != 70 || *a.Unaided != 70 || a.Took.Minutes() != 1 {
			t.Errorf("%+v", a)
		}
	})
}

// Only what was reached before any help is unaided.
func TestUnaided(t *testing.T) {
	everywhere(t, func(t *testing.T, fresh func() string) {
		ctx, store := t.Context(), open(t, fresh())
		a := attemptOf(t, store, aLab())
		assisted := aReport(minute(4), 100, 0)
		assisted.Assisted = true
		for i, report := range []*labs.Report{aReport(minute(1), 20, 0), aReport(minute(2), 10, 0), aReport(minute(3), 95, 1), assisted} {
			if err := store.AddCheck(ctx, a, report); err != nil {
				t.Fatal(err)
			}
			if got := attemptOf(t, store, aLab()); *got.Unaided != 20 {
				t.Errorf("after check %d: %d", i+1, *got.Unaided)
			}
		}
	})
}

// The description given when an attempt begins is stored; later ones are ignored.
func TestBegin(t *testing.T) {
	everywhere(t, func(t *testing.T, fresh func() string) {
		ctx, store := t.Context(), open(t, fresh())
		bare := attemptOf(t, store, aLab())
		about := About{Scenario: labs.Scenario{Hash: "a", Title: "A", Topic: "git", Level: 2, Minutes: 9}, Engine: "Docker 27", Images: []Image{{Host: "db", Name: "mysql", Server: "MySQL 9.7"}}}
		first, err := store.Begin(ctx, aLab(), about)
		if err != nil || first.ID != bare.ID || first.Hash != "a" || first.Engine != "Docker 27" || first.Minutes != 9 {
			t.Fatalf("%+v, %v", first, err)
		}
		if diff := cmp.Diff(about.Images, first.Images); diff != "" {
			t.Error(diff)
		}
		again, err := store.Begin(ctx, aLab(), About{Scenario: labs.Scenario{Hash: "b"}, Engine: "Docker 28"})
		if err != nil || again.Hash != "a" || again.Engine != "Docker 27" || again.UID != first.UID {
			t.Errorf("%+v, %v", again, err)
		}
	})
}

// An attempt ends once: on the first call, when it expires, or when another lab takes its
// place.
func TestEnds(t *testing.T) {
	everywhere(t, func(t *testing.T, fresh func() string) {
		ctx, store := t.Context(), open(t, fresh())
		a := attemptOf(t, store, aLab())
		if _, over := a.Over(a.Expires.Add(-time.Second)); over {
			t.Error("it is over before it expires")
		}
		if end, over := a.Over(a.Expires.Add(time.Hour)); !over || !end.Equal(a.Expires) || a.Wall(a.Expires.Add(time.Hour)) != 8*time.Hour {
			t.Errorf("it ended %v, %v", end, over)
		}
		if err := store.NoteWork(ctx, a, minute(3)); err != nil {
			t.Fatal(err)
		}
		later := aLab()
		later.Started = minute(30)
		attemptOf(t, store, later)
		if a = attemptOf(t, store, aLab()); a.Ending != Gone || !a.Ended.Equal(minute(3)) {
			t.Errorf("%+v", a)
		}
		for _, how := range []Ending{Stopped, Expired} {
			if err := store.End(ctx, later, minute(40), how); err != nil {
				t.Fatal(err)
			}
		}
		if second := attemptOf(t, store, later); second.Ending != Stopped || !second.Ended.Equal(minute(40)) {
			t.Errorf("%+v", second)
		}
		if err := store.End(ctx, &labs.Lab{ID: "nobody's", Started: started}, minute(40), Stopped); err != nil {
			t.Error(err)
		}
		if n := number(t, store, "SELECT count(*) FROM attempts"); n != 2 {
			t.Errorf("%d attempts: ending an unknown lab made one", n)
		}
	})
}

func TestFind(t *testing.T) {
	everywhere(t, func(t *testing.T, fresh func() string) {
		ctx, store := t.Context(), open(t, fresh())
		for _, uid := range []string{"1111aaaa", "1111aabb", "22222222"} {
			_, err := store.db.ExecContext(ctx, "INSERT INTO attempts (uid, lab, scenario, seed, owner, started) VALUES ($1, $1, 'x', '1', 'ada', 1)", uid)
			if err != nil {
				t.Fatal(err)
			}
		}
		for name, want := range map[string]string{
			"1": "1111aaaa", "3": "22222222", "1111aabb": "1111aabb", "1111aab": "1111aabb", "222222": "22222222",
			"1111aa": "Several", "9": "no attempt", "22222": "no attempt", "": "no attempt", "%": "no attempt", "' OR 1=1 --": "no attempt",
		} {
			a, err := store.Of(ada).Find(ctx, name)
			got := fmt.Sprint(err)
			if err == nil {
				got = a.UID
			}
			if !strings.Contains(got, want) {
				t.Errorf("%q is %s, want %s", name, got, want)
			}
		}
	})
}

// Readers see attempts in a consistent state while others write.
func TestStoryWhileWritten(t *testing.T) {
	everywhere(t, func(t *testing.T, fresh func() string) {
		ctx, store := t.Context(), open(t, fresh())
		a := attemptOf(t, store, aLab())
		var writing sync.WaitGroup
		writing.Go(func() {
			for i := range 200 {
				if err := store.AddCheck(ctx, a, aReport(minute(float64(i)/10), 50, 0)); err != nil {
					t.Error(err)
				}
			}
		})
		for range 100 {
			story, err := store.Story(ctx, a)
			if err != nil || len(story.Rounds) != story.Checks {
				t.Fatalf("%d rounds, %d checks, %v", len(story.Rounds), story.Checks, err)
			}
		}
		writing.Wait()
	})
}

// If a client was killed, its visit ends at its last sign of life; other visits go on.
func TestVisitsOfKilledClientsEnd(t *testing.T) {
	everywhere(t, func(t *testing.T, fresh func() string) {
		store := open(t, fresh())
		a := attemptOf(t, store, aLab())
		enter := func(at time.Time) int64 {
			t.Helper()
			visit, err := store.Enter(t.Context(), a, "workspace", "", at)
			if err != nil {
				t.Fatal(err)
			}
			return visit
		}
		killed, alive := enter(started), enter(started)
		later := started.Add(10 * time.Minute)
		for visit, at := range map[int64]time.Time{killed: started.Add(4 * time.Minute), alive: later} {
			if err := store.Stay(t.Context(), visit, at); err != nil {
				t.Fatal(err)
			}
		}
		if others, err := store.Others(t.Context(), a, later); err != nil || len(others) != 1 {
			t.Errorf("%+v, %v", others, err)
		}
		if err := store.EndVisits(t.Context(), later); err != nil {
			t.Fatal(err)
		}
		story, err := store.Story(t.Context(), a)
		if err != nil {
			t.Fatal(err)
		}
		if ended := story.Visits[0].Ended; ended == nil || !ended.Equal(started.Add(4*time.Minute)) || story.Visits[1].Ended != nil {
			t.Errorf("%+v", story.Visits)
		}
		// A visit ended too early by a wrong clock goes on.
		if err := store.EndVisits(t.Context(), later.Add(240*time.Hour)); err != nil {
			t.Fatal(err)
		}
		if err := store.Stay(t.Context(), alive, later.Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
		if others, err := store.Others(t.Context(), a, later.Add(time.Minute)); err != nil || len(others) != 1 {
			t.Errorf("%+v, %v", others, err)
		}
		if err := store.Leave(t.Context(), a, alive, started.Add(-time.Hour)); err != nil {
			t.Fatal(err)
		}
		if story, err = store.Story(t.Context(), a); err != nil || story.Visits[1].Ended.Before(story.Visits[1].Began) {
			t.Errorf("%+v, %v", story.Visits, err)
		}
	})
}

// A shell whose client is lost waits until it is left, handed over, or past its time.
func TestWaitingShells(t *testing.T) {
	everywhere(t, func(t *testing.T, fresh func() string) {
		ctx, store := t.Context(), open(t, fresh())
		a, wait := attemptOf(t, store, aLab()), 10*time.Minute
		enter := func(host, shell string) int64 {
			t.Helper()
			visit, err := store.Enter(ctx, a, host, "", started)
			if err == nil {
				err = store.TakeShell(ctx, visit, shell)
			}
			if err != nil {
				t.Fatal(err)
			}
			return visit
		}
		waiting := func(after time.Duration, want ...string) {
			t.Helper()
			found, err := store.Waiting(ctx, a, started.Add(after), wait)
			hosts := []string{}
			for _, visit := range found {
				hosts = append(hosts, visit.Host)
			}
			if err != nil || !slices.Equal(hosts, want) && len(hosts)+len(want) > 0 {
				t.Errorf("after %v, %v wait, want %v; %v", after, hosts, want, err)
			}
		}
		left, lost, killed := enter("left", "1"), enter("lost", "2"), enter("killed", "3")
		waiting(30 * time.Second)
		if err := store.Leave(ctx, a, left, started.Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
		if err := store.Lose(ctx, a, lost, started.Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
		if err := store.Stay(ctx, killed, started.Add(2*time.Minute)); err != nil {
			t.Fatal(err)
		}
		waiting(2*time.Minute, "lost")
		waiting(4*time.Minute, "lost", "killed")
		if err := store.EndVisits(ctx, started.Add(4*time.Minute)); err != nil {
			t.Fatal(err)
		}
		waiting(4*time.Minute, "lost", "killed")
		waiting(11*time.Minute+time.Second, "killed")
		waiting(13 * time.Minute)
		// A client that was killed just now looks as if it were there; its shell is handed over.
		enter("killed now", "4")
		if err := store.EndShell(ctx, "4"); err != nil {
			t.Fatal(err)
		}
		if others, err := store.Others(ctx, a, started.Add(10*time.Second)); err != nil || len(others) > 0 {
			t.Errorf("others are %+v, %v", others, err)
		}
		if err := store.EndShell(ctx, "2"); err != nil {
			t.Fatal(err)
		}
		waiting(4*time.Minute, "killed")
		if visited, err := store.Visited(ctx, a); err != nil || !visited {
			t.Error(visited, err)
		}
	})
}
