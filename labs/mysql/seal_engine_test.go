//go:build engine

package mysql_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"endstate/internal/enginetest"
	"endstate/labs"
)

// server runs statements as the server's own root, which a learner can't.
func server(t *testing.T, r *enginetest.Runner, lab *labs.Lab, statements string) {
	t.Helper()
	if status, out := r.Root(lab, "db", "mysql <<'SQL'\n"+statements+"\nSQL"); status != 0 {
		t.Fatalf("%s: %s", statements, out)
	}
}

// admin runs statements as the administrator that learners work as.
func admin(t *testing.T, r *enginetest.Runner, lab *labs.Lab, statements string) {
	t.Helper()
	if status, out := r.Learner(lab, "mysql <<'SQL'\n"+statements+"\nSQL"); status != 0 {
		t.Fatalf("%s: %s", statements, out)
	}
}

// Getting powers that a lab does not hand over gains nothing: each way fails every check,
// and is named.
func TestChangedServerIsNotBelieved(t *testing.T) {
	t.Parallel()
	r := enginetest.Open(t)
	v := r.Variant(enginetest.MySQL, enginetest.Seed)
	lab := r.Lab(v)
	r.Solve(lab, v)
	for _, test := range []struct{ do, undo, names string }{
		{"GRANT SUPER ON *.* TO admin@'%'", "REVOKE SUPER ON *.* FROM admin@'%'", "the right SUPER"},
		{"GRANT FILE ON *.* TO archive_app@'%'", "DROP USER archive_app@'%'", "the right FILE"},
		{"GRANT SYSTEM_USER ON *.* TO archive_app@'%'", "DROP USER archive_app@'%'", "the account archive_app@%"},
		{"UPDATE mysql.user SET user_attributes = NULL WHERE user = 'admin'; FLUSH PRIVILEGES", "", "the right ALTER on the database mysql"},
		{"GRANT UPDATE ON mysql.user TO archive_app@'%'", "DROP USER archive_app@'%'", "the right UPDATE on the database mysql"},
		{"ALTER USER root@localhost ATTRIBUTE '{\"a\": 1}'", "UPDATE mysql.user SET user_attributes = NULL WHERE user = 'root'; FLUSH PRIVILEGES", "the account root@localhost"},
		{"SET GLOBAL init_connect = 'SET @a = 1'", "SET GLOBAL init_connect = ''", "the setting init_connect"},
		{"SET GLOBAL mandatory_roles = 'admin'", "SET GLOBAL mandatory_roles = ''", "the setting mandatory_roles"},
		{"SET GLOBAL event_scheduler = ON", "SET GLOBAL event_scheduler = OFF", "the setting event_scheduler"},
		{"INSERT INTO mysql.func VALUES ('f', 0, 'f.so', 'function')", "DELETE FROM mysql.func", "the function f"},
		{"INSERT INTO mysql.component VALUES (1, 1, 'file://c')", "DELETE FROM mysql.component", "the component file://c"},
	} {
		if strings.Contains(test.undo, "archive_app") {
			server(t, r, lab, "CREATE USER archive_app")
		}
		kept := ""
		if test.undo == "" {
			_, kept = r.Root(lab, "db", `mysql --skip-column-names --execute "SELECT QUOTE(user_attributes) FROM mysql.user WHERE user = 'admin'"`)
			test.undo = "UPDATE mysql.user SET user_attributes = " + strings.ReplaceAll(kept, `\\`, `\`) + " WHERE user = 'admin'; FLUSH PRIVILEGES"
		}
		server(t, r, lab, test.do)
		report := r.Grade(lab, v)
		for _, result := range slices.Concat(report.Checks, report.Guards) {
			if strings.Contains(result.ID, "dump") { // not about the server
				continue
			}
			if result.Verdict == labs.Passed || result.Verdict == labs.Ungraded || result.Verdict == labs.Failed && !strings.Contains(result.Message, test.names) {
				t.Errorf("after %s, %s is %s: %s", test.do, result.ID, result.Verdict, result.Message)
			}
		}
		server(t, r, lab, test.undo)
	}
	if report := r.Grade(lab, v); report.Earned() != labs.Total {
		t.Errorf("with all undone, the lab earns %d: %+v", report.Earned(), report)
	}
}

// What an administrator does with their own accounts does not disturb the grader.
func TestSealMindsNoOrdinaryAccount(t *testing.T) {
	t.Parallel()
	r := enginetest.Open(t)
	v := r.Written(plainly("SELECT 1 AS n", "rows[0].n == 1"))
	lab := r.Lab(v)
	admin(t, r, lab, `CREATE USER helper IDENTIFIED BY 'h'; GRANT SELECT, INSERT, CREATE USER ON *.* TO helper WITH GRANT OPTION;
		CREATE ROLE readers; GRANT SELECT ON *.* TO readers; GRANT readers TO helper; ALTER USER admin@'%' IDENTIFIED BY 'admin';
		CREATE USER endstate@'%'; CREATE DATABASE more; GRANT ALL ON more.* TO helper; FLUSH PRIVILEGES`)
	r.Passes(lab, v)
}

// plainly returns a scenario with one check, on a server with a database shop.
func plainly(look, expect string) string {
	return fmt.Sprintf(`
-- scenario.yaml --
hosts:
  db: {image: mysql}
  workspace: {image: mysql-client}
checks:
  - {id: it, title: It holds, points: 100, mysql: %s, expect: '%s', otherwise: '${rows}'}
guards:
  - {id: kept, title: It is as it was, costs: 10, mysql: {contents: [shop], structure: [shop]}, expect: rows == facts.shop, otherwise: '${rows}'}
facts:
  shop: {mysql: {contents: [shop], structure: [shop]}}
-- setup/db.sh --
mysql <<'SQL'
CREATE DATABASE shop;
USE shop;
CREATE TABLE orders (id INT PRIMARY KEY AUTO_INCREMENT, amount INT NOT NULL CHECK (amount > 0));
CREATE TABLE items (id INT PRIMARY KEY, order_id INT NOT NULL, CONSTRAINT of_order FOREIGN KEY (order_id) REFERENCES orders (id) ON DELETE CASCADE);
CREATE TABLE plain (id INT PRIMARY KEY);
INSERT INTO orders VALUES (1, 10), (2, 20);
INSERT INTO items VALUES (1, 1);
CREATE PROCEDURE total() READS SQL DATA SELECT SUM(amount) AS total FROM orders;
CREATE USER app@'%%' IDENTIFIED BY 'app';
GRANT SELECT, INSERT, UPDATE, DELETE, EXECUTE ON shop.* TO app@'%%';
SQL
`, look, expect)
}
