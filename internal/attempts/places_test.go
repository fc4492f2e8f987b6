package attempts

import "testing"

// places make places for new stores, by the kind of database.
var places = map[string]func(*testing.T) string{"SQLite": func(t *testing.T) string { return Path(t.TempDir()) }}

// everywhere runs a test with stores in each kind of database. fresh returns the place of a new one.
func everywhere(t *testing.T, test func(t *testing.T, fresh func() string)) {
	t.Helper()
	for name, place := range places {
		t.Run(name, func(t *testing.T) { test(t, func() string { return place(t) }) })
	}
}
