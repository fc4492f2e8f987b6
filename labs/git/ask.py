"""Tells what Git knows of the repository in this folder, a copy of a learner's.

Of the learner's settings nothing is kept but what decides how a repository is read, and
nothing that they name is run. What is told are records, each `NAME LENGTH`, a line feed
and so many bytes; after the record `objects` come all objects, as `git cat-file --batch`
writes them, and at last the line `end`.

Arguments: the most that one object may have in bytes, and all of them, and their number.
"""

import os
import subprocess
import sys

TOP = os.fsencode(os.getcwd())
GIVEN = TOP + b"/.git/endstate"  # what the grader laid beside it
ROOT = GIVEN + b"/root"  # the learner's own settings, each at its path
HOME = ROOT + b"/home/learner"
FORCED = {"core.fsmonitor": "false", "core.hooksPath": "/dev/null", "core.commitGraph": "false", "core.untrackedCache": "false"}
KEPT = {
    b"core." + key for key in (
        b"repositoryformatversion", b"bare", b"autocrlf", b"eol", b"filemode", b"symlinks", b"ignorecase", b"precomposeunicode",
        b"checkstat", b"trustctime", b"usereplacerefs", b"sparsecheckout", b"sparsecheckoutcone",
    )
} | {b"sparse.expectfilesoutsideofpatterns", b"diff.ignoresubmodules", b"attr.tree"}
FILES = {b"core.excludesfile", b"core.attributesfile"}

out = sys.stdout.buffer


def environment():
    env = {
        "PATH": os.environ["PATH"], "LC_ALL": "C", "HOME": HOME, "GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1",
        "GIT_TERMINAL_PROMPT": "0", "GIT_ALLOW_PROTOCOL": "none", "GIT_CONFIG_COUNT": str(len(FORCED)),
    }
    for i, (key, value) in enumerate(FORCED.items()):
        env[f"GIT_CONFIG_KEY_{i}"], env[f"GIT_CONFIG_VALUE_{i}"] = key, value
    return env


ENV = environment()


def record(name, data):
    out.write(b"%s %d\n" % (name, len(data)) + data)


def end(name, data):
    record(name, data)
    out.write(b"end\n")
    out.flush()
    sys.exit()


def git(*args, needed=True, **more):
    """What a command writes. If it fails, what it says ends all, unless it isn't needed."""
    done = subprocess.run(("git",) + args, capture_output=True, **{"env": ENV, **more})
    if done.returncode < 0 and needed:
        end(b"killed", done.stderr[-4096:])
    if done.returncode and needed:
        end(b"failed", done.stderr[-4096:].replace(ROOT, b""))
    return done.stdout if not done.returncode else None


def config(path, *args):
    """Git at work on a configuration, where it meets no other and no repository."""
    return git("config", "--file", os.path.join(TOP, path), *args, cwd="/", env=dict(ENV, GIT_CONFIG_GLOBAL="/dev/null"))


def settings(path):
    """The settings in a file, without those that it includes."""
    for item in config(path, "--no-includes", "--null", "--list").split(b"\0")[:-1]:
        key, is_set, value = item.partition(b"\n")
        yield key, value if is_set else b"true"


def kept(key, value):
    """The value of a setting that decides how a repository is read; of any other, None."""
    if key in FILES:
        value = HOME + value[1:] if value.startswith(b"~/") else value
        return ROOT + value if value.startswith(b"/") and not value.startswith((TOP + b"/", HOME + b"/")) else value
    if key == b"extensions.partialclone":
        return b"none"
    is_kept = key in KEPT or key.startswith(b"extensions.") or key.startswith(b"submodule.") and key.endswith(b".ignore")
    return value if is_kept else None


def keep():
    """Leaves of every configuration only what decides how a repository is read."""
    remotes = b""
    with open(GIVEN + b"/configs", "rb") as file:
        paths = file.read().split(b"\0")[:-1]
    everything = [(path, list(settings(path))) for path in paths]
    for path, listed in everything:
        os.unlink(path)
        open(path, "wb").close()
        for key, value in listed:
            if key.startswith(b"remote.") and key.endswith(b".url"):
                remotes += key + b"\n" + value + b"\0"
            if (value := kept(key, value)) is not None:
                config(path, "--add", key, value)
    record(b"remotes", remotes)


def check_sizes(reached, most, all_of_them, count):
    """Ends it when the objects are too large, or too many."""
    sizes = git("cat-file", "--buffer", "--batch-check=%(objectsize)", *reached[0], input=reached[1]).split(b"\n")
    sizes = [int(size) for size in sizes if size.isdigit()]
    if len(sizes) > count or sum(sizes) > all_of_them or max(sizes, default=0) > most:
        end(b"large", b"")


def objects(limits):
    """Writes all objects. Those that nothing leads to may be damaged: then, the others."""
    everything = ("--batch-all-objects", "--unordered"), b""
    ENV["GIT_NO_REPLACE_OBJECTS"] = "1"
    check_sizes(everything, *limits)
    with open(os.devnull, "wb") as nowhere:
        args = ("git", "cat-file", "--buffer", "--batch")
        if subprocess.run(args + everything[0], stdout=nowhere, stderr=nowhere, env=ENV).returncode:
            everything = (), git("rev-list", "--objects", "--no-object-names", "--all", "--reflog", "--indexed-objects")
            check_sizes(everything, *limits)
            git("fsck", "--connectivity-only", "--no-dangling", "--no-progress")
        record(b"objects", b"")
        out.flush()
        subprocess.run(args + everything[0], input=everything[1], stderr=nowhere, env=ENV, check=True)


def main():
    keep()
    record(b"head", git("symbolic-ref", "--quiet", "HEAD", needed=False) or git("rev-parse", "--verify", "HEAD"))
    for name in ("CHERRY_PICK_HEAD", "REVERT_HEAD"):
        if git("show-ref", "--exists", name, needed=False) is not None:
            record(b"picked", name.encode())
    record(b"refs", git("for-each-ref", "--format=%(objectname) %(refname)"))
    record(b"status", git("status", "--porcelain", "-z", "--untracked-files=all", "--no-renames"))
    record(b"stashes", git("stash", "list", "--format=%H"))
    with open(GIVEN + b"/files", "rb") as files:
        record(b"work", git("hash-object", "--stdin-paths", needed=False, stdin=files) or b"")
    objects(map(int, sys.argv[1:]))
    out.write(b"end\n")


main()
