package attempts

import (
	"testing"
	"time"
)

func TestSessions(t *testing.T) {
	everywhere(t, func(t *testing.T, fresh func() string) {
		ctx := t.Context()
		store, err := Open(ctx, fresh())
		if err != nil {
			t.Fatal(err)
		}
		defer store.Close()
		now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
		keep := func(token, data string, life time.Duration, now time.Time) {
			t.Helper()
			if err := store.KeepSession(ctx, token, []byte(data), now.Add(life), now); err != nil {
				t.Fatal(err)
			}
		}
		is := func(token, want string, now time.Time) {
			t.Helper()
			if data, err := store.Session(ctx, token, now); err != nil || string(data) != want || (data == nil) != (want == "") {
				t.Errorf("session %s is %q, %v, want %q", token, data, err, want)
			}
		}
		keep("a", "one", time.Hour, now)
		keep("b", "two", 3*time.Hour, now)
		keep("a", "three", time.Hour, now)
		is("a", "three", now)
		is("b", "two", now)
		is("c", "", now)
		later := now.Add(2 * time.Hour)
		is("a", "", later)
		keep("c", "four", time.Hour, later)
		if n := number(t, store, "SELECT count(*) FROM sessions"); n != 2 {
			t.Errorf("%d sessions are kept, want 2", n)
		}
		for range 2 {
			if err := store.DropSession(ctx, "c"); err != nil {
				t.Error(err)
			}
		}
		is("c", "", later)
		is("b", "two", later)
	})
}
