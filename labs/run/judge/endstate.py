"""The library of judges: calls the learner's code, and reports what a judge found.

A judge is a program that belongs to a scenario. It runs where the learner's code can't see
it, and asks that code one question at a time. For each, the code is restarted as another user.

    import endstate

    main = endstate.Program("main")          # the files of the revision main
    try:
        right = main.call("pricing.total", [{"price": 5}]) == 5
    except endstate.Failed as failed:
        right = failed.says
    endstate.report({"total": right})        # observed as run.found
"""

import importlib.abc
import importlib.machinery
import json
import os
import random as _random
import re
import sys
import threading
import types
import unittest

import folders
import mysql
import service
from host import JUDGE, WORK, Other, plain, pythonic, receive, send
from service import Clock  # noqa: F401 (part of this library)

random = _random.SystemRandom()  # different cases at each check
_host = None
_services = set()  # that run
_turn = threading.Lock()  # one question at a time


def connect(socket):
    global _host
    _host = socket


def facts():
    """Return the facts, measured before the lab was handed over, by name."""
    with open(os.path.join(JUDGE, "facts.json")) as file:
        return json.load(file)


def report(found):
    """Report what was found, and exit."""
    sys.stdout.write(json.dumps(found))
    sys.stdout.flush()
    os._exit(0)


def give_up(why):
    """End a judge that could not look, whatever the code is like: the check is ungraded."""
    mysql.give_up(why)


class Failed(Exception):
    """The code gave no answer. says is the reason, in words that are safe to show the learner."""

    def __init__(self, says, bases=()):
        super().__init__(says)
        self.says, self.bases = says, bases


def Service(folder, command, port=8000, environment=None, clock=None):
    """Return a service.Service: a server of the learner's, to which requests can be made."""

    def ask(kind, data):
        with _turn:
            send(_host, kind, data)
            answer = receive(_host)
        if kind == b"s":
            _services.add(answer[1])
        if kind == b"e":
            _services.discard(data)
        return answer

    return service.Service(folder, command, port, environment, clock, ask, Failed)


def copy(folder, name, files={}):
    """Copy a folder of the learner's, with files replaced or added, {path: text}. Return the name.

    A service that is started in the copy can write there.
    """
    try:
        folders.copy(folder, name, files)
    except folders.TooLarge as error:
        raise Failed("the folder is too large to be copied") from error
    return name


def clear_files():
    """Remove what services have written outside of their copies, as if each ran on a machine of its own."""
    folders.clear()


def MySQL():
    """Return the mysql.MySQL server that runs beside this judge."""
    return mysql.MySQL(Failed)


def pytest(folder):
    """Run the tests in a folder by pytest, as the learner, and return how they ended, a Suite."""
    return _suite("pytest", folder)


def behave(folder):
    """Run the features in a folder by behave, as pytest does with tests."""
    return _suite("behave", folder)


class Suite:
    """How a test suite ended. Each test, scenario or file of tests that ran has a name.

    passed and failed are sets of names; why says why not all of it passed, or is "".
    """

    def __init__(self, status, tests):
        self.passed = {name for name, outcome in tests.items() if outcome == "passed"}
        self.failed = {name for name, outcome in tests.items() if outcome == "failed"}
        self.why = ""
        if status == NOT_LOADED:
            self.why = "they can't be loaded"
        elif self.failed:
            name = _word(min(self.failed), "", TEST_NAME)
            self.why = f"`{name}` fails" if name else "one of them fails"
        elif status == NO_TESTS or status == 0 and not self.passed:
            self.why = "there are none"
        elif status != 0:
            self.why = "their run ends with an error"


NOT_LOADED, NO_TESTS = 2, 5  # exit statuses of pytest
TEST_NAME = r"[\w./: \[\]-]{1,100}"  # of which form it is safe to show


def _suite(runner, folder):
    if _services:
        raise RuntimeError("a test suite can't run while a service runs")
    with _turn:
        send(_host, b"t", folder.encode() + b"\0" + json.dumps({"runner": runner, "folder": folder}).encode())
        kind, data = receive(_host)
    if kind == b"c":
        raise Failed(f"`{runner}` does not end: it used {int(data)} seconds of processor time")
    if kind == b"i":
        raise Failed(f"`{runner}` does not end: it waits for something that does not come")
    try:
        suite = json.loads(data)
        return Suite(int(suite["status"]), dict(suite["tests"]))
    except Exception as error:  # the learner's process may write anything
        raise Failed(f"`{runner}` gives no result: something ends it, or it takes too much memory") from error


