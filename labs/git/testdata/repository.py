"""Makes a repository by random commands of Git, or tells what Git says of one.

    repository.py make SEED FOLDER
    repository.py tell FOLDER

What is told is JSON, its strings Latin-1, so that they hold any bytes.
"""

import json
import os
import random
import re
import shutil
import subprocess
import sys

HOME = b"/home/learner"
NAMES = [
    b"a", b"A", b"dir/b", b"dir/sub/c.py", b"t\tab", b"new\nline", b"caf\xe9", "ünï".encode(), b"-dash", b"sp ace", b'"q"', b"back\\slash",
    b"*star*", b"\x01ctl", b"x.log", b"dir/x.log", b"build/out", b".hidden", b"dir/.swp", b"config", b"HEAD",
]
TEXTS = [b"", b"1\n", b"2\n", b"one\ntwo\n", b"one\r\ntwo\r\n", b"mixed\r\nends\n", b"caf\xe9\n", b"\x00binary\r\n", b"no end", b"$Id$\n", "größe\n".encode("utf-16")]
BRANCHES = ["main", "topic", "feature/x", "config", "ünï", "-x"]
PATTERNS = [b"*.log\n", b"/build/\n", b"build\n", b"!x.log\n", b"dir/\n", b"dir/*\n", b"**/sub\n", b"[a-z]\n", b"\\*star*\n", b"caf?\n", b"sp\\ ace \n", b"*.swp", b"#c\n", b"/a\n", b".*\n"]
ATTRIBUTES = [b"* text=auto\n", b"* text eol=crlf\n", b"*.py eol=crlf\n", b"* -text\n", b"a ident\n", b"a working-tree-encoding=UTF-16\n", b"* filter=x\n", b"[attr]mine text\n* mine\n", b"* text eol=lf\n"]
WAYS = ["init", "init", "init", "init", "sha256", "reftable", "empty", "clone", "shallow", "shared", "partial", "bundle"]
# Steps that leave a repository as plain as it was, most of the time.
CALM = "intend remove move reset unlink chmod touch link latin branch delete tag stash merge bisect abort note remote refresh force checkout".split()


