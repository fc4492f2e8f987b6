"""Runs a judge, and the learner's code on its behalf, each as a separate user.

    python3 host.py JUDGE SECONDS

Four kinds of processes, none of which can look into another:

- the judge, which is root and knows what is right. It never runs the learner's code;
- this one, which is root and knows nothing: it forwards questions without reading them;
- for each question a process of the learner's user, which answers it and ends, or runs a test suite;
- the sweeper, which then ends everything else that the learner's user runs.

Root's only privilege here is to become another user.
"""

import importlib
import json
import os
import re
import resource
import runpy
import select
import signal
import socket
import struct
import sys
import time
import traceback

LEARNER, SWEEPER = 1000, 65533
WORK = "/work"
JUDGE = os.path.dirname(os.path.abspath(__file__))
LARGEST = 64 << 10  # bytes of an answer
LARGEST_SUITE = 1 << 20  # bytes of the outcomes of a test suite
MEMORY = 160 << 20  # bytes, of one process
SERVICE_MEMORY = 1 << 30  # bytes of addresses, of one process of a service; the host limits what all use
IDLE = 3.0  # seconds that the code may wait for anything but a processor
LEAST = 1.0  # seconds that a folder gets even after others have used up theirs
HEAD = struct.Struct(">cI")

sys.path.insert(0, JUDGE)  # which an isolated interpreter leaves out
import suites  # noqa: E402

sys.path.remove(JUDGE)  # it would be the learner's, too


def send(to, kind, data=b""):
    to.sendall(HEAD.pack(kind, len(data)) + data)


def receive(source):
    """Return the kind and the data of a message; None at the end."""
    head = exactly(source, HEAD.size)
    if head is None:
        return None, None
    kind, size = HEAD.unpack(head)
    return kind, exactly(source, size)


def exactly(source, size):
    data = b""
    while len(data) < size:
        part = source.recv(size - len(data))
        if not part:
            return None
        data += part
    return data


# ---- the learner's process ----


def become_learner(out, seconds, memory=MEMORY):
    os.setsid()
    with open("/proc/self/oom_score_adj", "w") as file:
        file.write("1000")
    nothing = os.open("/dev/null", os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(nothing, fd)
    os.dup2(out, 3)
    os.closerange(4, 4096)
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds) + 1, int(seconds) + 2))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (8 << 20, 8 << 20))
    os.setgroups([])
    os.setresgid(LEARNER, LEARNER, LEARNER)
    os.setresuid(LEARNER, LEARNER, LEARNER)


def answer(question):
    """Ask the code what the question says, and return what it gives, or how it failed."""
    folder = os.path.join(WORK, question["folder"])
    stage = "load"
    try:
        os.chdir(folder)
        for name in os.listdir("."):
            sys.modules.pop(name.removesuffix(".py"), None)
        sys.path.insert(0, folder)
        value = importlib.import_module(question["module"])
        stage = "call"
        if question["kind"] == "names":
            return {"value": plain(sorted(public(value)))}
        if question["kind"] != "load":
            value = getattr(value, question["name"])
        if question["kind"] == "call":
            value = value(*pythonic(question["args"]), **pythonic(question["kwargs"]))
        return {"value": None if question["kind"] == "load" else plain(value)}
    except BaseException as error:
        return {"failed": stage, "class": type(error).__name__, "bases": [c.__name__ for c in type(error).__mro__], **place(error, folder)}


def public(module):
    """Names that the module defines itself: not those that it imports."""
    for name, value in vars(module).items():
        if name[0] != "_" and not isinstance(value, type(sys)) and getattr(value, "__module__", module.__name__) == module.__name__:
            yield name


def place(error, folder):
    """Return the file and line of the learner's code where an error came up."""
    at = {}
    for frame in traceback.extract_tb(error.__traceback__):
        if frame.filename.startswith(folder + "/"):
            at = {"file": frame.filename[len(folder) + 1 :], "line": frame.lineno}
    if isinstance(error, SyntaxError) and (error.filename or "").startswith(folder + "/"):
        at = {"file": error.filename[len(folder) + 1 :], "line": error.lineno}
    return at


