package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// guide is a page that teaches how to write a scenario.
type guide struct {
	page, scenario string
	proofs         string // how many proofs three seeds have
}

var (
	gitGuide = guide{page: "../../docs/scenarios.md", scenario: "git-wrong-branch", proofs: "24 proofs"}
	guides   = []guide{
		gitGuide,
		{page: "../../docs/scenarios-mysql.md", scenario: "mysql-foreign-key", proofs: "33 proofs"},
		{page: "../../docs/scenarios-mongodb.md", scenario: "mongodb-unique", proofs: "27 proofs"},
	}
)

// A file in a guide: its name on a line of its own, then a fenced block with its content.
var guideFile = regexp.MustCompile("(?ms)^`([a-z_./-]+)`\n\n```[a-z]+\n(.*?)^```$")

// read returns the guide's text.
func (g guide) read(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(g.page)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// write writes the guide's files and returns the resulting folder of scenarios.
func (g guide) write(t *testing.T) string {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "mine")
	files := guideFile.FindAllStringSubmatch(g.read(t), -1)
	if len(files) < 10 {
		t.Fatalf("the guide has %d files", len(files))
	}
	for _, file := range files {
		path := filepath.Join(folder, g.scenario, file[1])
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(file[2]), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

// command returns the arguments of the guide's command that begins with the given words.
func (g guide) command(t *testing.T, begins, folder string) []string {
	t.Helper()
	for line := range strings.Lines(g.read(t)) {
		if strings.HasPrefix(line, "bin/endstate "+begins) {
			words := strings.Fields(line)[1:]
			for i := range words {
				if words[i] == "mine" {
					words[i] = folder
				}
			}
			return words
		}
	}
	t.Fatalf("the guide lacks the command: bin/endstate %s", begins)
	return nil
}

// Following a guide to the letter gives a scenario in which lint finds nothing.
func TestGuidesLint(t *testing.T) {
	for _, g := range guides {
		t.Run(g.scenario, func(t *testing.T) {
			folder := g.write(t)
			var out, progress strings.Builder
			p := program(nil, &out, &progress)
			if status := p.Run(t.Context(), g.command(t, "lint", folder)); status != 0 || out.String() != "1 scenario, 0 mistakes\n" {
				t.Errorf("status %d\n%s%s", status, out.String(), progress.String())
			}
		})
	}
}
