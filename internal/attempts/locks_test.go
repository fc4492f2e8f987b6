package attempts

import "testing"

// A lock is one holder's alone, or any number share it, whether they are in one process or in several.
func TestLocks(t *testing.T) {
	everywhere(t, func(t *testing.T, fresh func() string) {
		place := fresh()
		here, there := open(t, place), open(t, place)
		take := func(store *Store, name string, share bool) func() {
			t.Helper()
			release, err := store.Hold(t.Context(), name, share)
			if err != nil {
				t.Fatal(err)
			}
			return release
		}
		is := func(name string, want bool) {
			t.Helper()
			for _, store := range []*Store{here, there} {
				if held, err := store.Held(t.Context(), name); err != nil || held != want {
					t.Errorf("%s is held: %v, want %v, %v", name, held, want, err)
				}
			}
		}
		is("exams/1.grading", false)
		alone := take(here, "exams/1.grading", false)
		is("exams/1.grading", true)
		is("exams/2.grading", false)
		for _, store := range []*Store{here, there} {
			for _, share := range []bool{false, true} {
				if release := take(store, "exams/1.grading", share); release != nil {
					t.Error("two have a lock that one has alone")
				}
			}
		}
		alone()
		alone() // again does nothing
		is("exams/1.grading", false)
		first, second, third := take(here, "exams/1.seat", true), take(here, "exams/1.seat", true), take(there, "exams/1.seat", true)
		if first == nil || second == nil || third == nil {
			t.Fatal("a lock can't be shared")
		}
		for _, release := range []func(){first, second, third} {
			is("exams/1.seat", true)
			if release := take(there, "exams/1.seat", false); release != nil {
				t.Error("somebody has a shared lock alone")
			}
			release()
		}
		is("exams/1.seat", false)
		if last := take(there, "exams/1.seat", false); last == nil {
			t.Error("a lock that was released can't be taken")
		}
	})
}
