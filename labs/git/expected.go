package git

import (
	"context"
	_ "embed" // merge.py
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"endstate/labs"
	"endstate/labs/kit"
)

// Expected asks Git for the result of a merge, or of replaying commits. Use it in a fact:
// it observes how files must be outside of what was in conflict.
type Expected struct {
	// Two revisions: the one to merge into, and the one to merge.
	Merge []string `yaml:"merge,omitempty"`
	// The base of the merge, if it is not the common ancestor. To undo a merge, use the merge
	// as the base, and merge the state before it.
	Base string `yaml:"base,omitempty"`
	// Commits to replay, as cherry-pick and rebase do: a revision is one commit, and `A..B`
	// is everything in B that is not in A, oldest first.
	Replay []string `yaml:"replay,omitempty"`
	// With `replay`: the revision onto which the first commit is replayed.
	Onto string `yaml:"onto,omitempty"`
	// What is free even though Git sees no conflict there, because other checks judge it:
	// `PATH`, or `PATH:PATTERN` for the blocks of a file whose first line matches.
	Free []string `yaml:"free,omitempty"`
}

func (e *Expected) validate() error {
	switch {
	case (len(e.Merge) == 2) == (len(e.Replay) > 0), len(e.Merge) == 1, len(e.Merge) > 2:
		return errors.New("expected requires either merge, with two revisions, or replay")
	case (e.Onto == "") == (len(e.Replay) > 0):
		return errors.New("expected requires onto with replay, and only then")
	}
	_, err := e.free()
	return err
}

// free returns the patterns by path. A path without a pattern has an empty list, and may
// exist or not.
func (e *Expected) free() (map[string][]*regexp.Regexp, error) {
	all := map[string][]*regexp.Regexp{}
	for _, one := range e.Free {
		path, pattern, found := strings.Cut(one, ":")
		if !found {
			all[path] = nil
			continue
		}
		compiled, err := regexp.Compile(pattern)
		if err != nil || !fs.ValidPath(path) {
			return nil, fmt.Errorf("free: %q is not PATH or PATH:PATTERN (%w)", one, err)
		}
		all[path] = append(all[path], compiled)
	}
	return all, nil
}

//go:embed merge.py
var mergeScript []byte

// step is Git's result for a merge, or for one replayed commit.
type step struct {
	Subject string                       `json:"subject"`
	Onto    string                       `json:"onto"`
	Files   map[string][2]string         `json:"files"`  // path → mode, object
	Stages  map[string]map[string]string `json:"stages"` // path in conflict → stage → mode
	Texts   map[string]string            `json:"texts"`  // base64
}

// Limits of a merge, and of its report.
const (
	mergeTime   = 4 * time.Second // processor time
	mergeMemory = 256 << 20
	mergeOutput = 4 << 20
)

// look lets Git merge in a fresh host, over a copy of the repository's objects and refs.
func (e *Expected) look(ctx context.Context, site kit.Site, host labs.Host, path string) ([]any, error) {
	free, err := e.free()
	if err != nil {
		return nil, err
	}
	result, err := site.Fresh(ctx, kit.FreshRun{
		Image: "git", Command: "python3 -I -B merge.py", Time: mergeTime, Memory: mergeMemory, Output: mergeOutput,
		Files: func() ([]kit.Entry, error) {
			return e.files(ctx, site, host, path, slices.AppendSeq([]string{}, maps.Keys(free)))
		},
	})
	if err != nil {
		return nil, err
	}
	var steps []step
	if err := json.Unmarshal([]byte(result.Stdout), &steps); err != nil || result.Status != 0 {
		return nil, fmt.Errorf("let Git merge %v: status %d, %s (%w)", append(e.Merge, e.Replay...), result.Status, result.Stderr, err)
	}
	return observeSteps(steps, free)
}

// files returns the files for the fresh host: the script, its input, and the repository.
func (e *Expected) files(ctx context.Context, site kit.Site, host labs.Host, path string, texts []string) ([]kit.Entry, error) {
	asked, err := json.Marshal(map[string]any{"merge": e.Merge, "base": e.Base, "replay": e.Replay, "onto": e.Onto, "texts": texts})
	if err != nil {
		return nil, err
	}
	files := []kit.Entry{
		{Path: "merge.py", Mode: 0o444, Data: mergeScript},
		{Path: "request.json", Mode: 0o444, Data: asked},
		{Path: "repository/config", Mode: 0o444, Data: []byte("[core]\n\trepositoryformatversion = 0\n\tbare = true\n")},
	}
	entries, err := site.Files(ctx, host, path)
	if err != nil {
		return nil, err
	}
	for _, entry := range entries {
		inside, isGit := strings.CutPrefix(entry.Path, ".git/")
		first, _, _ := strings.Cut(inside, "/")
		if isGit && slices.Contains([]string{"HEAD", "objects", "packed-refs", "refs"}, first) {
			entry.Path = "repository/" + inside
			files = append(files, entry)
		}
	}
	return files, nil
}

// observeSteps describes, for each step and each of its files, how it must be: {id, mode},
// or, if it was in conflict or other checks judge it, {mode, blocks, absent}. An empty
// block stands for any content; absent means that the file may be missing.
func observeSteps(steps []step, free map[string][]*regexp.Regexp) ([]any, error) {
	keys := map[string]map[string]bool{} // of each file, the blocks that have been in conflict
	observed := make([]any, len(steps))
	for i, s := range steps {
		files := map[string]any{}
		for path, made := range s.Files {
			files[text(bytesIn(path))] = map[string]any{"id": made[1], "mode": made[0]}
		}
		for path, stages := range s.Stages {
			files[text(bytesIn(path))] = map[string]any{"mode": modeAmong(stages), "blocks": []any{""}, "absent": len(stages) < 3}
		}
		for path, encoded := range s.Texts {
			content, err := base64.StdEncoding.DecodeString(encoded)
			if err != nil {
				return nil, err
			}
			file := map[string]any{"mode": s.Files[path][0], "absent": false}
			if stages, ok := s.Stages[path]; ok {
				file["mode"], file["absent"] = modeAmong(stages), len(stages) < 3
			}
			var blocks []block
			blocks, keys[path] = around(string(content), keys[path], free[bytesIn(path)])
			file["blocks"] = textsOf(blocks)
			files[text(bytesIn(path))] = file
		}
		for path, patterns := range free {
			if patterns == nil {
				files[path] = map[string]any{"mode": "", "blocks": []any{""}, "absent": true}
			}
		}
		observed[i] = map[string]any{"subject": s.Subject, "onto": s.Onto, "files": files}
	}
	return observed, nil
}

// bytesIn converts a path in which each byte came as a character.
func bytesIn(path string) string {
	raw := make([]byte, 0, len(path))
	for _, c := range path {
		raw = append(raw, byte(c))
	}
	return string(raw)
}

// modeAmong returns the mode that a file in conflict must have, given both sides' modes.
func modeAmong(stages map[string]string) string {
	base, ours, theirs := stages["1"], stages["2"], stages["3"]
	switch {
	case ours == "" && theirs == "":
		return base
	case ours == "" || ours == base && theirs != "":
		return theirs
	}
	return ours
}

// textsOf returns the texts of blocks; those of free ones are empty.
func textsOf(blocks []block) []any {
	all := make([]any, len(blocks))
	for i, b := range blocks {
		all[i] = b.text
		if b.free {
			all[i] = ""
		}
	}
	return all
}
