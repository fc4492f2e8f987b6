//go:build engine

package run_test

import (
	"testing"

	"endstate/internal/enginetest"
)

// shop is a service that counts its visitors, and that can be made to hang, to end and to work in vain.
const shop = `
-- setup/workspace.sh --
git init --quiet /home/learner/repository
cd /home/learner/repository
cat > app.py <<'PY'
import os, time
import flask

app = flask.Flask(__name__)
app.secret_key = "x"


@app.post("/visits")
def visit():
    flask.session["visits"] = flask.session.get("visits", 0) + 1
    return {"visits": flask.session["visits"], "by": flask.request.json["by"]}, 201


@app.get("/old")
def old():
    return flask.redirect("/visits")


@app.get("/hang")
def hang():
    time.sleep(600)


@app.get("/spin")
def spin():
    while True:
        pass


@app.get("/end")
def end():
    os.kill(os.getppid(), 9)
    os._exit(1)
PY
git add .
git commit --quiet --message code
chown -R learner: .
`

// A judge starts the learner's code as a service and makes requests with cookies.
func TestServiceAnswers(t *testing.T) {
	t.Parallel()
	r := enginetest.Open(t)
	v := r.Written(judgedIn("python", `run.found.first == [201, 1, "ada"] && run.found.second == 2 && run.found.other == 1 &&
      run.found.old == [302, "/visits"] && run.found.httponly && run.found.missing == 404 && run.found.both == [1, 1]`) + `
-- hidden/judge.py --
import endstate


def start(port):
    return endstate.Service("main", ["gunicorn", "app:app", "--bind", f"127.0.0.1:{port}"], port=port)


with start(8000) as service, start(8001) as twin:
    visitor = service.visitor()
    first = visitor.post("/visits", json_body={"by": "ada"})
    second = visitor.post("/visits", json_body={"by": "ada"})
    other = service.request("POST", "/visits", json_body={"by": "bob"})
    old = visitor.get("/old")
    both = [s.request("POST", "/visits", json_body={"by": "eve"}).json()["visits"] for s in (service, twin)]
    endstate.report({
        "first": [first.status, first.json()["visits"], first.json()["by"]], "second": second.json()["visits"],
        "other": other.json()["visits"], "old": [old.status, old.header("location")],
        "httponly": first.cookies["session"]["httponly"], "missing": visitor.get("/nowhere").status, "both": both,
    })
` + shop)
	r.Passes(r.Lab(v), v)
}

// A service that does not answer is ended, and the judge learns why. What ends one service leaves
// a later one alone.
func TestServiceThatDoesNotAnswer(t *testing.T) {
	t.Parallel()
	r := enginetest.Open(t)
	v := r.Written(judgedIn("python", `run.found.hang.contains("waits for something that does not come") &&
      run.found.end.contains("ends by itself") && run.found.absent.contains("ends by itself") && run.found.after == 404`) + `
-- hidden/judge.py --
import endstate


def told(path, command=("gunicorn", "app:app", "--bind", "127.0.0.1:8000")):
    try:
        with endstate.Service("main", list(command)) as service:
            return service.request("GET", path).status
    except endstate.Failed as failed:
        return failed.says


endstate.report({
    "end": told("/end"), "absent": told("/", ["no-such-program"]), "after": told("/nowhere"), "hang": told("/hang"),
})
` + shop)
	r.Passes(r.Lab(v), v)
}

func TestServiceThatWorksInVain(t *testing.T) {
	t.Parallel()
	r := enginetest.Open(t)
	v := r.Written(judgedIn("python", `run.found.contains("used up 3 seconds of processor time")`) + `
-- hidden/judge.py --
import endstate

try:
    with endstate.Service("main", ["gunicorn", "app:app", "--timeout", "0", "--bind", "127.0.0.1:8000"]) as service:
        endstate.report(service.request("GET", "/spin").status)
except endstate.Failed as failed:
    endstate.report(failed.says)
` + shop)
	r.Passes(r.Lab(v), v)
}
