package attempts

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"endstate/labs"
)

// A blueprint replaces the one of its name. Each owner has their own.
func TestBlueprints(t *testing.T) {
	everywhere(t, func(t *testing.T, fresh func() string) {
		store, _ := examStore(t, fresh())
		eve, at := store.Of(labs.Learner{Name: "eve"}), time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
		for _, one := range []struct {
			view *View
			Blueprint
		}{
			{store, Blueprint{"class", "first", at}},
			{store, Blueprint{"class", "second", at.Add(time.Hour)}},
			{store, Blueprint{"another", "third", at}},
			{eve, Blueprint{"class", "hers", at}},
		} {
			if err := one.view.KeepBlueprint(t.Context(), one.Blueprint); err != nil {
				t.Fatal(err)
			}
		}
		wants := func(view *View, want ...Blueprint) {
			t.Helper()
			found, err := view.Blueprints(t.Context())
			if diff := cmp.Diff(append([]Blueprint{}, want...), found); err != nil || diff != "" {
				t.Errorf("%v\n%s", err, diff)
			}
		}
		mine := []Blueprint{{"another", "third", at}, {"class", "second", at.Add(time.Hour)}}
		wants(store, mine...)
		wants(eve, Blueprint{"class", "hers", at})
		if err := eve.RemoveBlueprint(t.Context(), "class"); err != nil {
			t.Fatal(err)
		}
		wants(eve)
		wants(store, mine...)
	})
}