class Maker:
    def __init__(self, seed, folder):
        self.random, self.top, self.count = random.Random(seed), folder, 0
        self.env = dict(os.environ, GIT_EDITOR="true", GIT_TERMINAL_PROMPT="0", LC_ALL="C.UTF-8")

    def run(self, *args, at=None, **env):
        self.count += 1
        clock = f"{1767000000 + 60 * self.count} +0{self.random.randrange(10)}30"
        env = dict(self.env, GIT_AUTHOR_DATE=clock, GIT_COMMITTER_DATE=clock, **env)
        done = subprocess.run(args, cwd=at or self.top, env=env, capture_output=True, timeout=60)
        print(done.returncode, args, done.stderr[-200:] if done.returncode else "")
        return done.stdout.strip() if not done.returncode else None

    def git(self, *args, **more):
        return self.run("git", "-c", "protocol.file.allow=always", *args, **more)

    def one(self, *of):
        return self.random.choice(of)

    def name(self):
        return self.one(*NAMES)

    def path(self, name=None):
        return os.path.join(os.fsencode(self.top), name or self.name())

    def put(self, path, content):
        try:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as file:
                file.write(content)
        except OSError as error:
            print("put", error)

    def add_to(self, path, lines, most=3):
        self.put(path, b"".join(self.random.choices(lines, k=self.random.randint(1, most))))

    def begin(self, way):
        print("begin", way)
        os.makedirs(self.top)
        formats = {"sha256": ["--object-format=sha256"], "reftable": ["--ref-format=reftable"]}.get(way, [])
        self.git("init", "--quiet", *formats, ".")
        if way in ("init", "empty", "sha256", "reftable"):
            if way != "empty":
                self.commit()
            return
        for _ in range(4):
            self.commit()
        self.git("tag", "-a", "-m", "one", "old", "HEAD~1")
        origin, here = self.top + "-origin", "file://" + self.top + "-origin"
        os.rename(self.top, origin)
        if way == "bundle":
            self.git("bundle", "create", "all.bundle", "--all", at=origin)
            here = origin + "/all.bundle"
        options = {"shallow": ["--depth=2"], "partial": ["--filter=blob:limit=1", "--no-checkout"]}.get(way, [])
        if way == "partial":
            self.git("config", "uploadpack.allowFilter", "true", at=origin)
        self.git("clone", "--quiet", *options, here, self.top, at="/")
        if way == "shared":  # objects that lie in the work tree's own subfolder
            shutil.move(origin, self.top + "/inner")
            shutil.rmtree(self.top + "/.git/objects")
            os.makedirs(self.top + "/.git/objects/info")
            self.put(os.fsencode(self.top + "/.git/objects/info/alternates"), os.fsencode(self.one("../../inner/.git/objects", self.top + "/inner/.git/objects")) + b"\n")

    # What files are and what the index knows of them.
    def write(self): self.put(self.path(), self.one(*TEXTS))
    def add(self): self.git("add", self.one("--all", self.name()))
    def force(self): self.git("add", "--force", "--", self.name())
    def intend(self): self.git("add", "--intent-to-add", "--", self.name())
    def remove(self): self.git("rm", "-rqf", *self.one([], ["--cached"]), "--", self.name())
    def move(self): self.git("mv", "--", self.name(), self.name())
    def reset(self): self.git("reset", "--quiet", *self.one(["--", self.name()], ["--hard"], ["HEAD~1"], ["--soft", "HEAD~1"]))
    def checkout(self): self.run("sh", "-c", "git ls-files -z | xargs -0 rm -f; git reset -q --hard")
    def assume(self): self.git("update-index", self.one("--assume-unchanged", "--skip-worktree", "--chmod=+x"), "--", self.name())
    def refresh(self): self.git("update-index", "-q", "--refresh")

    def unlink(self):
        try:
            os.unlink(self.path())
        except OSError:
            pass

    def chmod(self):
        try:
            os.chmod(self.path(), self.one(0o755, 0o644, 0o600))
        except OSError:
            pass

    def touch(self):
        try:
            os.utime(self.path(), (1.8e9, 1.8e9))
        except OSError:
            pass

    def link(self):
        try:
            os.symlink(self.one(b"a", b"/etc/passwd", b"../up", b"nowhere", b"dir", b"caf\xe9"), self.path())
        except OSError:
            pass

    # Commits, refs and what is in progress.
    def commit(self):
        self.write()
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "-m", self.one("m", "Ünï\n\nmore", "sub\\351ject", ""), "--allow-empty-message")

    def latin(self):
        self.write()
        self.git("add", "--all")
        raw = {"GIT_AUTHOR_NAME": os.fsdecode(b"Zo\xeb"), "GIT_COMMITTER_NAME": "plain"}
        encoding = self.one("ISO-8859-1", "UTF-8", "Shift_JIS", "wonder")
        self.git("-c", "i18n.commitEncoding=" + encoding, "commit", "--quiet", "-m", os.fsdecode(b"caf\xe9"), **raw)

    def branch(self): self.git("branch", "--", self.one(*BRANCHES), self.one("HEAD", "HEAD~1", "main"))
    def switch(self): self.git("switch", "--quiet", *self.one([], ["--detach"], ["--create"], ["--orphan"], ["--merge"]), self.one(*BRANCHES))
    def delete(self): self.git("branch", "-D", "--", self.one(*BRANCHES))
    def tag(self): self.git("tag", "--force", *self.one([], ["-a", "-m", "t"]), "t%d" % self.random.randrange(4), self.one("HEAD", "HEAD~1", "t0", "t1", "t2", "HEAD^{tree}", "HEAD:a"))
    def stash(self): self.git("stash", *self.one(["push"], ["push", "-u"], ["push", "-k"], ["pop"], ["drop"], ["push", "-m", "caf\udce9"]))
    def merge(self): self.git(*self.one(["merge"], ["merge", "--no-ff"], ["merge", "--squash"], ["rebase"], ["cherry-pick"], ["revert", "--no-edit"]), self.one(*BRANCHES[:3], "HEAD~1"))
    def bisect(self): self.git("bisect", self.one("start", "reset", "good", "bad"))
    def abort(self): self.git(self.one("merge", "rebase", "cherry-pick", "revert"), self.one("--abort", "--quit", "--continue"))
    def alias(self): self.git("symbolic-ref", self.one("refs/heads/alias", "refs/remotes/origin/HEAD", "refs/tags/alias"), "refs/heads/" + self.one(*BRANCHES[:2], "gone"))
    def note(self): self.git("notes", "add", "-f", "-m", "n")
    def replace(self): self.git("replace", *self.one(["-f", "HEAD", "HEAD~1"], ["--graft", "HEAD"], ["-f", "HEAD~1", "HEAD"]))
    def graft(self): self.put(self.path(b".git/info/grafts"), (self.git("rev-parse", "HEAD") or b"") + b"\n")
    def odd_ref(self): self.git("update-ref", self.one("refs/heads/caf\udce9", "refs/x/y", "refs/heads/refs/heads/main", "refs/tags/a+b"), "HEAD")
    def remote(self): self.git("remote", "add", self.one("origin", "a.b", "ünï"), self.one("https://example.com/x", "/srv/caf\udce9"))

    # The form in which it is stored.
    def store(self):
        self.git(*self.one(
            ["gc", "--quiet"], ["pack-refs", "--all"], ["repack", "-adqb", "--write-midx"], ["commit-graph", "write", "--reachable"], ["update-index", "--split-index"],
            ["update-index", "--untracked-cache"], ["update-index", "--index-version", "4"], ["update-index", "--force-write-index"], ["maintenance", "run"],
            ["refs", "migrate", "--ref-format=reftable"], ["multi-pack-index", "write"], ["prune"], ["reflog", "expire", "--expire=now", "--all"],
        ))

    # What is left out of the work tree.
    def sparse(self): self.git("sparse-checkout", *self.one(["set", "--cone", "dir"], ["set", "--cone", "--sparse-index", "dir"], ["set", "--no-cone", "/a"], ["disable"], ["reapply"]))

    # Settings, of the repository and of the learner.
    def setting(self):
        scope = self.one([], [], ["--global"], ["--worktree"])
        self.git("config", *scope, *self.one(
            ("core.autocrlf", "true"), ("core.autocrlf", "input"), ("core.autocrlf", "false"), ("core.eol", "crlf"), ("core.fileMode", "false"), ("core.ignoreCase", "true"),
            ("core.symlinks", "false"), ("core.quotePath", "false"), ("core.preferSymlinkRefs", "true"), ("extensions.worktreeConfig", "true"), ("feature.manyFiles", "true"),
            ("index.skipHash", "true"), ("status.showUntrackedFiles", "no"), ("diff.ignoreSubmodules", "all"), ("submodule.sub.ignore", "dirty"), ("core.trustctime", "true"),
            ("core.excludesFile", "~/mine"), ("core.excludesFile", "/tmp/mine"), ("core.attributesFile", "~/attributes"), ("core.checkStat", "default"), ("alias.x", 'log "y"'),
            ("core.fsmonitor", "/bin/false"), ("core.hooksPath", "/tmp"), ("filter.y.clean", "tr a b"), ("user.name", "Zoë"), ("core.untrackedCache", "true"), ("gc.auto", "1"),
            ("core.sparseCheckout", "false"), ("core.safecrlf", "true"), ("core.precomposeUnicode", "true"), ("extensions.preciousObjects", "true"), ("status.renames", "copies"),
        ))

    def ignore(self):
        self.add_to(self.one(self.path(b".gitignore"), self.path(b"dir/.gitignore"), self.path(b".git/info/exclude"), HOME + b"/.config/git/ignore", HOME + b"/mine", b"/tmp/mine"), PATTERNS)

    def attributes(self):
        self.add_to(self.one(self.path(b".gitattributes"), self.path(b"dir/.gitattributes"), self.path(b".git/info/attributes"), HOME + b"/.config/git/attributes", HOME + b"/attributes"), ATTRIBUTES)

    # Repositories in the repository.
    def nested(self):
        self.git("init", "--quiet", "sub")
        self.put(self.path(b"sub/in"), b"x\n")
        if self.one(True, False):
            self.git("add", "--all", at=self.top + "/sub")
            self.git("commit", "--quiet", "-m", "sub", at=self.top + "/sub")

    def submodule(self): self.git("submodule", "--quiet", "add", "--force", self.top, self.one("sub", "dir/mod"))
    def dirty(self): self.put(self.path(self.one(b"sub/new", b"sub/a", b"dir/mod/a")), b"dirty\n")
    def worktree(self): self.git("worktree", "add", "--quiet", "--detach", self.one(self.top + "/tree", self.top + "-tree"))
    def absorb(self): self.git("submodule", self.one("absorbgitdirs", "deinit"), *self.one([], ["--all"]))

    def make(self):
        for left in (HOME + b"/.gitconfig", HOME + b"/.config/git", HOME + b"/mine", HOME + b"/attributes", b"/tmp/mine"):
            shutil.rmtree(left, ignore_errors=True)
            if os.path.exists(left):
                os.unlink(left)
        calm = self.one(True, False)
        self.begin("init" if calm else self.one(*WAYS))
        often = [self.write, self.add, self.commit, self.switch, self.unlink]
        others = [getattr(self, name) for name in CALM] if calm else [getattr(self, name) for name in sorted(vars(Maker)) if not name.startswith("_") and name not in ("run", "git", "one", "name", "path", "put", "add_to", "begin", "make")]
        for _ in range(self.random.randint(2, 25)):
            step = self.random.choice(often + others)
            print("--", step.__name__)
            try:
                step()
            except (OSError, subprocess.TimeoutExpired, ValueError) as error:
                print(error)


