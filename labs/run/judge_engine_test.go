//go:build engine

package run_test

import (
	"testing"

	"endstate/internal/enginetest"
)

// A judge's secret is in its file and in its process's memory. The code that it calls looks
// everywhere for it, and returns whatever it finds.
func TestJudgeIsNotSeen(t *testing.T) {
	t.Parallel()
	r := enginetest.Open(t)
	v := r.Written(judged(`run.found.secret == 418 && run.found.first == "left"
      && run.found.seen == {"files": [], "processes": [], "memory": [], "environment": "", "left": 0}`) + `
-- hidden/judge.py --
import endstate

secret = "4711" * 100 + "hidden" * 3  # in this process's memory
code = endstate.Program("main")
first = code.call("spy.leave")


def told(name):
    try:
        return code.call("spy." + name)
    except endstate.Failed as failed:
        return failed.says


seen = {name: told(name) for name in ("files", "processes", "memory", "environment", "left")}
endstate.report({"secret": len(secret), "first": first, "seen": seen})
-- setup/workspace.sh --
git init --quiet /home/learner/repository
cd /home/learner/repository
cat > spy.py <<'PY'
import glob, os, re, subprocess, sys, time


def leave():
    """Leave a process that waits for the next question."""
    if os.fork() == 0:
        os.setsid()
        for _ in range(50):
            time.sleep(0.1)
            open("/tmp/alive", "a").write("x")
        os._exit(0)
    return "left"


def left():
    time.sleep(0.3)
    before = os.path.getsize("/tmp/alive") if os.path.exists("/tmp/alive") else 0
    time.sleep(0.3)
    after = os.path.getsize("/tmp/alive") if os.path.exists("/tmp/alive") else 0
    return after - before


def readable(paths):
    found = []
    for path in paths:
        try:
            with open(path, "rb") as file:
                data = file.read(1 << 22)
        except OSError:
            continue
        if re.search(rb"(?:4711){60}", data) or b"# in this pro" b"cess's memory" in data:
            found.append(path)
    return found


def files():
    found = readable(glob.glob("/judge/*") + ["/judge/judge.py", "/judge/facts.json", "judge.py", "../judge/judge.py"])
    try:
        found += os.listdir("/judge")
    except OSError:
        pass
    for top, folders, names in os.walk("/"):
        if top.split("/")[1] in ("proc", "sys", "usr", "dev"):
            folders.clear()
            continue
        found += readable(os.path.join(top, name) for name in names)
    return found


def processes():
    others = [p for p in glob.glob("/proc/[0-9]*") if p != f"/proc/{os.getpid()}"]
    found = readable(f"{p}/{name}" for p in others for name in ("environ", "cmdline", "comm", "auxv"))
    for p in others:
        for kind in ("cwd", "exe", "root"):
            try:
                found.append(os.readlink(f"{p}/{kind}"))
            except OSError:
                pass
        for kind in ("fd", "map_files"):
            try:
                found += os.listdir(f"{p}/{kind}")
            except OSError:
                pass
        try:
            os.kill(int(p[6:]), 0)
            found.append("signals " + p)
        except OSError:
            pass
    return found


def memory():
    """Processes, this one too, whose memory holds the secret."""
    found = []
    for p in glob.glob("/proc/[0-9]*"):
        try:
            spans = [line.split()[:2] for line in open(p + "/maps")]
        except OSError:
            continue
        for span, rights in spans:
            low, high = (int(x, 16) for x in span.split("-"))
            try:
                with open(p + "/mem", "rb", buffering=0) as mem:
                    mem.seek(low)
                    data = mem.read(high - low)
            except (OSError, OverflowError):
                continue
            if re.search(rb"(?:4711){60}", data):
                found.append(p)
    return found


def environment():
    said = subprocess.run(["cat", "/judge/judge.py"], capture_output=True, text=True).stdout
    return said + "".join(k for k, v in os.environ.items() if "4711" in k + v)
PY
git add .
git commit --quiet --message spy
`)
	r.Passes(r.Lab(v), v)
}

// judged returns a scenario whose judge calls main. Each test sets the expectation.
func judged(expect string) string { return judgedIn("git", expect) }

// judgedIn is judged with an image for the workspace and the fresh host.
func judgedIn(image, expect string) string {
	return `
-- scenario.yaml --
hosts:
  workspace: {image: ` + image + `}
checks:
  - id: judged
    title: It judges
    points: 100
    run: {image: ` + image + `, copy: /home/learner/repository, revisions: [main, loop, sleep], judge: hidden/judge.py}
    expect: >-
      ` + expect + `
    otherwise: ${run.found}
`
}

