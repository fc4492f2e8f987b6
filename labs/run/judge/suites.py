"""Runs the learner's test suite, by pytest or behave, in a process of the learner's.

Each runner is imported by the host before it starts that process, because importing pytest and its
plugins takes longer than most suites. Only then is the code of the learner's folder imported.
"""

import contextlib
import functools
import os
import sys
import tempfile

PASSED, FAILED, SKIPPED = "passed", "failed", "skipped"


@functools.cache
def load(runner):
    """Import what the runner needs, without the learner's folder."""
    if runner == "pytest":
        import pytest

        # Plugins are imported in the course of a run. This one has no tests and no configuration.
        with tempfile.TemporaryDirectory() as empty, open(os.devnull, "w") as nothing, contextlib.redirect_stdout(nothing), contextlib.redirect_stderr(nothing):
            pytest.main(["-q", "-c", os.devnull, "--noconftest", "-p", "no:cacheprovider", empty])
    else:
        import behave.__main__  # noqa: F401
        import behave.runner  # noqa: F401


def run(runner, folder):
    """Run the suite in a folder; return {"status": as pytest's exit status, "tests": {name: outcome}}."""
    os.chdir(folder)
    sys.modules.pop(__name__, None)  # the learner may have a module of this name
    sys.path.insert(0, folder)
    # CI makes hypothesis choose the same examples each time, and not mind a slow machine.
    os.environ.update(HOME="/tmp", CI="true")
    return _pytest() if runner == "pytest" else _behave()


def _pytest():
    import pytest

    outcomes = _Outcomes()
    status = pytest.main(["-q", "-p", "no:cacheprovider", "--no-header", "--tb=no"], plugins=[outcomes])
    return {"status": int(status), "tests": outcomes.of}


class _Outcomes:
    """A plugin of pytest that records how each test, and the collection of each file, ended."""

    def __init__(self):
        self.of = {}

    def pytest_collectreport(self, report):
        self._add(report)

    def pytest_runtest_logreport(self, report):
        self._add(report)

    def _add(self, report):
        # A test has three reports, for its setup, itself and its teardown: the worst counts.
        worst = [PASSED, SKIPPED, FAILED]
        self.of[report.nodeid] = max(self.of.get(report.nodeid, PASSED), report.outcome, key=worst.index)


def _behave():
    from behave.configuration import Configuration
    from behave.runner import Runner

    try:
        runner = Runner(Configuration(["--no-color", "--format", "null", "--no-summary"], load_config=False))
        failed = runner.run()
    except Exception:  # steps or features that can't be loaded
        return {"status": 2, "tests": {}}
    outcomes = {}
    for feature in runner.features:
        for scenario in feature.walk_scenarios():
            ended = scenario.status.name
            outcomes[f"{scenario.location} {scenario.name}"] = ended if ended in (PASSED, SKIPPED) else FAILED
    return {"status": int(bool(failed)), "tests": outcomes}
