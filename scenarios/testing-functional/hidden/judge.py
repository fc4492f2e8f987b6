"""Tries the learner's tests on fifteen wrong implementations and on four that do the same as the right one."""

import os

import builds
import endstate
import mutants

with open(os.path.join(os.path.dirname(__file__), "parcel.py")) as file:
    source = file.read()


def build(text):
    return {"parcel.py": text}


endstate.report(mutants.trial(
    endstate.pytest,
    right=build(source),
    same=[build(text) for text in builds.same(source)],
    wrong=[(kind, build(text)) for kind, text in builds.wrong(source)],
))