func TestJudgeTellsHowCodeFails(t *testing.T) {
	t.Parallel()
	r := enginetest.Open(t)
	v := r.Written(judged(`run.found == {
      "right": 3, "iterated": [1, 2], "printed": "quiet", "value": "a value of type Odd",
      "raised": "ValueError is raised (code.py, line 11)", "memory": "MemoryError is raised (code.py, line 19)",
      "large": "code.py returns something too large, or something that can't be compared",
      "exits": "code.py ends the program, or takes too much memory",
      "syntax": "broken.py could not be loaded: SyntaxError (broken.py, line 2)",
      "loop": "loop.py does not end: it used 3 seconds of processor time",
      "sleep": "sleep.py does not end: it waits for something that does not come",
      "tests": {"tests/test_wrong.py": "test_it fails"}}`) + `
-- hidden/judge.py --
import endstate

code = endstate.Program("main")


def failed(name, *args):
    try:
        return code.call(name, *args)
    except endstate.Failed as failed:
        return failed.says


RIGHT = '''import unittest
from code import add, KNOWN
import code
class T(unittest.TestCase):
    def test_it(self):
        self.assertEqual(add(2, 2) + KNOWN["a"], 5)
        with self.assertRaises(ValueError):
            code.raises()
'''
def unquoted(value):
    if isinstance(value, dict):
        return {name: unquoted(one) for name, one in value.items()}
    return value.replace("\x60", "") if isinstance(value, str) else value


endstate.report(unquoted({
    "right": code.call("code.add", 1, 2), "iterated": code.call("code.iterate"), "raised": failed("code.raises"),
    "large": failed("code.large"), "exits": failed("code.exits"), "memory": failed("code.memory"), "printed": code.call("code.prints"),
    "value": endstate.shown(code.call("code.odd")), "syntax": code.load("broken"),
    "tests": code.test({"tests/test_right.py": RIGHT, "tests/test_wrong.py": RIGHT.replace("5", "6")}),
    "loop": endstate.Program("loop").load("loop"), "sleep": endstate.Program("sleep").load("sleep"),
}))
-- setup/workspace.sh --
git init --quiet /home/learner/repository
cd /home/learner/repository
cat > code.py <<'PY'
import os
KNOWN = {"a": 1}
def add(a, b):
    return a + b
def iterate():
    yield 1
    yield 2
class Odd:
    __eq__ = lambda self, other: True
def raises():
    raise ValueError("hidden")
def large():
    return "x" * 100000
def exits():
    os._exit(0)
def odd():
    return Odd()
def memory():
    return len(bytearray(1 << 30))
def prints():
    os.write(1, b'{"right": 1}')
    print("loud")
    return "quiet"
PY
printf 'x = 1\ndef broken(:\n' > broken.py
git add .
git commit --quiet --message code
for one in 'loop while True: pass' 'sleep import time; time.sleep(1000)'; do
  git switch --quiet --create "${one%% *}"
  echo "${one#* }" > "${one%% *}.py"
  git add .
  git commit --quiet --message more
done
git switch --quiet main
`)
	r.Passes(r.Lab(v), v)
}

// Code that waits for the judge does not wait by itself while the judge is busy, for longer than
// code may wait, but it does while the judge waits as well.
func TestJudgeServesTheCode(t *testing.T) {
	t.Parallel()
	r := enginetest.Open(t)
	v := r.Written(judged(`run.found.busy == "served" && run.found.silent.contains("waits for something that does not come")`) + `
-- hidden/judge.py --
import socket
import threading
import time

import endstate


def serve(server):
    connection, _ = server.accept()
    until = time.thread_time() + 3.5
    while time.thread_time() < until:
        pass
    connection.sendall(b"served")
    connection.close()
    connection, _ = server.accept()
    time.sleep(60)


def told(port):
    try:
        return endstate.Program("main").call("client.ask", port)
    except endstate.Failed as failed:
        return failed.says


server = socket.create_server(("127.0.0.1", 0))
threading.Thread(target=serve, args=(server,), daemon=True).start()
port = server.getsockname()[1]
endstate.report({"busy": told(port), "silent": told(port)})
-- setup/workspace.sh --
git init --quiet /home/learner/repository
cd /home/learner/repository
cat > client.py <<'PY'
import socket


def ask(port):
    with socket.create_connection(("127.0.0.1", port)) as connection:
        return connection.recv(100).decode()
PY
git add .
git commit --quiet --message code
`)
	r.Passes(r.Lab(v), v)
}
