//go:build engine

package mysql_test

import (
	"runtime"
	"strings"
	"testing"

	"endstate/internal/enginetest"
	"endstate/labs"
)

// If a server holds too much, the grader stops reading, says so, and uses little memory.
func TestRowsThatAreTooMuch(t *testing.T) {
	t.Parallel()
	r := enginetest.Open(t)
	v := r.Written(plainly("SELECT * FROM shop.much", "rows.size() == 1"))
	lab := r.Lab(v)
	server(t, r, lab, "CREATE TABLE shop.much (a LONGBLOB);")
	for _, test := range []struct{ name, make, says string }{
		{"little", "INSERT INTO shop.much VALUES ('a')", ""},
		{"a large row", "INSERT INTO shop.much VALUES (REPEAT('x', 30000000))", "one of its rows is larger than 16 MiB"},
		{"rows that are large in all", "INSERT INTO shop.much WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 20) SELECT REPEAT('x', 8000000) FROM n", "larger than 32 MiB"},
		{
			"many rows", "INSERT INTO shop.much WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 400) SELECT 'x' FROM n a, n b",
			"more than 100000 rows",
		},
	} {
		server(t, r, lab, "TRUNCATE shop.much; "+test.make)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		report := r.Grade(lab, v)
		runtime.ReadMemStats(&after)
		result := r.Result(report, "it")
		t.Logf("%s: %v, %d MiB allocated: %s", test.name, result.Took, (after.TotalAlloc-before.TotalAlloc)>>20, result.Message)
		if (result.Verdict == labs.Passed) != (test.says == "") || result.Verdict == labs.Ungraded || !strings.Contains(result.Message, test.says) {
			t.Errorf("%s: it is %s: %s", test.name, result.Verdict, result.Message)
		}
		if kept := r.Result(report, "kept"); kept.Verdict == labs.Ungraded {
			t.Errorf("%s: kept is %s: %s", test.name, kept.Verdict, kept.Message)
		}
	}
}