def plain(value, left=40):
    """Return a value as JSON can carry it; what JSON does not know is {"$": kind, "of": …}."""
    if left == 0:
        raise RecursionError("nested too deeply")
    if value is None or isinstance(value, (bool, str)):
        return value if not isinstance(value, str) else str.__str__(value)
    if isinstance(value, int):
        return int.__int__(value)
    if isinstance(value, float):
        return float.__float__(value)
    kind = type(value).__name__
    if isinstance(value, dict):
        return {"$": "dict", "of": [[plain(k, left - 1), plain(v, left - 1)] for k, v in value.items()]}
    if isinstance(value, list):
        return [plain(item, left - 1) for item in value]
    if isinstance(value, (tuple, set, frozenset)):
        return {"$": "tuple" if isinstance(value, tuple) else "set", "of": [plain(item, left - 1) for item in value]}
    if isinstance(value, bytes):
        return {"$": "bytes", "of": value.hex()}
    if kind in ("date", "datetime") and hasattr(value, "isoformat"):
        return {"$": kind, "of": value.isoformat()}
    if kind == "Decimal":
        return {"$": kind, "of": str(value)}
    if callable(value):
        return {"$": "callable", "of": kind}
    if hasattr(value, "__next__") or kind in ("range", "dict_keys", "dict_values", "dict_items", "map", "filter", "zip"):
        return [plain(item, left - 1) for item, _ in zip(value, range(10_000))]
    return {"$": "other", "of": kind}


def pythonic(value):
    """Undo plain."""
    if isinstance(value, list):
        return [pythonic(item) for item in value]
    if not isinstance(value, dict):
        return value
    kind, of = value.get("$"), value.get("of")
    if kind == "dict":
        return {pythonic(k): pythonic(v) for k, v in of}
    if kind in ("tuple", "set"):
        return {"tuple": tuple, "set": set}[kind](pythonic(item) for item in of)
    if kind == "bytes":
        return bytes.fromhex(of)
    if kind in ("date", "datetime"):
        return getattr(importlib.import_module("datetime"), kind).fromisoformat(of)
    if kind == "Decimal":
        return importlib.import_module("decimal").Decimal(of)
    return Other(kind, of)


class Other:
    """A value that can't be carried. It equals nothing."""

    def __init__(self, kind, of):
        self.kind, self.name = str(kind), of if isinstance(of, str) and re.fullmatch(r"\w{1,40}", of) else "object"

    __hash__ = None

    def __eq__(self, other):
        return False


def run_learner(out, data, seconds):
    become_learner(out, seconds)
    give(lambda: answer(json.loads(data)), LARGEST)


def run_suite(out, data, seconds):
    become_learner(out, seconds, SERVICE_MEMORY)
    suite = json.loads(data)
    give(lambda: suites.run(suite["runner"], os.path.join(WORK, suite["folder"])), LARGEST_SUITE)


def give(make, largest):
    """Write what make returns to the pipe, as JSON."""
    try:
        text = json.dumps(make()).encode()
    except BaseException:
        text = b'{"failed": "shape"}'
    if len(text) > largest:
        text = b'{"failed": "shape"}'
    while text:
        text = text[os.write(3, text) :]


def run_service(out, start, seconds):
    become_learner(out, seconds, SERVICE_MEMORY)
    os.close(3)
    os.chdir(os.path.join(WORK, start["folder"]))
    environment = {"PATH": os.environ["PATH"], "HOME": "/tmp", "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUNBUFFERED": "1"}
    os.execvpe(start["command"][0], start["command"], {**environment, **start["environment"]})


# ---- this process ----


class Sweeper:
    """A process that may end the learner's and no others, and that they can't end."""

    def __init__(self):
        self.socket, there = socket.socketpair()
        if os.fork() == 0:
            self.socket.close()
            os.setgroups([])
            os.setresgid(SWEEPER, SWEEPER, SWEEPER)
            os.setresuid(SWEEPER, LEARNER, SWEEPER)
            while group := there.recv(8):
                try:
                    os.kill(-(int.from_bytes(group) or 1), signal.SIGKILL)
                except ProcessLookupError:
                    pass
                there.send(b".")
            os._exit(0)
        there.close()

    def sweep(self, group=0):
        """End all processes of a group; of all groups without one."""
        self.socket.send(group.to_bytes(8))
        self.socket.recv(1)


