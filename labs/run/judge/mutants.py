"""Tries the learner's test suite on builds of the code that it tests.

It must pass for right builds, whatever they look like inside, and notice wrong ones. A build is
the files that differ, {path: text}.

    found = mutants.trial(endstate.pytest, right={"price.py": …}, same=[…], wrong=[("rounding", {…}), …])
    found["right"], found["rejected"], found["noticed"], found["missed"]["rounding"]
"""

import os
import shutil

import endstate
from host import WORK


def trial(run, right, same, wrong):
    """Run a suite on all builds. Return

    right     why it does not pass for the right build, or ""; then nothing else is tried
    rejected  for how many builds that do the same it does not pass
    noticed   how many wrong builds it notices
    missed    kind: how many wrong builds of this kind it does not notice

    Only tests that never fail for a build that is right can notice one that is wrong. Otherwise
    a test that fails for every change would seem to notice all mistakes. A test with parameters
    may have other ones in each run, such as random numbers; then the function counts as a whole.
    """
    first = _run(run, right)
    found = {"right": first.why, "rejected": 0, "noticed": 0, "missed": {kind: 0 for kind, _ in wrong}}
    if first.why:
        return found
    builds = [(None, build) for build in same] + list(wrong)
    endstate.random.shuffle(builds)  # a suite could count how often it has run
    ended = [(kind, _run(run, build)) for kind, build in builds]
    alike = [suite for kind, suite in ended if kind is None]
    found["rejected"] = sum(suite.why != "" for suite in alike)
    unsound = set().union(*(suite.failed for suite in alike))
    sound = first.passed - unsound
    functions = {_function(name) for name in first.passed} - {_function(name) for name in unsound}
    for kind, suite in ended:
        if kind is None:
            continue
        # A suite that fails without a test that does, because it never ends for example.
        broken = suite.why and not suite.failed and not found["rejected"]
        if suite.failed & sound or functions.intersection(map(_function, suite.failed)) or broken:
            found["noticed"] += 1
        else:
            found["missed"][kind] += 1
    return found


def _function(name):
    """Return the name of a test without its parameters."""
    return name.partition("[")[0]


def _run(run, build):
    """Return how the suite ends for a build, a Suite."""
    name = f"build-{endstate.random.getrandbits(64):x}"
    try:
        return run(endstate.copy(".", name, build))
    except endstate.Failed as failed:
        suite = endstate.Suite(0, {})
        suite.why = failed.says
        return suite
    finally:
        shutil.rmtree(os.path.join(WORK, name), ignore_errors=True)
