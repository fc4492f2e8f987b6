package git

import (
	"bufio"
	"bytes"
	"context"
	_ "embed" // ask.py
	"errors"
	"fmt"
	"io"
	"path"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/storage/memory"

	"endstate/labs/git/plain"
	"endstate/labs/kit"
)

// ask asks Git. It runs in a fresh host over a copy of the repository.
//
//go:embed ask.py
var ask []byte

const (
	askTime   = 5 * time.Second // processor time
	askMemory = 512 << 20       // bytes
	maxLine   = 4096            // longest line of Git's output, in bytes
)

// readWithGit reads a repository by running Git in a fresh host, which takes longer than reading
// a plain repository.
func readWithGit(ctx context.Context, site kit.Site, c copied, budget *kit.Budget) (*repository, error) {
	files, err := forGit(c)
	if err != nil {
		return nil, err
	}
	a := &answers{ctx: ctx, budget: budget, records: map[string][]byte{}, objects: memory.NewStorage(), long: map[plumbing.Hash]string{}}
	limits := kit.ObjectLimits
	result, err := site.Fresh(ctx, kit.FreshRun{
		Image: "git", Dir: c.path, Links: true, Borrows: true, Time: askTime, Memory: askMemory, Read: a.read,
		Files:   func() ([]kit.Entry, error) { return files, nil },
		Command: fmt.Sprintf("exec python3 -I -B .git/endstate/ask.py %d %d %d", limits.Item, limits.Bytes, limits.Items),
	})
	if why := a.refusal(c, result); why != nil {
		return nil, why
	}
	if err != nil {
		return nil, err
	}
	if !a.ended {
		return nil, fmt.Errorf("ask git about %s: exit status %d: %s", c.path, result.Status, result.Stderr)
	}
	return a.repository(c)
}

// answers are Git's answers.
type answers struct {
	ctx     context.Context
	budget  *kit.Budget
	records map[string][]byte
	objects *memory.Storage
	long    map[plumbing.Hash]string
	ended   bool
}

// refusal is the reason why Git can't read a repository, if it can't.
func (a *answers) refusal(c copied, result kit.FreshResult) error {
	said, failed := a.records["failed"]
	_, large := a.records["large"]
	_, killed := a.records["killed"]
	switch {
	case large:
		return damaged(nil, "its objects are more than %d, or larger than %d MiB", kit.ObjectLimits.Items, kit.ObjectLimits.Bytes>>20)
	case killed || result.Overran == kit.UsedUp:
		return damaged(nil, "Git needs more than %.0f seconds of a processor, or %d MiB of memory, to read it", askTime.Seconds(), askMemory>>20)
	case failed:
		return damaged(nil, "Git says: %s", advised(string(said)))
	}
	return nil
}

// read reads the records and the objects.
func (a *answers) read(from io.Reader) error {
	in := bufio.NewReaderSize(from, maxLine)
	for {
		line, err := in.ReadSlice('\n')
		fields := bytes.Fields(line)
		switch {
		case errors.Is(err, io.EOF):
			return nil // Git or the host has ended: the exit status says why
		case err != nil:
			return fmt.Errorf("read what git tells: %w", err)
		case len(fields) == 1 && string(fields[0]) == "end":
			a.ended = true
			return nil
		case len(fields) == 2:
			err = a.record(string(fields[0]), string(fields[1]), in)
		case len(fields) == 3:
			err = a.object(string(fields[0]), string(fields[1]), string(fields[2]), in)
		}
		if err != nil {
			return err
		}
	}
}

func (a *answers) record(name, length string, in io.Reader) error {
	if length == "missing" {
		return nil // an object that is referred to, but missing from an incomplete clone
	}
	content, err := a.content(length, in)
	a.records[name] = append(a.records[name], content...)
	return err
}

// content reads n bytes within the budget.
func (a *answers) content(length string, in io.Reader) ([]byte, error) {
	size, err := strconv.ParseInt(length, 10, 64)
	if err != nil {
		return nil, fmt.Errorf("read what git tells: %w", err)
	}
	if err := a.budget.Take(a.ctx, "", size); err != nil {
		return nil, err
	}
	content := make([]byte, size)
	_, err = io.ReadFull(in, content)
	return content, err
}