class Program:
    """The learner's code in a folder."""

    def __init__(self, folder):
        self.folder = folder
        self.there = os.path.isdir(os.path.join(WORK, folder))

    def call(self, name, *args, **kwargs):
        """Call the function MODULE.NAME and return its result. Iterators become lists."""
        return self._ask("call", name, args=plain(list(args)), kwargs=plain(kwargs))

    def get(self, name):
        """Return the value MODULE.NAME."""
        return self._ask("get", name)

    def names(self, module):
        """Return the public names that a module defines."""
        return self._ask("names", module + ".")

    def load(self, module):
        """Return why a module can't be loaded, or None."""
        try:
            self._ask("load", module + ".")
        except Failed as failed:
            return failed.says

    def test(self, sources):
        """Run unit tests, {path: source}, against the code; return {path: why it fails}.

        The tests run in the judge. What they import from the learner's folder is replaced by
        stand-ins that call the learner's code, so that the code can't make a failing test pass.
        """
        with _StandIns(self):
            return {path: why for path, source in sorted(sources.items()) if (why := _run(path, source))}

    def _ask(self, kind, name, **more):
        if _services:
            raise RuntimeError("a program can't be asked while a service runs")
        module, _, attribute = name.rpartition(".")
        question = {"folder": self.folder, "kind": kind, "module": module, "name": attribute, **more}
        send(_host, b"q", self.folder.encode() + b"\0" + json.dumps(question).encode())
        kind, data = receive(_host)
        file = module.replace(".", "/") + ".py"
        if kind == b"c":
            raise Failed(f"`{file}` does not end: it used {int(data)} seconds of processor time")
        if kind == b"i":
            raise Failed(f"`{file}` does not end: it waits for something that does not come")
        if kind == b"d":
            raise Failed(f"`{file}` ends the program, or takes too much memory")
        return self._read(data, file)

    def _read(self, data, file):
        try:
            answer = json.loads(data)
            if "value" in answer:
                return pythonic(answer["value"])
        except Exception:
            answer = {}
        if not isinstance(answer, dict):
            answer = {}
        stage, name = answer.get("failed"), _word(answer.get("class"), "an error")
        if stage not in ("load", "call"):
            raise Failed(f"`{file}` returns something too large, or something that can't be compared")
        at, line = _word(answer.get("file"), "", r"[\w./-]{1,80}"), answer.get("line")
        where = f" (`{at}`, line {line})" if at and isinstance(line, int) and 0 < line < 10**6 else ""
        bases = [b for b in answer.get("bases", ()) if isinstance(b, str)]
        raise Failed(f"`{file}` could not be loaded: {name}{where}" if stage == "load" else f"{name} is raised{where}", bases)


def _word(value, otherwise, shape=r"\w{1,40}"):
    return value if isinstance(value, str) and re.fullmatch(shape, value) else otherwise


def same(value, wanted):
    """Return whether two values are equal and have the same types, at all levels."""
    if type(value) is not type(wanted):
        return False
    if isinstance(wanted, (list, tuple)):
        return len(value) == len(wanted) and all(map(same, value, wanted))
    if isinstance(wanted, dict):
        return value.keys() == wanted.keys() and all(same(value[key], wanted[key]) for key in wanted)
    return value == wanted


def shown(value):
    """Format a value for the learner: numbers as they are, anything else as its kind."""
    if value is None or isinstance(value, bool) or (isinstance(value, (int, float)) and len(repr(value)) <= 24):
        return repr(value)
    if isinstance(value, (list, tuple, dict, set)):
        return f"a {type(value).__name__} of {len(value)}"
    return {str: "a string", int: "a very large number"}.get(type(value), f"a value of type {value.name if isinstance(value, Other) else type(value).__name__}")


# ---- tests ----


class _StandIns(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds the modules of the learner's folder before any others with the same names."""

    def __init__(self, program):
        self.program = program
        root = os.path.join(WORK, program.folder)
        listed = os.listdir(root) if program.there else []
        self.names = {name.removesuffix(".py") for name in listed if name.endswith(".py") or os.path.isdir(os.path.join(root, name))}

    def __enter__(self):
        sys.meta_path.insert(0, self)
        self.hidden = {name: sys.modules.pop(name) for name in list(sys.modules) if name.split(".")[0] in self.names}

    def __exit__(self, *_):
        sys.meta_path.remove(self)
        for name in [name for name in sys.modules if name.split(".")[0] in self.names]:
            del sys.modules[name]
        sys.modules.update(self.hidden)

    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in self.names:
            return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def create_module(self, spec):
        return _StandIn(spec.name, self.program)

    def exec_module(self, module):
        module._load()


class _StandIn(types.ModuleType):
    def __init__(self, name, program):
        super().__init__(name)
        self.__path__, self._program = [], program

    def _load(self):
        self._asked(self._program._ask, "load", self.__name__ + ".")

    @staticmethod
    def _asked(ask, *args, **kwargs):
        """Ask, and raise what the learner's code raised, because a test may expect that."""
        try:
            return ask(*args, **kwargs)
        except Failed as failed:
            for base in failed.bases:
                known = getattr(__import__("builtins"), base, None)
                if isinstance(known, type) and issubclass(known, Exception) and known is not Exception:
                    raise type(base, (known,), {"says": failed.says})(failed.says) from None
            raise

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        full = f"{self.__name__}.{name}"
        value = self._asked(self._program.get, full)
        if isinstance(value, Other) and value.kind == "callable":
            return lambda *args, **kwargs: self._asked(self._program.call, full, *args, **kwargs)
        return value


def _run(path, source):
    """Run the tests of a file; return why one of them fails, or None."""
    module = types.ModuleType(path.removesuffix(".py").replace("/", "."))
    try:
        exec(compile(source, path, "exec"), vars(module))
    except Exception as error:
        return getattr(error, "says", f"{type(error).__name__} is raised")
    sys.modules[module.__name__] = module
    result = _Result()
    suite = unittest.defaultTestLoader.loadTestsFromModule(module)
    suite.run(result)
    del sys.modules[module.__name__]
    return result.why


class _Result(unittest.TestResult):
    """Records the first failure."""

    why = None

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.why = self.why or f"`{test._testMethodName}` fails"

    def addError(self, test, err):
        super().addError(test, err)
        self.why = self.why or f"in `{test._testMethodName}`, " + getattr(err[1], "says", f"{err[0].__name__} is raised")
