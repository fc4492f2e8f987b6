package kit_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"endstate/labs"
	"endstate/labs/kit"
)

// answers is a site with nothing but files in the folder for answers. Reading the whole folder fails.
type answers struct {
	kit.Site
	files map[string][]kit.Entry
}

func (a answers) Lab() *labs.Lab { return &labs.Lab{Hosts: []labs.Host{{Name: labs.Workspace}}} }

func (a answers) Files(_ context.Context, _ labs.Host, root string) ([]kit.Entry, error) {
	name, below := strings.CutPrefix(root, "/home/learner/answers/")
	entries, ok := a.files[name]
	switch {
	case !below:
		return nil, fmt.Errorf("reads %s", root)
	case !ok:
		return nil, &kit.Obstacle{Message: "There is no such file.", Err: labs.ErrNotFound}
	}
	return entries, nil
}

// An answer is a file that is not too large. What else the learner may have put there is said, and
// keeps no other answer from being read.
func TestRecordedAnswer(t *testing.T) {
	entry := func(mode fs.FileMode, data string) []kit.Entry {
		return []kit.Entry{{Path: ".", Mode: mode, Data: []byte(data)}}
	}
	site := answers{files: map[string][]kit.Entry{
		"q1.txt":     entry(0, "3\n"),
		"folder.txt": append(entry(fs.ModeDir, ""), kit.Entry{Path: "folder.txt", Data: []byte("3\n")}),
		"link.txt":   entry(fs.ModeSymlink, ""),
		"socket.txt": nil,
		"large.txt":  entry(0, strings.Repeat("3", 64<<10+1)),
		"other.json": entry(0, "3\n"),
	}}
	if data, err := kit.RecordedAnswer(t.Context(), site, "q1", ".txt"); err != nil || string(data) != "3\n" {
		t.Errorf("a file: %q, %v", data, err)
	}
	for question, says := range map[string]string{
		"folder": "`/home/learner/answers/folder.txt` is not a file. Remove it, and record the answer again.",
		"link":   "`/home/learner/answers/link.txt` is not a file. Remove it, and record the answer again.",
		"socket": "`/home/learner/answers/socket.txt` is not a file. Remove it, and record the answer again.",
		"large":  "What is recorded as large is larger than 64 KiB. Record it again.",
		"other":  "Nothing is recorded as other yet.",
	} {
		var obstacle *kit.Obstacle
		if data, err := kit.RecordedAnswer(t.Context(), site, question, ".txt"); !errors.As(err, &obstacle) || obstacle.Message != says {
			t.Errorf("%s: %q, %v", question, data, err)
		}
	}
}