class Clock:
    """What the learner's processes have used, and for how long they have waited by themselves.

    To wait for a processor is not their doing, nor is it to wait for a server beside this host, such
    as MySQL, or for the judge, which may serve them, while that is busy. A process that has ended
    since the last look is missed, so who hides by ending all the time is taken for one who waits.
    """

    judge = None  # its process, as a string

    def __init__(self):
        self.seen, self.used, self.served, self.idle, self.at = {}, 0.0, 0.0, 0.0, time.monotonic()
        self.look()  # what a server has used until now does not count
        self.used = self.served = self.idle = 0.0

    def look(self):
        now, wanted, blocked = time.monotonic(), 0.0, False
        elapsed, self.at = now - self.at, now
        for pid, task, user in self.tasks():
            try:
                with open(f"/proc/{pid}/task/{task}/schedstat") as file:
                    ran, waited = (int(n) / 1e9 for n in file.read().split()[:2])
                with open(f"/proc/{pid}/task/{task}/stat") as file:
                    state = file.read().rpartition(")")[2].split()[0]
            except (OSError, ValueError):
                continue
            before = self.seen.get(task, (0.0, 0.0))
            self.seen[task] = ran, waited
            if user == LEARNER:
                self.used += max(0.0, ran - before[0])
            elif pid != self.judge:
                self.served += max(0.0, ran - before[0])
            wanted += max(0.0, ran - before[0]) + max(0.0, waited - before[1])
            blocked = blocked or state in "RD"
        # One that stands in the line for a processor is told its wait only when it runs.
        if not blocked:
            self.idle += max(0.0, elapsed - wanted)

    def tasks(self):
        """Yield process, thread and user of all that the learner's user, servers and the judge run."""
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{pid}/status", "rb") as file:  # who owns the folder is up to the process
                    user = int(file.read().partition(b"\nUid:\t")[2].split()[0])
                if user in (0, SWEEPER) and pid != self.judge:
                    continue
                for task in os.listdir(f"/proc/{pid}/task"):
                    yield pid, task, user
            except (OSError, IndexError):
                continue


class Asker:
    """Puts questions to the learner's code."""

    def __init__(self, seconds):
        self.seconds, self.spent, self.over, self.sweeper = seconds, {}, {}, Sweeper()

    def ask(self, data):
        """Return the kind of an answer, and it: a(nswered), c(pu), i(dle), d(ied)."""
        folder, question = data.split(b"\0", 1)
        if folder in self.over:
            return self.over[folder]
        # Folders share the time, so that one that does not end makes the others' shorter.
        allowed = max(LEAST, self.seconds - sum(self.spent[f] for f in self.over))
        idle = max(LEAST, IDLE - len(self.over) * IDLE)
        return self.run(run_learner, folder, question, allowed, idle, LARGEST)

    def test(self, data):
        """Run a test suite, for which each folder has the whole time: a slow suite is as slow in all of them."""
        folder, suite = data.split(b"\0", 1)
        if folder in self.over:
            return self.over[folder]
        suites.load(json.loads(suite)["runner"])
        return self.run(run_suite, folder, suite, self.seconds, IDLE, LARGEST_SUITE)

    def run(self, learner, folder, question, allowed, idle, largest):
        mine, theirs = os.pipe()
        pid = os.fork()
        if pid == 0:
            try:
                learner(theirs, question, allowed)
            finally:
                os._exit(0)
        os.close(theirs)
        try:
            kind, answered, used = self.wait(pid, mine, allowed - self.spent.get(folder, 0.0), idle, largest)
        finally:
            os.close(mine)
            self.sweeper.sweep()
        self.spent[folder] = self.spent.get(folder, 0.0) + used
        if kind in b"ci":
            answered = f"{allowed:.0f}".encode() if kind == b"c" else b""
            self.over[folder] = kind, answered
        return kind, answered

    def wait(self, pid, pipe, allowed, idle, largest):
        clock, data, ended = Clock(), b"", os.pidfd_open(pid)
        waiting = select.poll()
        waiting.register(ended, select.POLLIN)
        waiting.register(pipe, select.POLLIN)
        pause = 50
        try:
            while True:
                ready = {fd for fd, _ in waiting.poll(pause)}
                if pipe in ready:
                    part = os.read(pipe, largest)
                    data += part
                    if not part or len(data) > largest:
                        waiting.unregister(pipe)
                if ended in ready:
                    _, status, usage = os.wait4(pid, 0)
                    data += self.rest(pipe, largest + 1 - len(data))
                    used = max(clock.used, usage.ru_utime + usage.ru_stime)
                    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGXCPU:
                        return b"c", b"", used
                    return (b"a", data, used) if data and len(data) <= largest else (b"d", b"", used)
                if time.monotonic() - clock.at >= pause / 1000:  # also if something is always ready
                    clock.look()
                    pause = min(250, pause + 50)
                if clock.used > allowed:
                    return self.end(pid, b"c", clock)
                if clock.idle > idle:
                    return self.end(pid, b"i", clock)
        finally:
            os.close(ended)

    def end(self, pid, kind, clock):
        self.sweeper.sweep()
        os.waitpid(pid, 0)
        return kind, b"", clock.used

    @staticmethod
    def rest(pipe, size):
        os.set_blocking(pipe, False)
        try:
            return os.read(pipe, max(size, 0))
        except BlockingIOError:
            return b""


