//go:build engine

package run_test

import (
	"testing"

	"endstate/internal/enginetest"
)

// echo answers with the cookies that it got, and sets those that it is asked to. At /times, it
// answers with the time by four clocks.
const echo = `
-- setup/workspace.sh --
git init --quiet /home/learner/repository
cd /home/learner/repository
cat > app.py <<'PY'
import datetime, sqlite3, time
import flask

app = flask.Flask(__name__)


@app.route("/<path:path>", methods=["GET", "POST"])
def echo(path):
    answer = flask.jsonify(cookies=dict(flask.request.cookies))
    for line in flask.request.args.getlist("set"):
        answer.headers.add("Set-Cookie", line)
    return answer


@app.get("/times")
def times():
    with sqlite3.connect(":memory:") as tables:
        (database,), = tables.execute("SELECT CAST(strftime('%s', CURRENT_TIMESTAMP) AS REAL)")
    return [time.time(), datetime.datetime.now().timestamp(), database, time.monotonic()]
PY
git add .
git commit --quiet --message code
chown -R learner: .
`

// A visitor keeps, sends, replaces and refuses cookies as a browser does, and lets them end by
// the clock that the judge moves.
func TestVisitorKeepsCookies(t *testing.T) {
	t.Parallel()
	r := enginetest.Open(t)
	v := r.Written(judgedIn("python", `run.found == {
      "kept": {"plain": "1=2", "secure": "s", "strict": "t", "none": "n", "short": "m", "dated": "d", "long": "l"},
      "below": ["deep"], "beside": [], "deleted": ["dated", "long", "none", "secure", "short", "strict"],
      "cross get": ["dated", "long", "none", "secure", "short"], "cross post": ["none"],
      "refused": ["__Host-b", "__Secure-c", "a", "d"], "later": ["long", "none", "secure", "strict"],
      "stolen": ["dated", "long", "none", "secure", "short", "strict"],
      "attributes": {"value": "t", "samesite": "Strict", "httponly": true, "max-age": "9000"}, "logged": 13}`) + `
-- hidden/judge.py --
import urllib.parse

import endstate

COMMAND = ["gunicorn", "app:app", "--timeout", "0", "--bind", "127.0.0.1:8000"]
clock = endstate.Clock()


def setting(path, *lines):
    return visitor.get(path + "?" + urllib.parse.urlencode([("set", line) for line in lines]))


def sent(path="/any", method="GET", **more):
    return visitor.request(method, path, **more).json()["cookies"]


with endstate.Service("main", COMMAND, clock=clock) as service:
    visitor = service.visitor({"plain": "0"})
    found = {}
    dated = "dated=d; Path=/; Expires=" + __import__("email.utils").utils.formatdate(clock.now() + 100, usegmt=True)
    answer = setting("/first", "plain=1=2", "secure=s; Secure; Path=/", "strict=t; SameSite=Strict; HttpOnly; Max-Age=9000",
                     "none=n; SameSite=None; Secure", "short=m; max-age=100", dated, "long=l; Max-Age=9000; Expires=Thu, 01 Jan 1970 00:00:00 GMT")
    found["attributes"] = answer.cookies["strict"]
    found["kept"] = sent()
    setting("/one/page", "deep=1")
    found["below"] = [n for n in sent("/one/other") if n == "deep"]
    found["beside"] = [n for n in sent("/onefold/other") if n == "deep"]
    setting("/first", "a=1; Domain=example.org", "__Host-b=1; Path=/", "__Secure-c=1", "d=1; SameSite=None", "plain=; Max-Age=0")
    found["refused"] = sorted(visitor.jar.refused)
    found["deleted"] = sorted(sent())
    found["cross get"] = sorted(sent(site="cross"))
    found["cross post"] = sorted(sent(method="POST", site="cross"))
    stolen = visitor.cookies()
    clock.move(101)
    found["later"] = sorted(sent())
    visitor = service.visitor({n: v for n, v in stolen.items() if n != "deep"})
    found["stolen"] = sorted(sent())
    found["logged"] = len(service.cookies)
endstate.report(found)
` + echo)
	r.Passes(r.Lab(v), v)
}

