//go:build engine

package run_test

import (
	"testing"

	"endstate/internal/enginetest"
)

// A judge learns how each of the learner's test suites ends, whatever the suite does: it may end the
// process, never end, or write to the pipe of the results.
func TestSuites(t *testing.T) {
	t.Parallel()
	r := enginetest.Open(t)
	v := r.Written(`
-- scenario.yaml --
hosts:
  workspace: {image: python}
checks:
  - id: ended
    title: It is said how each suite ends
    points: 100
    run:
      image: python
      copy: /home/learner/repository
      revisions: [passes, fails, none, broken, stories, undefined, unloaded, exits, junk, spins, trickles]
      judge: hidden/judge.py
    expect: >-
      run.found.why == {"passes": "", "fails": "'test_it.py::test_one' fails", "none": "there are none",
      "broken": "they can't be loaded", "stories": "", "undefined": "'features/it.feature:2 One' fails",
      "unloaded": "they can't be loaded", "exits": "'pytest' gives no result: something ends it, or it takes too much memory",
      "junk": "'pytest' gives no result: something ends it, or it takes too much memory",
      "spins": "'pytest' does not end: it used 3 seconds of processor time",
      "trickles": "'pytest' does not end: it waits for something that does not come"} &&
      run.found.passed == ["test_it.py::test_one", "test_it.py::test_two[1]"] && run.found.failed == ["test_it.py::test_one"]
    otherwise: ${run.found}
-- hidden/judge.py --
import endstate

RUN = {name: endstate.behave for name in ("stories", "undefined", "unloaded")}


def why(name):
    try:
        return RUN.get(name, endstate.pytest)(name).why
    except endstate.Failed as failed:
        return failed.says


names = ["passes", "fails", "none", "broken", "stories", "undefined", "unloaded", "exits", "junk", "spins", "trickles"]
endstate.report({
    "why": {name: why(name).replace("\x60", "'") for name in names},
    "passed": sorted(test for test in endstate.pytest("passes").passed if "::" in test),
    "failed": sorted(endstate.pytest("fails").failed),
})
-- setup/workspace.sh --
git init --quiet --initial-branch empty /home/learner/repository
cd /home/learner/repository
git commit --quiet --allow-empty --message empty
keep() {
  git add --all
  git commit --quiet --message "$1"
  git switch --quiet empty
}
suite() {
  git switch --quiet --create "$1"
  cat > test_it.py
  keep "$1"
}
stories() {
  git switch --quiet --create "$1"
  mkdir -p features/steps
  printf 'Feature: It\n  Scenario: One\n    When %s\n' "$2" > features/it.feature
  cat > features/steps/steps.py
  keep "$1"
}
suite passes <<'PY'
import pytest


def test_one():
    print("loud")


@pytest.mark.parametrize("n", [1])
def test_two(n):
    pass


@pytest.mark.skip
def test_later():
    pass
PY
suite fails <<'PY'
def test_one():
    assert False


def test_two():
    pass
PY
suite none < /dev/null
echo 'import nowhere' | suite broken
suite exits <<'PY'
import os


def test_it():
    os._exit(0)
PY
suite junk <<'PY'
import os


def test_it():
    os.write(3, b'{"status": 0, "tests": [1]}')
    os._exit(0)
PY
suite spins <<'PY'
def test_it():
    while True:
        pass
PY
# Something is always ready to be read, so nobody would look at the clock.
suite trickles <<'PY'
import os
import time


def test_it():
    while True:
        os.write(3, b" ")
        time.sleep(0.01)
PY
stories stories works <<'PY'
from behave import when


@when("works")
def works(context):
    pass
PY
stories undefined missing < /dev/null
echo 'import nowhere' | stories unloaded works
`)
	r.Passes(r.Lab(v), v)
}

// A suite is tried on builds. A test that fails for a build that is right shows nothing about those that
// are wrong.
func TestMutants(t *testing.T) {
	t.Parallel()
	r := enginetest.Open(t)
	v := r.Written(`
-- scenario.yaml --
hosts:
  workspace: {image: python}
checks:
  - id: sound
    title: A suite that looks at behaviour
    points: 20
    run: {image: python, copy: /home/learner/sound, judge: hidden/judge.py}
    expect: 'run.found == {"right": "", "rejected": 0, "noticed": 1, "missed": {"sign": 0, "zero": 1}}'
    otherwise: ${run.found}
  - id: random
    title: A suite with other parameters in each run
    points: 20
    run: {image: python, copy: /home/learner/random, judge: hidden/judge.py}
    expect: 'run.found == {"right": "", "rejected": 0, "noticed": 1, "missed": {"sign": 0, "zero": 1}}'
    otherwise: ${run.found}
  - id: digests
    title: A suite whose parameter is the source
    points: 20
    run: {image: python, copy: /home/learner/digests, judge: hidden/judge.py}
    expect: 'run.found == {"right": "", "rejected": 1, "noticed": 1, "missed": {"sign": 0, "zero": 1}}'
    otherwise: ${run.found}
  - id: source
    title: A suite that looks at the source, too
    points: 20
    run: {image: python, copy: /home/learner/source, judge: hidden/judge.py}
    expect: 'run.found == {"right": "", "rejected": 1, "noticed": 1, "missed": {"sign": 0, "zero": 1}}'
    otherwise: ${run.found}
  - id: wrong
    title: A suite that does not pass for the right build
    points: 20
    run: {image: python, copy: /home/learner/wrong, judge: hidden/judge.py}
    expect: 'run.found.right.endsWith("fails") && run.found.noticed == 0'
    otherwise: ${run.found}
-- hidden/judge.py --
import endstate
import mutants

RIGHT = "def size(n):\n    return abs(n)\n"
endstate.report(mutants.trial(
    endstate.pytest,
    right={"sizes.py": RIGHT},
    same=[{"sizes.py": "def size(n):\n    return n if n > 0 else -n\n"}],
    wrong=[("sign", {"sizes.py": "def size(n):\n    return n\n"}), ("zero", {"sizes.py": "def size(n):\n    return abs(n) or 1\n"})],
))
-- setup/workspace.sh --
cd /home/learner
mkdir sound random digests source wrong
for folder in sound random digests source wrong; do
  echo 'raise RuntimeError' > $folder/sizes.py
  # A link is left out, and what Python compiled earlier is not used.
  ln -s /etc/passwd $folder/test_link.py
  printf 'import sizes\n\n\ndef test_sign():\n    assert sizes.size(-2) == 2\n' > $folder/test_sizes.py
done
cat >> source/test_sizes.py <<'PY'


def test_source():
    with open(sizes.__file__) as file:
        assert file.read() == "def size(n):\n    return abs(n)\n"
PY
cat > random/test_sizes.py <<'PY'
import random

import pytest
import sizes


@pytest.mark.parametrize("n", random.sample(range(1, 10**9), 3))
def test_sign(n):
    assert sizes.size(-n) == n
PY
cat >> digests/test_sizes.py <<'PY'


import hashlib

import pytest

with open(sizes.__file__) as file:
    text = file.read()


@pytest.mark.parametrize("digest", [hashlib.sha256(text.encode()).hexdigest()])
def test_digest(digest):
    assert text == "def size(n):\n    return abs(n)\n"
PY
printf '\n\ndef test_wrong():\n    assert sizes.size(1) == 2\n' >> wrong/test_sizes.py
chown -R learner: .
`)
	r.Passes(r.Lab(v), v)
}
