//go:build engine

package mysql_test

import (
	"strings"
	"testing"

	"endstate/internal/enginetest"
	"endstate/labs"
)

const defaultDatabase = `
-- scenario.yaml --
hosts:
  db: {image: mysql}
  workspace: {image: mysql-client}
params:
  database: {choice: [shop]}
checks:
  - {id: named, title: T, points: 20, mysql: SELECT n FROM numbers, expect: 'rows == [{"n": 1}]', otherwise: '${rows}'}
  - {id: other, title: T, points: 20, mysql: {database: archive, query: SELECT n FROM numbers, digest: true}, expect: 'rows[0].rows == 2', otherwise: '${rows}'}
  - id: given
    title: T
    points: 20
    mysql: {given: [INSERT INTO numbers VALUES (7)], tries: [INSERT INTO numbers VALUES (7), INSERT INTO numbers VALUES (8)]}
    expect: rows.map(r, r.code) == [1062, 0]
    otherwise: ${rows}
  - id: unneeded
    title: T
    points: 20
    mysql: SELECT COUNT(*) AS n FROM information_schema.schemata WHERE schema_name = 'archive'
    expect: rows[0].n == 1
    otherwise: ${rows}
  - {id: barred, title: T, points: 20, mysql: {query: SELECT 1 AS n, as: {user: app, password: app}}, expect: 'rows[0].n == 1', otherwise: '${rows}'}
-- setup/db.sh --
mysql <<'SQL'
CREATE DATABASE shop;
CREATE TABLE shop.numbers (n INT PRIMARY KEY);
INSERT INTO shop.numbers VALUES (1);
CREATE DATABASE archive;
CREATE TABLE archive.numbers (n INT PRIMARY KEY);
INSERT INTO archive.numbers VALUES (1), (2);
CREATE USER app@'%' IDENTIFIED BY 'app';
SQL
`

// A table named without a database is looked up in the scenario's database, or in that of the
// look. A statement that needs no database works even if that database is gone.
func TestDefaultDatabase(t *testing.T) {
	t.Parallel()
	r := enginetest.Open(t)
	v := r.Written(defaultDatabase)
	lab := r.Lab(v)
	r.Passes(lab, v)
	admin(t, r, lab, "DROP DATABASE shop")
	report := r.Grade(lab, v)
	for _, id := range []string{"other", "unneeded", "barred"} {
		if result := r.Result(report, id); result.Verdict != labs.Passed {
			t.Errorf("%s without the database: %s: %s", id, result.Verdict, result.Message)
		}
	}
	for _, id := range []string{"named", "given"} {
		if result := r.Result(report, id); result.Verdict != labs.Failed || !strings.Contains(result.Message, "Unknown database 'shop'") {
			t.Errorf("%s without the database: %s: %s", id, result.Verdict, result.Message)
		}
	}
}
