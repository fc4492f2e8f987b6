package git

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"endstate/labs"
	"endstate/labs/git/plain"
	"endstate/labs/kit"
)

// Look reads a repository as Git does, in any form that Git supports. It always observes:
//
//	head        {branch, commit}; branch is "" if HEAD is detached
//	branches    name → commit; tags and refs likewise
//	remotes     name → URL
//	operation   the operation in progress: merge, rebase, cherry-pick, revert, bisect, am, or ""
//	conflicts   paths that are unmerged in the index
//	status      {path, index, work} each, as in git status --short, with every untracked file
//	clean       whether status is empty
//	stashes     commits, newest first
//
// A revision is `HEAD`, a branch, a tag, a full name or an ID, with optional steps such as
// `~2` or `^1`. A tag stands for its final target. Commit texts are decoded as in `git log`.
// `history` and `trees` ignore replaced commits and grafts, because pushing does not transfer
// them. Bytes that are not UTF-8 are quoted as Git quotes them, such as `caf\351`.
type Look struct {
	// The folder that holds `.git`.
	Path string `yaml:"path"`
	// The host of the repository; the workspace by default.
	Host string `yaml:"host,omitempty"`
	// Revisions whose commits to observe: `history.main` lists what `main` reaches, newest
	// first, `{id, parents, tree, author, email, at, committer, message, subject}` each. It
	// is empty if there is no such revision.
	History []string `yaml:"history,omitempty"`
	// Revisions whose files to observe, without their text: `trees.main` maps a path to
	// `{id, mode}`. `work` is the work tree.
	Trees []string `yaml:"trees,omitempty"`
	// Files whose text to observe: `REVISION:PATH`, or `work:PATH` in the work tree.
	// `files["main:a.txt"]` exists if the file does. A path that ends in `/` means all files
	// below it.
	Files []string `yaml:"files,omitempty"`
	// For a fact: what Git makes of a merge or of replayed commits. It may meet conflicts.
	Expected *Expected `yaml:"expected,omitempty"`
	// How a revision differs from the result that such a fact observed, `{path, what, says,
	// commit}` each: a missing or extra path, a mode, a link, a repository inside the
	// repository, and content outside of what was in conflict. What was in conflict is free,
	// together with the block around it: a line at the left margin and the indented lines
	// below it, such as a function. Judge that by behaviour.
	Differs *Differs `yaml:"differs,omitempty"`
}

// workTree is the name that stands for the work tree among revisions.
const workTree = "work"

// Variable is the name of what is observed.
func (l *Look) Variable() string { return "repo" }

// SetShorthand takes the path.
func (l *Look) SetShorthand(text string) { l.Path = text }

// Validate reports fields that make no sense.
func (l *Look) Validate() error {
	if !path.IsAbs(l.Path) {
		return errors.New("path must be absolute")
	}
	revisions := slices.Concat(l.History, l.Trees)
	for _, file := range l.Files {
		revision, _, found := strings.Cut(file, ":")
		if !found {
			return fmt.Errorf("%q is not REVISION:PATH", file)
		}
		revisions = append(revisions, revision)
	}
	for _, revision := range revisions {
		if _, rest := nameIn(revision); !steps.MatchString(rest) || strings.ContainsAny(revision, "@:{ ") {
			return fmt.Errorf("%q is not a supported revision, which is a name or an ID, with steps such as ~1 or ^2", revision)
		}
	}
	if l.Expected != nil {
		if err := l.Expected.validate(); err != nil {
			return err
		}
	}
	if l.Differs != nil {
		return l.Differs.validate()
	}
	return nil
}

// ImageNames returns the image in which Git runs.
func (l *Look) ImageNames() []string { return []string{"git"} }

// Observe reads a copy of the repository.
func (l *Look) Observe(ctx context.Context, site kit.Site) (any, error) {
	host, err := kit.HostOf(site, l.Host)
	if err != nil {
		return nil, err
	}
	repository, err := copyOf(ctx, site, host, l.Path)
	if err != nil {
		return nil, err
	}
	observed, err := repository.observe(l)
	if err == nil {
		err = l.compare(ctx, site, host, repository, observed)
	}
	return observed, explain(l.Path, err)
}

// compare adds Git's expected results, and the differences from them.
func (l *Look) compare(ctx context.Context, site kit.Site, host labs.Host, r *repository, observed map[string]any) (err error) {
	if l.Expected != nil {
		if observed["expected"], err = l.Expected.look(ctx, site, host, l.Path); err != nil {
			return err
		}
	}
	if l.Differs == nil {
		return nil
	}
	steps, err := l.Differs.steps(site)
	if err != nil {
		return err
	}
	observed["differs"], err = r.differs(l.Differs, steps)
	return err
}

// Checkout returns the files of a revision of the repository in a host's folder, as
// committed, or none if there is no such revision.
func Checkout(ctx context.Context, site kit.Site, host labs.Host, path, revision string) ([]kit.Entry, error) {
	repository, err := copyOf(ctx, site, host, path)
	if err != nil {
		return nil, err
	}
	files, err := repository.checkout(revision)
	return files, explain(path, err)
}

// copyOf copies out a repository, once for all looks of a round.
func copyOf(ctx context.Context, site kit.Site, host labs.Host, path string) (*repository, error) {
	copied, err := kit.Once(site, "git "+host.Name+" "+path, func() (*repository, error) {
		c, err := copyOut(ctx, site, host, path)
		if err != nil {
			return nil, err
		}
		return read(ctx, site, c)
	})
	return copied, explain(path, err)
}

// read reads a copy: fast if it is plain, otherwise with Git.
func read(ctx context.Context, site kit.Site, c copied) (*repository, error) {
	if err := c.isFolder(); err != nil {
		return nil, err
	}
	budget := site.Budget(fmt.Sprintf("The repository in `%s`", c.path), kit.ObjectLimits)
	r, err := readPlain(ctx, c, budget)
	if !plain.IsNotPlain(err) {
		return r, err
	}
	budget = site.Budget(fmt.Sprintf("The repository in `%s`", c.path), kit.ObjectLimits)
	return readWithGit(ctx, site, c, budget)
}

// explain turns a reason why a repository can't be read into an obstacle. The repository is
// the learner's, so whatever is wrong with it is a finding.
func explain(path string, err error) error {
	var damaged *damage
	if errors.As(err, &damaged) {
		return &kit.Obstacle{Message: fmt.Sprintf("The repository in `%s` can't be read: %s.", path, damaged.reason), Err: err}
	}
	return err
}

// damage is a reason why a repository can't be read.
type damage struct {
	reason string
	err    error
}

func (d *damage) Error() string { return "repository: " + d.reason }
func (d *damage) Unwrap() error { return d.err }

func damaged(err error, format string, args ...any) error {
	return &damage{reason: fmt.Sprintf(format, args...), err: err}
}
