"""Copies of the learner's folders, which services may change. The originals can't be changed."""

import os
import shutil
import subprocess

from host import LEARNER, WORK

_made = set()  # the copies


class TooLarge(Exception):
    """A folder can't be copied."""


def copy(folder, name, files):
    """Copy a folder, without links and other copies, and write files into the copy, {path: text}."""
    target = os.path.join(WORK, name)
    _made.add(target)
    try:
        os.mkdir(target)
        _copy(os.path.join(WORK, folder), target)
        for path, text in files.items():
            with open(os.path.join(target, path), "w", encoding="utf-8") as file:
                file.write(text)
        _open(target)
    except OSError as error:
        raise TooLarge from error


def clear():
    """Remove what the learner's code keeps outside of its folders."""
    command = ["find", "/tmp", "/dev/shm", "-mindepth", "1", "-user", str(LEARNER), "-delete"]
    subprocess.run(command, user=LEARNER, group=LEARNER, extra_groups=[], cwd="/",
                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _copy(source, target):
    for entry in list(os.scandir(source)):
        there = os.path.join(target, entry.name)
        if os.path.normpath(entry.path) in _made:
            continue
        if entry.is_dir(follow_symlinks=False):
            os.mkdir(there)
            _copy(entry.path, there)
        elif entry.is_file(follow_symlinks=False):
            shutil.copy(entry.path, there)


def _open(target):
    """Let the learner's user change everything."""
    for top, _, names in os.walk(target):
        os.chmod(top, 0o777)
        for name in names:
            path = os.path.join(top, name)
            os.chmod(path, os.stat(path).st_mode | 0o666)