// A service sees the clock that the judge moves, whatever it asks for the time.
func TestClockMoves(t *testing.T) {
	t.Parallel()
	r := enginetest.Open(t)
	v := r.Written(judgedIn("python", `run.found.moved.all(m, m >= 3600.0 && m < 3660.0) && run.found.real.all(r, r < 30.0)
      && run.found.frozen == [1800000000.0, 1800000000.0, 1800000000.0] && run.found.judge < 30.0`) + `
-- hidden/judge.py --
import time

import endstate


def service(clock):
    return endstate.Service("main", ["gunicorn", "app:app", "--timeout", "0", "--bind", "127.0.0.1:8000"], clock=clock)


began, clock = time.time(), endstate.Clock()
with service(clock) as one:
    first = one.request("GET", "/times").json()
    clock.move(3600)
    second = one.request("GET", "/times").json()
with service(endstate.Clock(at=1_800_000_000)) as one:
    frozen = one.request("GET", "/times").json()
endstate.report({
    "moved": [b - a for a, b in zip(first, second)], "real": [abs(t - began) for t in first[:3]], "frozen": frozen[:3],
    "judge": time.time() - began,
})
` + echo)
	r.Passes(r.Lab(v), v)
}

// A service can change a copy of its folder, which has the judge's files and no links, but neither
// the learner's folder nor any other copy. What it keeps elsewhere can be removed.
func TestServiceWritesInACopy(t *testing.T) {
	t.Parallel()
	r := enginetest.Open(t)
	v := r.Written(judgedIn("python", `run.found == {"first": ["ab", "judge", "made", false, true], "second": ["a", "judge", "made", false, false], "original": "PermissionError"}`) + `
-- hidden/judge.py --
import endstate

command = ["gunicorn", "app:app", "--timeout", "0", "--bind", "127.0.0.1:8000"]
for name in ("first", "second"):
    endstate.copy("main", name, files={"given.txt": "judge"})
with endstate.Service("first", command) as service:
    service.request("POST", "/")
    first = service.request("POST", "/").json()
endstate.clear_files()
with endstate.Service("second", command) as service:
    second = service.request("POST", "/").json()
with endstate.Service("main", command) as service:
    original = service.request("POST", "/").json()
endstate.report({"first": first, "second": second, "original": original})
-- setup/workspace.sh --
git init --quiet /home/learner/repository
cd /home/learner/repository
mkdir data
echo learner > given.txt
ln -s /etc/passwd link
printf a > data/log.txt
cat > app.py <<'PY'
import os
import flask

app = flask.Flask(__name__)


@app.post("/")
def write():
    try:
        there = os.path.exists("/tmp/kept")
        open("/tmp/kept", "w").close()
        text = open("data/log.txt").read()
        open("data/log.txt", "w").write(text + "b")
        open("data/made.txt", "w").write("made")
    except OSError as error:
        return flask.jsonify(type(error).__name__)
    return [text, open("given.txt").read(), open("data/made.txt").read(), os.path.lexists("link"), there]
PY
git add .
git commit --quiet --message code
chown -R learner: .
`)
	r.Passes(r.Lab(v), v)
}

// A service that starts again on its port, beside another one, is not taken for the one before,
// which may still be ending.
func TestServiceStartsAgain(t *testing.T) {
	t.Parallel()
	r := enginetest.Open(t)
	v := r.Written(judgedIn("python", `run.found == [200, 200, 200, 200, 200, 200]`) + `
-- hidden/judge.py --
import endstate


def service(port):
    command = ["gunicorn", "app:app", "--workers", "3", "--timeout", "0", "--bind", f"127.0.0.1:{port}"]
    return endstate.Service("main", command, port=port)


found = []
with service(8000):
    for _ in range(6):
        with service(8001) as again:
            found.append(again.request("GET", "/any").status)
endstate.report(found)
` + echo)
	r.Passes(r.Lab(v), v)
}
