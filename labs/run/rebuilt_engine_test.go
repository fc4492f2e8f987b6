//go:build engine

package run_test

import (
	"testing"

	"endstate/internal/enginetest"
	"endstate/labs"
)

// rebuilding is a scenario whose judge creates the learner's database again.
func rebuilding(expect, judge, schema string) string {
	return `
-- scenario.yaml --
hosts:
  store: {image: mysql}
  workspace: {image: mysql-client}
checks:
  - id: judged
    title: It judges
    points: 100
    run: {image: python, judge: hidden/judge.py, server: mysql, databases: [shop]}
    expect: >-
      ` + expect + `
    otherwise: ${run.found}
-- setup/store.sh --
mysql < schema.sql
-- setup/schema.sql --
CREATE DATABASE shop;
USE shop;
` + schema + `
-- hidden/judge.py --
import endstate

shop = endstate.MySQL().rebuild("shop")
` + judge
}

// A judge gets the learner's definitions, without rows: foreign keys in any order, views over
// views, triggers in their order, and routines with the SQL mode that they were created with. It can
// let a statement wait for a lock, and end its connection.
func TestRebuiltDatabase(t *testing.T) {
	t.Parallel()
	r := enginetest.Open(t)
	v := r.Written(rebuilding(`run.found == {"rows": 0, "refused": [1452, 3819, 0], "log": "b1b2", "view": 9, "mode": 1, "waits": true, "after": 2, "cut": true, "others": 1044}`, `
refused = [shop.refusal(f"INSERT INTO a_lines VALUES {row}") for row in ("(1, 7, 1)", "(1, 1, 0)")]
rows = shop.run("SELECT COUNT(*) AS n FROM a_lines")[0]["n"]
shop.run("INSERT INTO orders VALUES (1, '')")
refused.append(shop.refusal("INSERT INTO a_lines VALUES (1, 1, 9)"))
other = shop.connect()
shop.run("START TRANSACTION")
shop.run("UPDATE a_lines SET pieces = 1 WHERE id = 1")
call = shop.start("UPDATE a_lines SET pieces = pieces + 1 WHERE id = 1", session=other)
view = shop.run("SELECT pieces FROM a_view", session=shop.connect())[0]["pieces"]
waits = shop.waits(call)
shop.run("COMMIT")
call.rows()
shop.run("START TRANSACTION")
shop.run("UPDATE a_lines SET pieces = 5 WHERE id = 1")
cut = shop.start("UPDATE a_lines SET pieces = 9 WHERE id = 1", session=other)
shop.waits(cut)
shop.cut(cut)
shop.run("ROLLBACK")
endstate.report({
    "rows": rows, "refused": refused, "log": shop.run("SELECT log FROM orders")[0]["log"], "view": view,
    "mode": shop.run("CALL mode()")[0]["mode"], "waits": waits, "after": shop.run("SELECT pieces FROM a_lines")[0]["pieces"], "cut": cut.ended,
    "others": shop.refusal("CREATE DATABASE another"),
})
`, `
CREATE TABLE orders (id INT PRIMARY KEY, log VARCHAR(9));
CREATE TABLE a_lines (id INT PRIMARY KEY, order_id INT REFERENCES orders (id), pieces INT CHECK (pieces > 0), FOREIGN KEY (order_id) REFERENCES orders (id));
INSERT INTO orders VALUES (7, '');
CREATE VIEW z_view AS SELECT pieces FROM a_lines;
CREATE VIEW a_view AS SELECT pieces FROM z_view;
CREATE TRIGGER z BEFORE INSERT ON orders FOR EACH ROW SET NEW.log = CONCAT(NEW.log, 'b1');
CREATE TRIGGER a BEFORE INSERT ON orders FOR EACH ROW FOLLOWS z SET NEW.log = CONCAT(NEW.log, 'b2');
SET sql_mode = '';
CREATE PROCEDURE mode() SELECT @@sql_mode = '' AS mode;
`))
	r.Passes(r.Lab(v), v)
}

// Programs of the learner's that do not end, or return too much, have failed, and the judge
// learns why.
func TestRebuiltDatabaseThatDoesNotEnd(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ body, says string }{
		"busy":  {"WHILE TRUE DO SET @a = 1; END WHILE", "used 5 seconds"},
		"waits": {"DO SLEEP(1000)", "waits for something"},
		"large": {"WHILE TRUE DO SELECT REPEAT('x', 1000000) AS a; END WHILE", "returns too much"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := enginetest.Open(t)
			v := r.Written(rebuilding(`run.found.exists(f, f.contains("`+test.says+`")) && run.found[0] == run.found[1]`, `
says = []
for _ in range(2):
    try:
        shop.run("CALL endless()")
    except endstate.Failed as failed:
        says.append(failed.says)
endstate.report(says)
`, "DELIMITER ;;\nCREATE PROCEDURE endless() BEGIN "+test.body+"; END;;\nDELIMITER ;"))
			r.Passes(r.Lab(v), v)
		})
	}
}

// What can't be created without another database can't be judged, and is nobody's mistake.
func TestRebuiltDatabaseThatNeedsAnother(t *testing.T) {
	t.Parallel()
	r := enginetest.Open(t)
	v := r.Written(rebuilding("false", "endstate.report({})\n", `
CREATE DATABASE other;
CREATE TABLE other.parents (id INT PRIMARY KEY);
CREATE TABLE children (id INT PRIMARY KEY, parent INT, FOREIGN KEY (parent) REFERENCES other.parents (id));
`))
	if result := r.Result(r.Grade(r.Lab(v), v), "judged"); result.Verdict != labs.Ungraded {
		t.Errorf("it is %s: %s", result.Verdict, result.Message)
	}
}
