//go:build engine

package mysql_test

import (
	"fmt"
	"strings"
	"testing"

	"endstate/internal/enginetest"
	"endstate/labs"
)

// state returns everything that could be left behind in a lab of plainly.
const state = `mysql --skip-column-names --execute "
SELECT * FROM shop.orders; SELECT * FROM shop.items; SELECT * FROM shop.plain; SELECT COUNT(*) FROM shop.log;
SET information_schema_stats_expiry = 0; SELECT table_name, auto_increment FROM information_schema.tables WHERE table_schema = 'shop'"`

const asApp = "as: {user: app, password: app}"

// Whatever a learner does to the tables and programs that a look triggers, a check leaves
// nothing behind: what can't be undone is not tried, and the message says so.
func TestChecksLeaveNothingBehind(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, look, expect, prepare, says string }{
		{
			"a row in a table of InnoDB", "{given: ['INSERT INTO shop.plain VALUES (7)'], query: 'SELECT COUNT(*) AS n FROM shop.plain', " + asApp + "}", "rows[0].n == 1", "", "",
		},
		{
			"a row in a table of MyISAM", "{given: ['INSERT INTO shop.plain VALUES (7)'], query: 'SELECT COUNT(*) AS n FROM shop.plain', " + asApp + "}", "rows[0].n == 1",
			"ALTER TABLE shop.plain ENGINE = MyISAM", "`plain` is a table of MyISAM",
		},
		{
			"a trigger that writes to MyISAM", "{tries: ['INSERT INTO shop.plain VALUES (7)'], " + asApp + "}", "rows[0].accepted",
			"ALTER TABLE shop.log ENGINE = MyISAM; CREATE TRIGGER shop.t AFTER INSERT ON shop.plain FOR EACH ROW INSERT INTO shop.log VALUES (1)", "`log` is a table of MyISAM",
		},
		{
			"a trigger that draws a number", "{tries: ['INSERT INTO shop.plain VALUES (7)'], " + asApp + "}", "rows[0].accepted",
			"CREATE TRIGGER shop.t AFTER INSERT ON shop.plain FOR EACH ROW INSERT INTO shop.orders (amount) VALUES (1)", "AUTO_INCREMENT",
		},
		{
			"a trigger that stays in InnoDB", "{tries: ['INSERT INTO shop.plain VALUES (7)'], " + asApp + "}", "rows[0].accepted",
			"CREATE TRIGGER shop.t AFTER INSERT ON shop.plain FOR EACH ROW INSERT INTO shop.log VALUES (1)", "",
		},
		{
			"a cascade to MyISAM by a trigger", "{tries: ['DELETE FROM shop.orders WHERE id = 1'], " + asApp + "}", "rows[0].accepted",
			"ALTER TABLE shop.log ENGINE = MyISAM; CREATE TRIGGER shop.t AFTER DELETE ON shop.items FOR EACH ROW INSERT INTO shop.log VALUES (1)", "MyISAM",
		},
		{
			"a procedure that reads", "{query: 'CALL shop.total()', " + asApp + "}", "rows[0].total == \"30\"", "", "",
		},
		{
			"a procedure that commits", "{query: 'CALL shop.total()', " + asApp + "}", "true",
			"DROP PROCEDURE shop.total;\nDELIMITER ;;\nCREATE PROCEDURE shop.total() BEGIN COMMIT; INSERT INTO shop.log VALUES (1); SELECT 30 AS total; END;;\nDELIMITER ;", "COMMIT",
		},
		{
			"a procedure that begins a transaction", "{query: 'CALL shop.total()', " + asApp + "}", "true",
			"DROP PROCEDURE shop.total;\nDELIMITER ;;\nCREATE PROCEDURE shop.total() BEGIN START TRANSACTION READ WRITE; INSERT INTO shop.log VALUES (1); COMMIT; END;;\nDELIMITER ;", "TRANSACTION",
		},
		{
			"a procedure that writes", "{query: 'CALL shop.total()', " + asApp + "}", "true",
			"DROP PROCEDURE shop.total; CREATE PROCEDURE shop.total() INSERT INTO shop.log VALUES (1)", "READ ONLY",
		},
		{
			"a view whose function writes to MyISAM", "{query: 'SELECT * FROM shop.v'}", "true",
			"ALTER TABLE shop.log ENGINE = MyISAM; SET GLOBAL log_bin_trust_function_creators = 1;\nDELIMITER ;;\nCREATE FUNCTION shop.f() RETURNS INT BEGIN INSERT INTO shop.log VALUES (1); RETURN 1; END;;\nDELIMITER ;\nCREATE VIEW shop.v AS SELECT shop.f()", "READ ONLY",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := enginetest.Open(t)
			v := r.Written(plainly(test.look, test.expect))
			lab := r.Lab(v)
			server(t, r, lab, "CREATE TABLE shop.log (a INT);\n"+test.prepare)
			_, before := r.Root(lab, "db", state)
			result := r.Result(r.Grade(lab, v), "it")
			if (result.Verdict == labs.Passed) != (test.says == "") || !strings.Contains(result.Message, test.says) || result.Verdict == labs.Ungraded {
				t.Errorf("it is %s: %s", result.Verdict, result.Message)
			}
			r.Grade(lab, v)
			if _, after := r.Root(lab, "db", state); after != before {
				t.Errorf("two checks left something behind:\n%s\nbefore:\n%s", after, before)
			}
		})
	}
}

