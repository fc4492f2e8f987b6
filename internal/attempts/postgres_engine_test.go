//go:build engine

package attempts

import (
	"testing"

	"endstate/internal/postgrestest"
)

// With this build tag, the tests of the store run with PostgreSQL, too.
func init() { places["PostgreSQL"] = func(t *testing.T) string { return postgrestest.Place(t) } }
