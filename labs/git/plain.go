package git

import (
	"context"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"

	"endstate/labs/git/plain"
	"endstate/labs/kit"
)

// A plain repository has the form that Git writes by default: loose objects and packs under
// SHA-1, refs in files, an index of version 2 or 3, no attributes, no submodules, and no
// setting that changes how files are read. This package reads such a repository itself,
// because that is fast. Whatever is not certainly plain is left to Git.

// plain reads a plain repository. Any error means that the repository is not plain, or not
// complete: then Git must read it.
func readPlain(ctx context.Context, c copied, budget *kit.Budget) (r *repository, err error) {
	defer func() {
		if met := recover(); met != nil {
			r, err = nil, plain.Errorf("%v", met)
		}
	}()
	if err := plainHome(c.home); err != nil {
		return nil, err
	}
	if err := plainFiles(c.entries); err != nil {
		return nil, err
	}
	entries := c.byPath()
	remotes, err := plain.Config(entries[".git/config"].Data)
	if err != nil {
		return nil, err
	}
	objects, err := plain.Objects(ctx, c.entries, budget)
	if err != nil {
		return nil, err
	}
	refs, head, err := plainRefs(c.entries)
	if err != nil {
		return nil, err
	}
	if r, err = newRepository(c, objects, refs, head); err != nil {
		return nil, err
	}
	r.told.remotes, r.told.operation = remotes, operation(entries)
	if r.told.stashes, err = plainStashes(refs, entries[".git/logs/refs/stash"]); err != nil {
		return nil, err
	}
	r.told.status, err = r.status(ctx)
	return r, err
}

// plainHome accepts settings that don't change how files are read.
func plainHome(home []kit.Entry) error {
	for _, entry := range home {
		if entry.Mode.IsDir() || len(entry.Data) == 0 && entry.Link == "" {
			continue
		}
		if base := path.Base(entry.Path); base != ".gitconfig" && base != "config" {
			return plain.Errorf("%s", entry.Path)
		}
		if _, err := plain.Config(entry.Data); err != nil {
			return err
		}
	}
	return nil
}

// inPlain are the files of a plain .git, apart from objects and refs, that don't affect
// what is read, or are read here.
var inPlain = regexp.MustCompile(`^(HEAD|config|description|index|packed-refs|ORIG_HEAD|FETCH_HEAD|COMMIT_EDITMSG|MERGE_[A-Z]+|AUTO_MERGE` +
	`|SQUASH_MSG|TAG_EDITMSG|CHERRY_PICK_HEAD|REVERT_HEAD|REBASE_HEAD|BISECT_[A-Z_]+|info/exclude|info/refs|gitk\.cache` +
	`|(hooks|logs|refs|objects|branches|rebase-merge|rebase-apply|sequencer|rr-cache|worktrees)/.*)$`)

// plainFiles refuses a repository with unknown files.
func plainFiles(entries []kit.Entry) error {
	for _, entry := range entries {
		inside, isGit := strings.CutPrefix(entry.Path, ".git/")
		switch base := path.Base(entry.Path); {
		case entry.Path == ".git" && !entry.Mode.IsDir():
			return plain.Errorf(".git is not a folder")
		case isGit && (entry.Link != "" || !entry.Mode.IsDir() && !inPlain.MatchString(inside)):
			return plain.Errorf("%s", entry.Path)
		case !isGit && entry.Path != ".git" && (strings.EqualFold(base, ".git") || base == ".gitattributes" || base == ".gitmodules"):
			return plain.Errorf("%s", entry.Path)
		}
	}
	return nil
}

var (
	plainRef  = regexp.MustCompile(`^refs(/[A-Za-z0-9_][A-Za-z0-9_.+-]*)+$`)
	plainID   = regexp.MustCompile(`^[0-9a-f]{40}$`)
	packedRef = regexp.MustCompile(`^([0-9a-f]{40}) (refs/[^ ]+)$`)
)

func isPlainRef(name string) bool {
	return plainRef.MatchString(name) && !strings.Contains(name, "..") && !strings.HasSuffix(name, ".") &&
		!strings.HasPrefix(name, "refs/replace/") && !slices.ContainsFunc(strings.Split(name, "/"), func(part string) bool { return strings.HasSuffix(part, ".lock") })
}

// plainRefs returns all refs by name, and what HEAD says.
func plainRefs(entries []kit.Entry) (refs map[string]string, head string, err error) {
	refs, loose := map[string]string{}, map[string]string{}
	for _, entry := range entries {
		text := strings.TrimSuffix(string(entry.Data), "\n")
		name, isGit := strings.CutPrefix(entry.Path, ".git/")
		switch {
		case !isGit || entry.Mode.IsDir():
		case name == "HEAD":
			head = strings.TrimPrefix(text, "ref: ")
		case name == "packed-refs":
			err = packedRefs(text, refs)
		case strings.HasPrefix(name, "refs/"):
			loose[name] = text
		}
		if err != nil {
			return nil, "", err
		}
	}
	for name, id := range loose {
		refs[name] = id
	}
	for name, id := range refs {
		if !isPlainRef(name) || !plainID.MatchString(id) || id == plumbing.ZeroHash.String() {
			return nil, "", plain.Errorf("the ref %s", name)
		}
	}
	if !plainID.MatchString(head) && (!strings.HasPrefix(head, "refs/heads/") || !isPlainRef(head)) {
		return nil, "", plain.Errorf("HEAD")
	}
	return refs, head, nil
}

// packedRefs reads the packed refs. What they say about a tag's target follows from the tag
// itself.
func packedRefs(text string, refs map[string]string) error {
	for line := range strings.SplitSeq(text, "\n") {
		if line == "" || line[0] == '#' || line[0] == '^' && plainID.MatchString(line[1:]) {
			continue
		}
		parts := packedRef.FindStringSubmatch(line)
		if parts == nil {
			return plain.Errorf("packed refs")
		}
		refs[parts[2]] = parts[1]
	}
	return nil
}

var logLine = regexp.MustCompile(`^[0-9a-f]{40} ([0-9a-f]{40}) [^\n]+$`)

// plainStashes returns the entries of the stash's log, which Git writes oldest first.
func plainStashes(refs map[string]string, log kit.Entry) (stashes []string, err error) {
	tip, ok := refs["refs/stash"]
	if !ok && len(log.Data) == 0 {
		return nil, nil
	}
	for line := range strings.SplitSeq(strings.TrimSuffix(string(log.Data), "\n"), "\n") {
		parts := logLine.FindStringSubmatch(line)
		if parts == nil {
			return nil, plain.Errorf("the log of the stash")
		}
		stashes = append(stashes, parts[1])
	}
	slices.Reverse(stashes)
	if !ok || stashes[0] != tip {
		return nil, plain.Errorf("a stash that is not in its log")
	}
	return stashes, nil
}
