//go:build engine

package run_test

import (
	"testing"

	"endstate/internal/enginetest"
)

// serving is a scenario whose judge has a MySQL server beside it. Its host in the lab is `store`.
func serving(expect string) string {
	return `
-- scenario.yaml --
hosts:
  store: {image: mysql}
  workspace: {image: python}
checks:
  - id: judged
    title: It judges
    points: 100
    run: {image: python, copy: /home/learner/shop, judge: hidden/judge.py, server: mysql}
    expect: >-
      ` + expect + `
    otherwise: ${run.found}
` + keeper
}

// keeper is a service over MySQL that asks as often as it is told, tries every other login, and
// can be made to use its database in vain and to lock it.
const keeper = `
-- setup/workspace.sh --
mkdir /home/learner/shop
cd /home/learner/shop
cat > app.py <<'PY'
import os
import flask
import pymysql

app = flask.Flask(__name__)
kept = []


def connect(**more):
    account = {"host": "store", "user": "shop", "password": "secret", "database": os.environ["DATABASE"], **more}
    return pymysql.connect(autocommit=True, **account)


@app.get("/names/<int:times>")
def names(times):
    with connect() as connection, connection.cursor() as cursor:
        for _ in range(times):
            cursor.execute("SELECT name FROM customers ORDER BY id")
        return [name for name, in cursor.fetchall()]


@app.post("/names")
def add():
    with connect() as connection, connection.cursor() as cursor:
        cursor.execute("INSERT INTO customers (name) VALUES (%s)", flask.request.json["name"])
        return {}, 201


@app.get("/logins")
def logins():
    found = []
    for user, password in (("endstate", ""), ("endstate", "endstate"), ("admin", "admin"), ("root", ""), ("mysql", "")):
        try:
            connect(user=user, password=password, database=None).close()
            found.append(user)
        except pymysql.err.OperationalError:
            pass
    with connect() as connection, connection.cursor() as cursor:
        cursor.execute("SHOW DATABASES")
        found += [name for name, in cursor.fetchall() if not name.endswith("_schema")]
    return found


@app.get("/vain")
def vain():
    with connect() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT BENCHMARK(1000000000000, SHA2('x', 512))")
        return {}


@app.get("/lock")
def lock():
    kept.append(connect())
    kept[-1].cursor().execute("LOCK TABLES customers WRITE")
    return {}
PY
chown -R learner: .
-- hidden/schema.sql --
CREATE TABLE customers (id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(40) NOT NULL);
INSERT INTO customers (name) VALUES ('Ada'), ('Żaneta');
`

// A judge fills databases, the learner's services use them, each its own, and the server counts
// what they ask.
func TestServerBesideAJudge(t *testing.T) {
	t.Parallel()
	r := enginetest.Open(t)
	v := r.Written(serving(`run.found == {"first": ["Ada", "Żaneta"], "second": ["Ada", "Żaneta", "Bob"], "selects": [1, 7], "inserts": 1,
      "own": 0, "queries": 6, "rows": [{"n": 3}], "logins": ["first"], "network": ["lo"], "wrong": 1146}`) + `
-- hidden/judge.py --
import os

import endstate

db = endstate.MySQL()
db.create("first", "schema.sql", user="shop", password="secret")
db.create("second", "schema.sql", user="other", password="secret")


def start(database, port):
    return endstate.Service(".", ["gunicorn", "app:app", "--timeout", "0", "--bind", f"127.0.0.1:{port}"], port, {"DATABASE": database})


def asked(service, path):
    with db.counting() as counted:
        answer = service.get(path)
    return counted["Com_select"], answer.json(), counted


with start("first", 8000) as service:
    logins = service.get("/logins").json()
    one, first, few = asked(service, "/names/1")
    seven, first, many = asked(service, "/names/7")
    db.run("GRANT ALL ON second.* TO shop@'%'")
    with start("second", 8001) as twin:
        with db.counting() as inserted:
            twin.post("/names", json_body={"name": "Bob"})
        with db.counting() as own:
            db.run("SELECT 1; SELECT 2")
        second = twin.get("/names/1").json()
try:
    db.run("SELECT * FROM first.nowhere")
except Exception as error:
    wrong = error.args[0]
endstate.report({
    "first": first, "second": second, "selects": [one, seven], "inserts": inserted["Com_insert"], "own": own["Com_select"],
    "queries": many["Questions"] - few["Questions"], "rows": db.run("SELECT COUNT(*) AS n FROM second.customers"), "logins": logins,
    "network": os.listdir("/sys/class/net"), "wrong": wrong,
})
`)
	lab := r.Lab(v)
	r.Passes(lab, v)
	r.Passes(lab, v) // with a new server, in which nothing is left
}

// A service that keeps its database busy or locked has failed, and the judge learns why.
func TestServerThatIsMisused(t *testing.T) {
	t.Parallel()
	r := enginetest.Open(t)
	v := r.Written(serving(`run.found.vain.contains("queries used up 6 seconds of processor time") && run.found.locked.contains("locked")
      && run.found.after == 2`) + `
-- hidden/judge.py --
import endstate

db = endstate.MySQL()
db.create("shop", "schema.sql", user="shop", password="secret")


def start():
    return endstate.Service(".", ["gunicorn", "app:app", "--timeout", "0", "--bind", "127.0.0.1:8000"], environment={"DATABASE": "shop"})


try:
    with start() as service:
        service.get("/lock")
        db.run("SELECT * FROM shop.customers")
except endstate.Failed as failed:
    locked = failed.says
after = len(db.run("SELECT * FROM shop.customers"))
try:
    with start() as service:
        service.get("/vain")
except endstate.Failed as failed:
    vain = failed.says
endstate.report({"locked": locked, "after": after, "vain": vain})
`)
	r.Passes(r.Lab(v), v)
}
