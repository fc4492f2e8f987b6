"""Visits a service steadily and counts what it got.

The scenario's setup puts /srv/load/visitor.py into the host. It says what a visitor does:

    import load

    shop = load.Target("http://workspace:8080")

    @load.every(0.25)
    def visit():
        answer = shop.request("GET", "/")
        if answer.status != 200:
            raise load.Failed(f"GET / answers {answer.status}")

    @load.tells("/failed")
    def failed():
        return [entry for entry in load.journal.entries if entry["kind"] == "failed"]

Everything that happens is written into a journal, which survives a restart of the host. What it
tells, it tells on 127.0.0.1, so that only the grader can ask.
"""
import concurrent.futures
import http.client
import http.server
import json
import os
import runpy
import subprocess
import sys
import threading
import time
import urllib.parse

FOLDER = "/srv/load"
PORT = 9090
# How many visitors there are at once. If all of them wait, the next one does not come.
VISITORS = 8
# For entries that may be due to a lab that is being stopped, in seconds.
SETTLE = 4


class Failed(Exception):
    """The service answered wrongly, or not at all."""


class Late(Exception):
    """No answer came in time, which may be the machine's fault."""


class Journal:
    """What happened: entries with `at`, in seconds since 1970, `kind`, and further facts.

    An entry with `settle` is written only after so many seconds. So what fails because the whole
    lab is being stopped is forgotten with it."""

    def __init__(self, path):
        self.entries = []
        self.lock = threading.Lock()
        if os.path.exists(path):
            with open(path) as file:
                self.entries = list(read_lines(file))
        self.file = open(path, "a", buffering=1)
        self.file.write("\n")  # the last line may have been cut off

    def add(self, kind, settle=0, **facts):
        entry = {"at": time.time(), "kind": kind, **facts}
        with self.lock:
            self.entries.append(entry)
        if settle:
            timer = threading.Timer(settle, self.write, [entry])
            timer.daemon = True
            timer.start()
        else:
            self.write(entry)

    def write(self, entry):
        with self.lock:
            self.file.write(json.dumps(entry) + "\n")

    def of(self, kind):
        with self.lock:
            return [entry for entry in self.entries if entry["kind"] == kind]


def read_lines(file):
    for line in file:
        try:
            yield json.loads(line)
        except ValueError:
            pass


class Answer:
    """The answer to a request. `json` is None if the body is not JSON."""

    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body
        try:
            self.json = json.loads(body)
        except ValueError:
            self.json = None


class Yardstick:
    """Counts how many programs like a service this machine could have started, one after the
    other, while visitors waited. So nobody loses patience with a machine that is merely slow."""

    PROGRAM = [sys.executable, "-c", "import http.server, json, sqlite3"]

    def __init__(self):
        self.lock = threading.Lock()
        self.waiting = self.starts = 0
        self.running = False

    def __enter__(self):
        with self.lock:
            self.waiting += 1
            if not self.running:
                self.running = True
                threading.Thread(target=self.run, daemon=True).start()
            return self.starts

    def __exit__(self, *error):
        with self.lock:
            self.waiting -= 1

    def run(self):
        while True:
            with self.lock:
                if not self.waiting:
                    self.running = False
                    return
            subprocess.run(self.PROGRAM)
            self.starts += 1


yardstick = Yardstick()


