"""Services: the learner's code as a server, and requests to it.

    with endstate.Service("main", ["gunicorn", "app:app", "--timeout", "0", "--bind", "127.0.0.1:8000"]) as service:
        visitor = service.visitor()                    # keeps cookies, as a browser does
        answer = visitor.request("POST", "/login", form={"name": "ada", "password": "x"})
        answer.status, answer.header("Location"), answer.json(), answer.cookies

Switch a server's own timeouts off: they count a busy machine's time. A request that gets no
answer raises Failed, which says why. Several services may run side by side, and
threads may make requests at the same time. While one runs, Program must not be asked anything: it
ends all of the learner's processes.

What ends after half an hour is tested with a clock that the judge moves:

    clock = endstate.Clock()
    with endstate.Service("main", command, clock=clock) as service:
        clock.move(31 * 60)                            # for the service and the cookies of its visitors
"""

import json
import os
import secrets
import socket
import time

from visitor import Answer, Visitor, exchange

ENDING = 10.0  # seconds that a service may take to leave its port


class Service:
    """A server that the learner wrote, started in a folder of the learner's files."""

    def __init__(self, folder, command, port=8000, environment=None, clock=None, ask=None, failed=None):
        self.port, self._clock, self._ask, self._failed, self._id = port, clock, ask, failed, None
        self.cookies = []  # that it has set, each as its name and its attributes: see visitor.parse
        environment = {**(environment or {}), **(clock.environment if clock else {})}
        self._start = {"folder": folder, "command": command, "port": port, "environment": environment}

    def __enter__(self):
        kind, data = self._ask(b"s", json.dumps(self._start).encode())
        self._id = data
        while True:
            self._demand()
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                break
            except OSError:
                time.sleep(0.02)
        self._ask(b"f", self._id)
        return self

    def __exit__(self, *_):
        self._ask(b"e", self._id)
        until = time.monotonic() + ENDING
        while self._listens() and time.monotonic() < until:  # killed processes need a moment to end
            time.sleep(0.02)

    def _listens(self):
        try:
            socket.create_connection(("127.0.0.1", self.port), 1).close()
            return True
        except OSError:
            return False

    def _demand(self):
        """Raise Failed if the service has ended, or was ended."""
        kind, data = self._ask(b"p", self._id)
        if kind == b"c":
            raise self._failed(f"the service used up {int(data)} seconds of processor time")
        if kind == b"b":
            raise self._failed(f"the service's queries used up {int(data)} seconds of processor time")
        if kind == b"i":
            raise self._failed("the service does not answer: it waits for something that does not come")
        if kind == b"d":
            raise self._failed("the service ends by itself, or takes too much memory")

    @property
    def runs(self):
        """Whether the service still runs."""
        return self._ask(b"p", self._id)[0] == b"a"

    def visitor(self, cookies=None):
        """Return a client with cookies of its own, or with those that somebody planted or stole."""
        return Visitor(self, cookies)

    def request(self, method, path, **more):
        """Make one request without cookies; see Visitor.request."""
        return self.visitor().request(method, path, **more)

    def get(self, path, **more):
        return self.request("GET", path, **more)

    def post(self, path, **more):
        return self.request("POST", path, **more)

    def now(self):
        """Return the time that the service sees, in seconds since 1970."""
        return self._clock.now() if self._clock else time.time()

    def send(self, method, path, body, headers):
        """Make a request as it is, and return its Answer."""
        self._ask(b"b", self._id)
        try:
            answer = exchange(self.port, method, path, body, headers)
            if isinstance(answer, Answer):
                return answer
            for _ in range(10):  # a process that is ending closes its connections first
                self._demand()
                time.sleep(0.05)
            raise self._failed(f"{method} {path.partition('?')[0]} gets no answer: the connection is closed") from answer
        finally:
            self._ask(b"f", self._id)


class Clock:
    """The time that services see: time, datetime, SQLite's functions, but not the times of files.

    It runs on from now, and a judge can move it forward. With at, in seconds since 1970, it stands
    still, but for time.monotonic.
    """

    LIBRARY = "/usr/$LIB/faketime/libfaketimeMT.so.1"

    def __init__(self, at=None):
        self._at, self._ahead, self._path = at, 0, f"/tmp/clock-{secrets.token_hex(8)}"
        self._write()
        self.environment = {
            "LD_PRELOAD": self.LIBRARY, "FAKETIME_TIMESTAMP_FILE": self._path, "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DISABLE_SHM": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "0" if at is None else "1", "NO_FAKE_STAT": "1",
        }

    def now(self):
        """Return the time that services see, in seconds since 1970."""
        return (self._at or time.time()) + self._ahead

    def move(self, seconds):
        """Move the time forward."""
        self._ahead += seconds
        self._write()

    def _write(self):
        ahead = f"+{self._ahead}" if self._at is None else time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(self.now()))
        with open(self._path + ".new", "w") as file:
            file.write(ahead + "\n")
        os.chmod(self._path + ".new", 0o444)
        os.replace(self._path + ".new", self._path)  # services may read it at any moment
