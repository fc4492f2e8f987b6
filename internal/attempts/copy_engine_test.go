//go:build engine

package attempts

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"endstate/internal/attempts/schema"
	"endstate/internal/classes"
	"endstate/labs"
)

// A store moves from a file into PostgreSQL with everything in it, and goes on there with new numbers.
func TestTakeOver(t *testing.T) {
	path := places["SQLite"](t)
	old, a := lived(t, path)
	sitting := newSitting("ada", "Ada")
	group := &classes.Group{Name: "One", Leader: "grace", Members: []string{"ada", "bob"}, Created: started}
	account, err := old.AddAccount(t.Context(), Account{Name: "Ada", Likeness: "ada", Role: labs.RoleLearner, Password: "hash"}, started)
	for _, err := range []error{
		err, old.Of(ada).AddExam(t.Context(), sitting), old.AddGroup(t.Context(), group),
		old.KeepSession(t.Context(), "token", []byte{0, 1, 255}, started.Add(time.Hour), started),
		old.Of(ada).KeepBlueprint(t.Context(), Blueprint{Name: "b", Text: "title: B\n", Changed: started}),
		old.AddMessages(t.Context(), []classes.Message{{From: "grace", To: "ada", Text: "Hello", At: started}}),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	store := open(t, places["PostgreSQL"](t))
	if n, err := store.TakeOver(t.Context(), path); err != nil || n != 1 {
		t.Fatalf("%d attempts, %v", n, err)
	}
	for _, table := range schema.Tables {
		if was, is := number(t, old, "SELECT count(*) FROM "+table), number(t, store, "SELECT count(*) FROM "+table); was != is {
			t.Errorf("%s has %d rows, and had %d", table, is, was)
		}
	}
	was, is := storyOf(t, old, a.UID), storyOf(t, store, a.UID)
	for i := range was.Explanations { // PostgreSQL keeps no NUL in a text
		was.Explanations[i].Text = strings.ReplaceAll(was.Explanations[i].Text, "\x00", "\ufffd")
	}
	if diff := cmp.Diff(was, is); diff != "" {
		t.Error(diff)
	}
	if data, err := store.Session(t.Context(), "token", started); err != nil || string(data) != "\x00\x01\xff" {
		t.Errorf("the session is %q, %v", data, err)
	}
	if moved, err := store.Account(t.Context(), account.ID); err != nil || cmp.Diff(account, moved) != "" {
		t.Errorf("the account is %+v, %v", moved, err)
	}
	if moved, err := store.Group(t.Context(), group.ID); err != nil || cmp.Diff(group.Members, moved.Members) != "" {
		t.Errorf("the group is %+v, %v", moved, err)
	}
	next := newSitting("ada", "Eve")
	if err := store.Of(ada).AddExam(t.Context(), next); err != nil || next.ID != sitting.ID+1 {
		t.Errorf("the next exam is %d, %v", next.ID, err)
	}
	var problem *labs.Problem
	if _, err := store.TakeOver(t.Context(), path); !errors.As(err, &problem) || !strings.Contains(problem.What, "not empty") {
		t.Errorf("again: %v", err)
	}
	if n := number(t, store, "SELECT count(*) FROM attempts"); n != 1 {
		t.Errorf("%d attempts", n)
	}
}

// Every table is copied.
func TestTablesAreComplete(t *testing.T) {
	store := open(t, places["SQLite"](t))
	if n := number(t, store, "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"); n != len(schema.Tables) {
		t.Errorf("there are %d tables, %d of them are copied", n, len(schema.Tables))
	}
}