// A refusal shows its code, an acceptance what it changed, and each try finds what the
// others left untouched.
func TestTries(t *testing.T) {
	t.Parallel()
	r := enginetest.Open(t)
	tries := []string{
		"INSERT INTO shop.orders VALUES (1, 5)", "INSERT INTO shop.orders (id, amount) VALUES (1, 0)", "INSERT INTO shop.items VALUES (2, 9)",
		"UPDATE shop.orders SET amount = amount + 1", "DELETE FROM shop.orders WHERE id = 2", "INSERT INTO shop.plain VALUES (7)",
		"INSERT INTO shop.plain VALUES (8)", "SELECT * FROM mysql.user", "CALL shop.total()", "INSERT INTO shop.nothing VALUES (1)",
	}
	look := fmt.Sprintf("{given: [INSERT INTO shop.plain VALUES (7)], tries: [%s], %s}", `"`+strings.Join(tries, `", "`)+`"`, asApp)
	v := r.Written(plainly(look, "rows.map(r, r.code) == [1062, 3819, 1452, 0, 0, 1062, 0, 1142, 0, 1146] && rows.map(r, r.changed) == [0, 0, 0, 2, 1, 0, 1, 0, 0, 0]"+
		" && rows.all(r, r.accepted == (r.code == 0))"))
	lab := r.Lab(v)
	r.Passes(lab, v)
	r.Passes(lab, v)
}

// The grader reaches an account as the application does: an account that replaces it only
// where the grader connects from deceives nobody.
func TestShadowedLogin(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, do string
		passes   bool
	}{
		{"at the server's own address", "REVOKE ALL ON shop.* FROM app; CREATE USER app@127.0.0.1 IDENTIFIED BY 'app'; GRANT SELECT ON shop.* TO app@127.0.0.1", false},
		{"at localhost", "ALTER USER app ACCOUNT LOCK; CREATE USER app@localhost IDENTIFIED BY 'app'; GRANT SELECT ON shop.* TO app@localhost", false},
		{"at the server's address in the network", "ALTER USER app ACCOUNT LOCK; CREATE USER app@'ADDRESS' IDENTIFIED BY 'app'; GRANT SELECT ON shop.* TO app@'ADDRESS'", false},
		{"by a pattern", "ALTER USER app ACCOUNT LOCK; CREATE USER app@'%.2' IDENTIFIED BY 'app'; CREATE USER app@'ADDRES_' IDENTIFIED BY 'app'; GRANT SELECT ON shop.* TO app@'%.2', app@'ADDRES_'", false},
		{"by nobody's account", "CREATE USER ''@'ADDRESS' IDENTIFIED BY 'app'; GRANT SELECT ON shop.* TO ''@'ADDRESS'", false},
		{"as a harmless twin inside", "CREATE USER app@localhost IDENTIFIED BY 'other'", true},
		{"moved to the whole network", "RENAME USER app TO app@'10.213.%'", true},
		{"moved to the whole network by a mask", "RENAME USER app TO app@'10.213.0.0/255.255.0.0'", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := enginetest.Open(t)
			v := r.Written(plainly("{query: 'SELECT COUNT(*) AS n FROM shop.orders', "+asApp+"}", "rows[0].n == 2"))
			lab := r.Lab(v)
			_, address := r.Root(lab, "db", "hostname -i")
			do := strings.ReplaceAll(test.do, "ADDRESS", address)
			admin(t, r, lab, strings.ReplaceAll(do, "ADDRES_", address[:len(address)-1]+"_"))
			if result := r.Result(r.Grade(lab, v), "it"); (result.Verdict == labs.Passed) != test.passes || result.Verdict == labs.Ungraded {
				t.Errorf("it is %s: %s", result.Verdict, result.Message)
			}
		})
	}
}

// An account with the grader's name at another host is an ordinary account.
func TestAccountOfTheGradersName(t *testing.T) {
	t.Parallel()
	r := enginetest.Open(t)
	v := r.Written(plainly("{accounts: true}", `!rows.exists(r, r.account == "\u0027endstate\u0027@\u0027%\u0027")`))
	lab := r.Lab(v)
	r.Passes(lab, v)
	admin(t, r, lab, "CREATE USER endstate@'%' IDENTIFIED BY 'x'; GRANT SELECT ON shop.* TO endstate@'%'")
	if result := r.Result(r.Grade(lab, v), "it"); result.Verdict != labs.Failed {
		t.Errorf("with an account endstate@%%, it is %s: %s", result.Verdict, result.Message)
	}
}

// A binary log's rows are replayed with the rights of the account that replays them.
func TestReplayedRowsNeedRights(t *testing.T) {
	t.Parallel()
	r := enginetest.Open(t)
	v := r.Variant("mysql-point-in-time", enginetest.Seed)
	lab := r.Lab(v)
	server(t, r, lab, "FLUSH BINARY LOGS; UPDATE mysql.user SET Super_priv = 'Y' WHERE user = 'admin'; FLUSH BINARY LOGS; "+
		"SET sql_log_bin = 0; UPDATE mysql.user SET Super_priv = 'N' WHERE user = 'admin'")
	_, out := r.Learner(lab, `log=$(mysql -N -e 'SHOW BINARY LOGS' | tail -n 2 | head -n 1 | cut -f 1)
		mysqlbinlog --read-from-remote-server "$log" | mysql --force`)
	if _, super := r.Root(lab, "db", `mysql -N -e "SELECT Super_priv FROM mysql.user WHERE user = 'admin'"`); super != "N" || !strings.Contains(out, "ERROR") {
		t.Errorf("a replay gave the administrator more rights (%s): %s", super, out)
	}
}