class Services:
    """The learner's code as servers, which run until they are ended or have used up their time.

    They share one clock. They may wait for requests as they like, but not while one is pending.
    """

    def __init__(self, seconds, sweeper):
        self.seconds, self.sweeper, self.clock = seconds, sweeper, None
        self.processes, self.started, self.pending, self.over = {}, 0, 0, None

    def handle(self, kind, data):
        """Carry out a request of the judge: s(tart), b(egin) and f(inish) a request, p(oll), e(nd)."""
        if kind == b"s":
            return self.start(json.loads(data))
        self.look()
        if kind == b"b":
            self.pending += 1
            self.clock.idle = 0.0
        elif kind == b"f":
            self.pending -= 1
        elif kind == b"e":
            self.end(int(data))
        elif int(data) not in self.processes:
            return self.over or (b"d", b"")
        return b"a", b""

    def start(self, start):
        self.clock = self.clock or Clock()
        self.started += 1
        self.pending += 1  # until it answers
        mine, theirs = os.pipe()
        pid = os.fork()
        if pid == 0:
            try:
                run_service(theirs, start, self.seconds * 2)
            finally:
                os._exit(127)
        os.close(mine)
        os.close(theirs)
        self.clock.idle = 0.0
        self.processes[pid] = os.pidfd_open(pid)
        return b"a", str(pid).encode()

    def look(self):
        """Notice what has ended, and end everything if its time is used up."""
        if not self.processes:
            return
        served = self.clock.served
        self.clock.look()
        if not self.pending:
            self.clock.idle, self.clock.served = 0.0, served
        for pid in list(self.processes):
            if select.select([self.processes[pid]], [], [], 0)[0]:
                self.forget(pid)
        if self.clock.used > self.seconds * self.started:
            self.over = b"c", f"{self.seconds * self.started:.0f}".encode()
        elif self.clock.served > self.seconds * self.started:
            self.over = b"b", f"{self.seconds * self.started:.0f}".encode()
        elif self.clock.idle > IDLE:
            self.over = b"i", b""
        if self.over:
            self.sweeper.sweep()
            for pid in list(self.processes):
                self.forget(pid)

    def forget(self, pid):
        os.close(self.processes.pop(pid))
        os.waitpid(pid, 0)

    def end(self, pid):
        if pid not in self.processes:
            return
        if len(self.processes) == 1:
            self.sweeper.sweep()
        else:
            self.sweeper.sweep(pid)
        self.forget(pid)


def unpack():
    """Unpack the learner's files, which may arrive long after the start."""
    select.select([0], [], [])
    status = os.spawnlp(os.P_WAIT, "tar", "tar", "-x", "--no-same-owner", "-C", WORK, "-f", "-")
    if status != 0:
        sys.exit(status or 1)


def main(judge, seconds):
    here, there = socket.socketpair()
    pid = os.fork()
    if pid == 0:
        here.close()
        sys.path.insert(0, JUDGE)
        import endstate  # while the files are on their way

        endstate.connect(there)
        if receive(there)[0] is None:
            os._exit(0)
        runpy.run_path(judge, run_name="__main__")
        sys.stdout.flush()
        os._exit(0)
    there.close()
    Clock.judge = str(pid)
    unpack()
    send(here, b"r")
    nothing = os.open("/dev/null", os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    asker = Asker(float(seconds))
    services = Services(float(seconds), asker.sweeper)
    while True:
        while services.processes and not select.select([here], [], [], 0.1)[0]:
            services.look()
        kind, data = receive(here)
        if data is None:
            break
        if kind in b"qt":
            send(here, *(asker.ask(data) if kind == b"q" else asker.test(data)))
        else:
            send(here, *services.handle(kind, data))
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) & 0xFF)


if __name__ == "__main__":
    main(*sys.argv[1:])
