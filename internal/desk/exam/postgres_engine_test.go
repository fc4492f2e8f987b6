//go:build engine

package exam

import (
	"testing"

	"endstate/internal/desk"
	"endstate/internal/postgrestest"
)

// With this build tag, who may grade and who keeps the time is tested with PostgreSQL, too.
func init() {
	stores["PostgreSQL"] = func(t *testing.T) desk.Settings {
		return desk.Settings{Home: t.TempDir(), Store: postgrestest.Place(t)}
	}
}