// object reads an object, and the line feed after it.
func (a *answers) object(id, kind, length string, in *bufio.Reader) error {
	content, err := a.content(length, in)
	if err != nil {
		return err
	}
	if _, err := in.Discard(1); err != nil {
		return err
	}
	kindOf, err := plumbing.ParseObjectType(kind)
	if err != nil {
		return fmt.Errorf("read what git tells: %w", err)
	}
	if len(id) == sha256Hex {
		content = a.shortened(kindOf, content)
	}
	_, err = a.objects.SetEncodedObject(plain.NewObject(kindOf, content, a.short(id)))
	return err
}

// repository makes a repository of the answers.
func (a *answers) repository(c copied) (*repository, error) {
	refs := map[string]string{}
	for line := range strings.Lines(string(a.records["refs"])) {
		id, name, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		refs[name] = id
	}
	r, err := newRepository(c, a.objects, refs, strings.TrimSpace(string(a.records["head"])))
	if err != nil {
		return nil, err
	}
	for short, long := range a.long {
		r.long[short] = long
	}
	r.told = told{
		status: a.status(), stashes: strings.Fields(string(a.records["stashes"])), remotes: a.remotes(),
		operation: operation(r.entries), work: a.work(c.entries),
	}
	if picked := string(a.records["picked"]); r.told.operation == "" && picked != "" {
		r.told.operation = map[bool]string{true: "cherry-pick", false: "revert"}[strings.HasPrefix(picked, "CHERRY")]
	}
	return r, nil
}

func (a *answers) status() (list []change) {
	for line := range strings.SplitSeq(string(a.records["status"]), "\x00") {
		if len(line) > 3 {
			list = append(list, change{line[:2], line[3:]})
		}
	}
	return list
}

func (a *answers) remotes() map[string]string {
	remotes := map[string]string{}
	for item := range strings.SplitSeq(string(a.records["remotes"]), "\x00") {
		key, url, _ := strings.Cut(item, "\n")
		name := strings.TrimSuffix(strings.TrimPrefix(key, "remote."), ".url")
		if _, twice := remotes[name]; key != "" && !twice {
			remotes[name] = url
		}
	}
	return remotes
}

// work returns the IDs of the work tree's files, in the order of the question.
func (a *answers) work(entries []kit.Entry) map[string]string {
	ids, files := strings.Fields(string(a.records["work"])), workFiles(entries)
	if len(ids) != len(files) {
		return nil
	}
	work := map[string]string{}
	for i, file := range files {
		work[file] = ids[i]
	}
	return work
}

// advice says how to fix what Git can't read, by Git's error message.
var advice = []struct{ says, do string }{
	{`unknown repository extension|repo version`, "`git config --unset` removes an extension that Git does not know."},
	{`bad config|bad numeric|bad boolean|invalid value`, "`git config --edit` shows the line."},
	{`index file|bad signature 0x|index uses|unknown index|sharedindex`, "`rm .git/index && git reset` rebuilds the index."},
	{`must be run in a work tree`, "`git config core.bare false` says that it has a work tree."},
	{`bad object|missing|corrupt|unable to read|broken|alternate`, "`git fsck` names what is damaged."},
}

// advised returns Git's error as one line, and what to do about it.
func advised(said string) string {
	said = text(strings.ToValidUTF8(said, "?"))
	line, _, _ := strings.Cut(strings.TrimSpace(said), "\n")
	if i := strings.Index(said, "fatal: "); i >= 0 {
		line, _, _ = strings.Cut(said[i:], "\n")
	}
	line = strings.Map(func(c rune) rune {
		if c < ' ' || c == 0x7f {
			return ' '
		}
		return c
	}, line)
	line = strings.TrimRight(line[:min(len(line), 300)], ". ")
	for _, known := range advice {
		if matched, _ := regexp.MatchString(known.says, said); matched {
			return "“" + line + "”. " + known.do + " `reset` puts all of the lab back"
		}
	}
	return "“" + line + "”. `git status` says the same; `reset` puts all of the lab back"
}

// within reports whether a path leads into the Git data of a repository or one of its
// submodules, except refs and logs.
func within(target string) bool {
	_, inside, ok := strings.Cut("/"+target+"/", "/.git/")
	return ok && path.Clean(target) == target && !strings.HasPrefix(target, "../") &&
		!strings.Contains("/"+inside, "/refs/") && !strings.Contains("/"+inside, "/logs/")
}
