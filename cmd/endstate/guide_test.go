package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// guide is the page that teaches how to write a scenario.
const guide = "../../docs/scenarios.md"

// A file in the guide: its name on a line of its own, then a fenced block with its content.
var guideFile = regexp.MustCompile("(?ms)^`([a-z/.-]+)`\n\n```[a-z]+\n(.*?)^```$")

// writeGuide writes the guide's files and returns the resulting folder of scenarios.
func writeGuide(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(guide)
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(t.TempDir(), "mine")
	files := guideFile.FindAllStringSubmatch(string(text), -1)
	if len(files) < 10 {
		t.Fatalf("the guide has %d files", len(files))
	}
	for _, file := range files {
		path := filepath.Join(folder, "git-wrong-branch", file[1])
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(file[2]), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

// guideCommand returns the arguments of the guide's command that begins with the given words.
func guideCommand(t *testing.T, begins, folder string) []string {
	t.Helper()
	text, err := os.ReadFile(guide)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
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

// Following the guide to the letter gives a scenario in which lint finds nothing.
func TestGuideLints(t *testing.T) {
	folder := writeGuide(t)
	var out strings.Builder
	p := program(nil, &out, &out)
	if status := p.Run(t.Context(), guideCommand(t, "lint", folder)); status != 0 || out.String() != "1 scenarios, 0 mistakes\n" {
		t.Errorf("status %d\n%s", status, out.String())
	}
}
