package git

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"endstate/labs/kit"
)

// given is the folder in the copy for the grader's own files.
const givenDir = ".git/endstate"

// forGit returns the files of a copy that Git must read, and those that running it takes.
// It refuses or leaves out whatever could lead Git out of the copy, or make it run
// something.
func forGit(c copied) ([]kit.Entry, error) {
	if err := c.isFolder(); err != nil {
		return nil, err
	}
	var files []kit.Entry
	var configs strings.Builder
	for _, entry := range c.entries {
		if strings.HasPrefix(entry.Path+"/", givenDir+"/") || strings.HasPrefix(entry.Path, ".git/hooks/") {
			continue
		}
		if err := c.leads(entry); err != nil {
			return nil, err
		}
		if base := path.Base(entry.Path); (base == "config" || base == "config.worktree") && within(path.Dir(entry.Path)) {
			configs.WriteString(entry.Path + "\x00")
		}
		files = append(files, entry)
	}
	for _, entry := range c.home {
		entry.Path = givenDir + "/root" + entry.Path
		if base := path.Base(entry.Path); base == ".gitconfig" || base == "config" {
			configs.WriteString(entry.Path + "\x00")
		}
		files = append(files, entry)
	}
	return append(files,
		kit.Entry{Path: givenDir + "/ask.py", Mode: 0o644, Data: ask},
		kit.Entry{Path: givenDir + "/configs", Mode: 0o644, Data: []byte(configs.String())},
		kit.Entry{Path: givenDir + "/files", Mode: 0o644, Data: []byte(quoted(workFiles(c.entries)))},
	), nil
}

var (
	linkedRef = regexp.MustCompile(`^\.git/(HEAD|refs/.+)$`)
	gitFile   = regexp.MustCompile(`^gitdir: ([^\n]+)\n*$`)
)

// leads refuses an entry that would lead Git elsewhere, such as to another repository,
// whose settings Git would use.
func (c copied) leads(entry kit.Entry) error {
	folder, base := path.Dir(entry.Path), path.Base(entry.Path)
	inGit := strings.Contains("/"+entry.Path+"/", "/.git/")
	switch {
	case entry.Link != "" && linkedRef.MatchString(entry.Path):
		if target := path.Join(folder, entry.Link); !linkedRef.MatchString(target) {
			return damaged(nil, "`%s` is a link to something that is not a ref", text(entry.Path))
		}
	case entry.Link != "" && inGit:
		return damaged(nil, "`%s` is a link", text(entry.Path))
	case entry.Mode.IsDir():
	case base == ".git":
		if found := gitFile.FindSubmatch(entry.Data); found != nil && !within(c.target(folder, string(found[1]))) {
			return damaged(nil, "`%s` points elsewhere. Without it, Git uses the files beside it", text(entry.Path))
		}
	case base == "commondir" && within(folder):
		if !within(c.target(folder, strings.TrimSpace(string(entry.Data)))) {
			return damaged(nil, "`%s` points elsewhere", text(entry.Path))
		}
	}
	return nil
}

// target returns where a path in one of Git's files leads, relative to the repository.
func (c copied) target(folder, to string) string {
	if path.IsAbs(to) {
		inside, ok := strings.CutPrefix(path.Clean(to), c.path+"/")
		if !ok {
			return ".."
		}
		return inside
	}
	return path.Join(folder, to)
}

// workFiles returns the files of the work tree whose content Git would convert, sorted.
func workFiles(entries []kit.Entry) (files []string) {
	for _, entry := range entries {
		if entry.Mode.IsRegular() && !strings.Contains("/"+entry.Path, "/.git/") && entry.Path != "." {
			files = append(files, entry.Path)
		}
	}
	slices.Sort(files)
	return files
}

// quoted formats paths for Git: one per line, each in quotes, with escapes.
func quoted(paths []string) string {
	var out strings.Builder
	for _, path := range paths {
		out.WriteByte('"')
		for _, c := range []byte(path) {
			fmt.Fprintf(&out, `\%03o`, c)
		}
		out.WriteString("\"\n")
	}
	return out.String()
}
