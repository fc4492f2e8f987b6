"""Lets Git make a merge, or replay commits, and tells what came of it.

The answer to request.json is a list of steps. In paths, each byte is a character.

    subject    of the commit that was replayed
    onto       the commit that it was replayed onto
    files      of what Git made: path → [mode, object]
    stages     of what was in conflict: path → {stage: mode}
    texts      of files in conflict, with Git's markers, and of those asked for: path → base64
"""

import base64
import json
import subprocess


def git(*args):
    done = subprocess.run(["git", "--git-dir", "repository", *args], capture_output=True, check=args[0] != "merge-tree")
    if done.returncode > 1:
        raise SystemExit(done.stderr.decode(errors="replace"))
    return done.stdout


def text(*args):
    return git(*args).decode(errors="replace").strip()


def files(tree):
    found = {}
    for line in filter(None, git("ls-tree", "-r", "-z", tree).split(b"\0")):
        head, path = line.split(b"\t", 1)
        mode, _, name = head.decode().split()
        found[path.decode("latin-1")] = [mode, name]
    return found


def merge(base, ours, theirs, wanted):
    """Return the step, and the tree with the side ours of all that is in conflict."""
    bases = [f"--merge-base={base}"] if base else []
    tree, *conflicts = git("merge-tree", "--write-tree", "-z", "--no-messages", *bases, ours, theirs).split(b"\0")
    made, stages = files(tree.decode()), {}
    for line in filter(None, conflicts):
        head, path = line.split(b"\t", 1)
        mode, _, stage = head.decode().split()
        stages.setdefault(path.decode("latin-1"), {})[stage] = mode
    texts = {
        path: base64.b64encode(git("cat-file", "blob", name)).decode()
        for path, (mode, name) in made.items()
        if mode.startswith("100") and (path in stages or path in wanted)
    }
    settled = git("merge-tree", "--write-tree", "-z", "--no-messages", "-X", "ours", *bases, ours, theirs).split(b"\0")[0]
    return {"files": made, "stages": stages, "texts": texts, "subject": "", "onto": ""}, settled.decode()


def main(request):
    request["texts"] = [path.encode().decode("latin-1") for path in request["texts"]]
    if request["merge"]:
        ours, theirs = request["merge"]
        return [merge(request["base"], text("rev-parse", ours + "^{commit}"), text("rev-parse", theirs + "^{commit}"), request["texts"])[0]]
    onto = text("rev-parse", request["onto"] + "^{commit}")
    commits = []
    for one in request["replay"]:
        commits += text("rev-list", "--reverse", *([] if ".." in one else ["--no-walk"]), one).split()
    steps, tree = [], onto
    for commit in commits:
        # What was in conflict once is told of every step from then on.
        wanted = request["texts"] + [path for step in steps for path in step["stages"]]
        step, tree = merge(commit + "^", tree, commit, wanted)
        step["subject"], step["onto"] = text("log", "-1", "--format=%s", commit), onto
        steps.append(step)
    return steps


with open("request.json") as file:
    print(json.dumps(main(json.load(file))))