class Teller:
    def __init__(self, folder):
        self.top, self.said = folder, ""

    def git(self, *args, **env):
        env = dict(os.environ, GIT_OPTIONAL_LOCKS="0", GIT_NO_LAZY_FETCH="1", LC_ALL="C", **env)
        done = subprocess.run(("git", "-c", "core.fsmonitor=false") + args, cwd=self.top, env=env, capture_output=True, timeout=60)
        if done.returncode:
            self.said = done.stderr.decode("latin-1")
        return done.stdout.decode("latin-1") if not done.returncode else None

    def each(self, *args, **env):
        return [item for item in (self.git(*args, **env) or "").split("\0") if item]

    def operation(self):
        says = self.git("status") or ""
        for mark, name in (
            ("rebase in progress|currently rebasing|currently editing|currently splitting", "rebase"), ("in the middle of an am session", "am"),
            ("still merging|you have unmerged paths.*merge --abort", "merge"), ("cherry-picking|Cherry-pick currently", "cherry-pick"), ("reverting|Revert currently", "revert"), ("bisecting", "bisect"),
        ):
            if re.search(mark, says, re.I | re.S):
                return name
        return ""

    def work(self):
        ids = {}
        for folder, folders, files in os.walk(os.fsencode(self.top)):
            folders[:] = [name for name in folders if name != b".git"]
            for name in files:
                path = os.path.join(folder, name)
                if name != b".git" and not os.path.islink(path):
                    relative = os.path.relpath(path, os.fsencode(self.top))
                    ids[relative.decode("latin-1")] = (self.git("hash-object", "--", path) or "").strip()
        return ids

    def tell(self):
        raw = {"GIT_NO_REPLACE_OBJECTS": "1", "GIT_GRAFT_FILE": "/dev/null"}
        status = self.git("status", "--porcelain", "-z", "--untracked-files=all", "--no-renames")
        if status is None:
            return {"fails": self.said}
        refs = dict(reversed(line.split(" ", 1)) for line in (self.git("for-each-ref", "--format=%(objectname) %(refname)") or "").splitlines())
        history = {}
        for commit in self.each("log", "-z", "--encoding=UTF-8", "--no-show-signature", "--format=%H%x01%P%x01%an%x01%ae%x01%at%x01%cn%x01%T%x01%B", "HEAD", "--", **raw):
            fields = commit.split("\1")
            history[fields[0]] = dict(zip(("parents", "author", "email", "at", "committer", "tree", "message"), fields[1:]))
        tree = {}
        for entry in self.each("ls-tree", "-r", "-z", "--full-tree", "HEAD", **raw):
            about, _, path = entry.partition("\t")
            tree[path] = {"mode": about.split()[0], "id": about.split()[2]}
        return {
            "status": [item for item in status.split("\0") if item], "refs": refs,
            "branch": (self.git("symbolic-ref", "--quiet", "HEAD") or "").strip(), "commit": (self.git("rev-parse", "--quiet", "--verify", "HEAD") or "").strip(),
            "tags": {ref: self.git("rev-parse", ref + "^{}", **raw).strip() for ref in refs if ref.startswith("refs/tags/")},
            "stashes": (self.git("stash", "list", "--format=%H") or "").split(), "conflicts": self.each("diff", "--name-only", "--diff-filter=U", "-z"),
            "history": history, "tree": tree, "operation": self.operation(), "work": self.work(),
        }


if sys.argv[1] == "make":
    Maker(int(sys.argv[2]), sys.argv[3]).make()
else:
    print(json.dumps(Teller(sys.argv[2]).tell()))
