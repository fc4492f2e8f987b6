//go:build engine

package mysql_test

import (
	"slices"
	"strings"
	"testing"

	"endstate/internal/enginetest"
	"endstate/labs"
)

// What structure says about a program's owner agrees with the server: the program runs with
// the rights that it needs, and fails without any one of them.
func TestDefinersAreJudgedByTheirEffect(t *testing.T) {
	t.Parallel()
	r := enginetest.Open(t)
	v := r.Written(plainly("{structure: [shop]}", `!rows.exists(r, r.kind == "definer")`))
	lab := r.Lab(v)
	server(t, r, lab, "CREATE USER keeper ACCOUNT LOCK; CREATE TABLE shop.log (a INT); INSERT INTO shop.log VALUES (1)")
	works := func(use string) bool {
		status, _ := r.Root(lab, "db", "mysql shop <<'SQL'\n"+use+"\nSQL")
		return status == 0
	}
	for _, program := range []struct{ make, use, gone, rights string }{
		{"VIEW v AS SELECT a, f() FROM log", "SELECT * FROM v", "VIEW v", "SELECT ON shop.log, EXECUTE ON FUNCTION shop.f"},
		{"PROCEDURE p() UPDATE log SET a = 1", "CALL p()", "PROCEDURE p", "EXECUTE ON PROCEDURE shop.p, UPDATE ON shop.log"},
		{"PROCEDURE p() DELETE FROM log WHERE a = 2", "CALL p()", "PROCEDURE p", "EXECUTE ON PROCEDURE shop.p, DELETE ON shop.log, SELECT ON shop.log"},
		{"PROCEDURE p() REPLACE INTO plain VALUES (1)", "CALL p()", "PROCEDURE p", "EXECUTE ON PROCEDURE shop.p, INSERT ON shop.plain, DELETE ON shop.plain"},
		{
			"TRIGGER t AFTER INSERT ON plain FOR EACH ROW INSERT INTO log VALUES (NEW.id)", "BEGIN; INSERT INTO plain VALUES (9)", "TRIGGER t",
			"TRIGGER ON shop.plain, SELECT ON shop.plain, INSERT ON shop.log",
		},
		{"TRIGGER t BEFORE INSERT ON plain FOR EACH ROW SET NEW.id = 9", "BEGIN; INSERT INTO plain VALUES (8)", "TRIGGER t", "TRIGGER ON shop.plain, UPDATE ON shop.plain"},
	} {
		server(t, r, lab, "USE shop; CREATE FUNCTION f() RETURNS INT DETERMINISTIC RETURN 1; CREATE DEFINER = keeper "+program.make)
		rights := strings.Split(program.rights, ", ")
		for lacking := range len(rights) + 1 {
			held := slices.Clone(rights)
			if lacking < len(rights) {
				held = slices.Delete(held, lacking, lacking+1)
			}
			for _, right := range held {
				server(t, r, lab, "GRANT "+right+" TO keeper")
			}
			result := r.Result(r.Grade(lab, v), "it")
			if does := works(program.use); does != (result.Verdict == labs.Passed) || does != (lacking == len(rights)) {
				t.Errorf("%s with %v works: %t, but it is %s: %s", program.make, held, does, result.Verdict, result.Message)
			}
			server(t, r, lab, "REVOKE ALL, GRANT OPTION FROM keeper")
		}
		server(t, r, lab, "USE shop; DROP "+program.gone+"; DROP FUNCTION f")
	}
}
