"""Tries the learner's features on ten builds that break a story and on four that only differ inside."""

import os

import builds
import endstate
import mutants

with open(os.path.join(os.path.dirname(__file__), "rooms.py")) as file:
    source = file.read()


def build(text):
    return {"rooms.py": text}


endstate.report(mutants.trial(
    endstate.behave,
    right=build(source),
    same=[build(text) for text in builds.alike(source)],
    wrong=[(story, build(text)) for story, text in builds.broken(source)],
))