class Target:
    """A service. While nothing answers, or only a gateway does, as after a restart, its visitors
    try again for `patience` seconds, and at least as long as it takes to start a few programs.
    `context` is the SSL context, for https."""

    GATEWAY = (502, 504)
    PAUSE = 0.25
    STARTS = 6
    TIMEOUT = 30  # seconds
    LIMIT = 16 << 20  # bytes of an answer

    def __init__(self, url, patience=4, context=None):
        self.url, self.patience, self.context = urllib.parse.urlsplit(url), patience, context

    def request(self, method, path, body=None, headers=None):
        """Makes a request; a body that is not a string is sent as JSON."""
        headers = dict(headers or {})
        if body is not None and not isinstance(body, str):
            body = json.dumps(body)
            headers.setdefault("Content-Type", "application/json")
        answer = self.try_once(method, path, body, headers)
        if isinstance(answer, str) and self.patience:
            answer = self.try_again(method, path, body, headers)
        if isinstance(answer, str):
            raise Failed(f"{method} {path}: {answer}")
        return answer

    def try_again(self, *request):
        end = time.monotonic() + self.patience
        with yardstick as starts:
            while time.monotonic() < end or yardstick.starts < starts + self.STARTS:
                time.sleep(self.PAUSE)
                answer = self.try_once(*request)
                if isinstance(answer, Answer):
                    break
        return answer

    def try_once(self, method, path, body, headers):
        """Returns the answer, or why there is none."""
        try:
            answer = self.once(method, path, body, headers)
        except TimeoutError:
            raise Late(f"{method} {path}") from None
        except (OSError, http.client.HTTPException) as error:
            return type(error).__name__
        return str(answer.status) if answer.status in self.GATEWAY else answer

    def once(self, method, path, body, headers):
        if self.url.scheme == "https":
            connection = http.client.HTTPSConnection(self.url.netloc, timeout=self.TIMEOUT, context=self.context)
        else:
            connection = http.client.HTTPConnection(self.url.netloc, timeout=self.TIMEOUT)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read(self.LIMIT))
        finally:
            connection.close()


journal = None
told = {}
visits = []
restarted = 0  # when this host was restarted, by the monotonic clock; 0 if it was not
RESTART = 15  # seconds that the other hosts may take until they are up again


def host():
    """What identifies this host: where the engine keeps its /etc/hosts."""
    with open("/proc/self/mountinfo") as file:
        return next((fields[3] for fields in map(str.split, file) if fields[4] == "/etc/hosts"), "")


def settled():
    """Whether failures count: not yet after a restart, because all hosts are restarted together."""
    return not restarted or time.monotonic() - restarted > RESTART


def every(seconds):
    """Calls a function every so many seconds, in threads."""
    def register(visit):
        visits.append((seconds, visit))
        return visit
    return register


def tells(path):
    """Makes the result of a function the answer to a path, as JSON."""
    def register(tell):
        told[path] = tell
        return tell
    return register


class Teller(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        tell = told.get(self.path)
        if tell is None:
            self.send_error(404)
            return
        try:
            status, value = 200, tell()
        except (Failed, Late) as error:
            status, value = 503, {"error": type(error).__name__, "says": str(error)}
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


def keep_visiting(pool, seconds, visit):
    free = threading.Semaphore(VISITORS)

    def once():
        try:
            visit()
        except Failed as failed:
            journal.add("failed", SETTLE, visit=visit.__name__, says=str(failed))
        except Late as late:
            journal.add("late", SETTLE, visit=visit.__name__, says=str(late))
        except Exception as error:  # an answer that a visitor can't make sense of
            journal.add("failed", SETTLE, visit=visit.__name__, says=f"{type(error).__name__}: {error}")
        finally:
            free.release()

    while True:
        if free.acquire(blocking=False):
            pool.submit(once)
        time.sleep(seconds)


def main():
    global journal, restarted
    journal = Journal(FOLDER + "/journal")
    if any(entry["host"] == host() for entry in journal.of("began")):
        restarted = time.monotonic()
    journal.add("began", host=host())
    sys.path.insert(0, FOLDER)
    visitor = FOLDER + "/visitor.py"
    there = os.path.exists(visitor)
    if there:  # after a restart, everything can be asked as soon as the port is open
        runpy.run_path(visitor)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", PORT), Teller)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    if not there:
        while not os.path.exists(visitor):
            time.sleep(0.1)
        runpy.run_path(visitor)
    pool = concurrent.futures.ThreadPoolExecutor(VISITORS * len(visits) or 1)
    for seconds, visit in visits:
        threading.Thread(target=keep_visiting, args=(pool, seconds, visit), daemon=True).start()
    threading.Event().wait()
