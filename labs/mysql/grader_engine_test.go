//go:build engine

package mysql_test

import (
	"strings"
	"testing"
	"time"

	"endstate/internal/enginetest"
	"endstate/labs"
)

// Attacks on the grader's account, and on what the grader needs, by the administrator that
// learners work as. Each must be refused.
var attacks = []string{
	"ALTER USER endstate@127.0.0.1 IDENTIFIED BY 'known'",
	"ALTER USER endstate@127.0.0.1 ACCOUNT LOCK",
	"ALTER USER endstate@127.0.0.1 PASSWORD EXPIRE",
	"ALTER USER endstate@127.0.0.1 WITH MAX_USER_CONNECTIONS 1",
	"SET PASSWORD FOR endstate@127.0.0.1 = 'known'",
	"DROP USER endstate@127.0.0.1",
	"RENAME USER endstate@127.0.0.1 TO endstate@'%'",
	"REVOKE SELECT ON *.* FROM endstate@127.0.0.1",
	"REVOKE ALL PRIVILEGES, GRANT OPTION FROM endstate@127.0.0.1",
	"GRANT endstate@127.0.0.1 TO admin@'%'",
	"GRANT PROXY ON endstate@127.0.0.1 TO admin@'%'",
	"ALTER USER endstate@127.0.0.1 DEFAULT ROLE NONE",
	"GRANT SYSTEM_USER ON *.* TO admin@'%'",
	"GRANT SUPER ON *.* TO admin@'%'",
	"GRANT FILE ON *.* TO admin@'%'",
	"UPDATE mysql.user SET authentication_string = '' WHERE user = 'endstate'",
	"DELETE FROM mysql.user WHERE user = 'endstate'",
	"INSERT INTO mysql.global_grants VALUES ('admin', '%', 'SYSTEM_USER', 'Y')",
	"TRUNCATE TABLE mysql.user",
	"DROP TABLE mysql.user",
	"DROP DATABASE mysql",
	"CREATE DEFINER = endstate@127.0.0.1 PROCEDURE archive.p() SQL SECURITY DEFINER DROP USER endstate@127.0.0.1",
	"CREATE DEFINER = endstate@127.0.0.1 VIEW archive.v AS SELECT * FROM mysql.user",
	"SET GLOBAL init_connect = 'KILL CONNECTION_ID()'",
	"SET GLOBAL offline_mode = ON",
	"SET GLOBAL max_connections = 1",
	"SET GLOBAL require_secure_transport = ON",
	"SET GLOBAL super_read_only = ON",
	"SET PERSIST max_connections = 1",
	"SET GLOBAL partial_revokes = OFF",
	"INSTALL COMPONENT 'file://component_validate_password'",
	"SELECT 1 INTO OUTFILE '/var/lib/mysql-files/out'",
	"SHUTDOWN",
	"SET PERSIST_ONLY init_connect = ''",
	"SET GLOBAL mandatory_roles = 'root@localhost'",
	"SET GLOBAL event_scheduler = ON",
	"SET GLOBAL sql_mode = ''",
	"SET GLOBAL general_log = ON",
	"GRANT root@localhost TO admin",
	"GRANT UPDATE ON mysql.* TO admin",
	"GRANT UPDATE ON mysql.user TO admin",
	"GRANT PROXY ON root@localhost TO admin",
	"GRANT BINLOG_ADMIN ON *.* TO admin",
	"GRANT SYSTEM_VARIABLES_ADMIN ON *.* TO admin",
	"ALTER USER root@localhost IDENTIFIED BY 'known'",
	"ALTER USER 'mysql.session'@localhost ACCOUNT UNLOCK",
	"RENAME USER root@localhost TO root@'%'",
	"CREATE DEFINER = root@localhost PROCEDURE archive.p() SELECT 1",
	"CREATE DEFINER = 'mysql.session'@localhost FUNCTION archive.f() RETURNS INT DETERMINISTIC RETURN 1",
	"CREATE SERVER s FOREIGN DATA WRAPPER mysql OPTIONS (HOST 'h')",
	"INSTALL PLUGIN rewriter SONAME 'rewriter.so'",
	"CREATE FUNCTION f RETURNS STRING SONAME 'keyring_udf.so'",
	"CREATE VIEW mysql.v AS SELECT 1",
	"CREATE TABLE mysql.t (i INT)",
	"CREATE EVENT mysql.e ON SCHEDULE EVERY 1 DAY DO SELECT 1",
	"CREATE FUNCTION mysql.f() RETURNS INT DETERMINISTIC RETURN 1",
	"CREATE VIEW sys.v AS SELECT 1",
	"ALTER DATABASE mysql READ ONLY = 1",
	"LOCK TABLES mysql.user WRITE",
	"PURGE BINARY LOGS BEFORE NOW()",
	"CHANGE REPLICATION SOURCE TO SOURCE_HOST = 'h'",
	"LOAD DATA INFILE '/etc/passwd' INTO TABLE archive.orders",
	"RESTART",
}

func TestGradersAccountCanNotBeTouched(t *testing.T) {
	t.Parallel()
	r := enginetest.Open(t)
	v := r.Variant(enginetest.MySQL, enginetest.Seed)
	lab := r.Lab(v)
	_, out := r.Learner(lab, "while read -r attack; do mysql --execute \"$attack\" 2>&1 || echo refused; done <<'END'\n"+strings.Join(attacks, "\n")+"\nEND")
	if n := strings.Count(out, "refused"); n != len(attacks) {
		t.Errorf("%d of %d attacks are let through:\n%s", len(attacks)-n, len(attacks), out)
	}
	for _, mistaken := range []string{"(42S02)", "ERROR 1064", "ERROR 2"} { // no such table, no syntax, no connection
		if strings.Contains(out, mistaken) {
			t.Errorf("an attack is refused because of a mistake in it:\n%s", out)
		}
	}
	if _, out = r.Learner(lab, `mysql --skip-column-names --execute "SELECT LOAD_FILE('/etc/passwd')"`); out != "NULL" {
		t.Errorf("the server reads files for the administrator: %s", out)
	}
	r.Solve(lab, v)
	r.Passes(lab, v)
}

// A session of the grader's can't be ended by the administrator either.
func TestGradersSessionCanNotBeEnded(t *testing.T) {
	t.Parallel()
	r := enginetest.Open(t)
	v := r.Variant(enginetest.MySQL, enginetest.Seed)
	lab := r.Lab(v)
	record, err := r.Snapshots.Record(t.Context(), lab)
	if err != nil {
		t.Fatal(err)
	}
	login := "MYSQL_PWD=" + record.Secret + " mysql --no-defaults --protocol tcp --user endstate"
	asleep := r.Begin(t.Context(), lab, "db", labs.Command{
		Args: []string{"bash", "-c", login + " --host 127.0.0.1 --execute 'SELECT SLEEP(60)'"},
	})
	defer asleep.Close()
	find := `mysql --skip-column-names --execute "SELECT id FROM information_schema.processlist WHERE info LIKE '%SLEEP(60)%' AND info NOT LIKE '%processlist%'"`
	id := ""
	for range 50 {
		if _, id = r.Learner(lab, find); id != "" {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	if id == "" {
		t.Fatal("the grader's session is not listed")
	}
	if status, out := r.Learner(lab, "mysql --execute 'KILL "+id+"'"); status == 0 {
		t.Errorf("the administrator ends the grader's session: %s", out)
	}
	if _, still := r.Learner(lab, find); !strings.Contains(still, id) {
		t.Errorf("the grader's session %s has ended: %q", id, still)
	}
}
