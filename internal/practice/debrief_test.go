package practice

import (
	"io/fs"
	"strings"
	"testing"

	"endstate/labs"
	"endstate/scenarios"
)

// Every scenario that comes along has key points that are found.
func TestKeyPointsOfScenarios(t *testing.T) {
	files, err := fs.Glob(scenarios.Files, "*/debrief.md")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		text, err := fs.ReadFile(scenarios.Files, file)
		if err != nil {
			t.Fatal(err)
		}
		if points := labs.KeyPoints(string(text)); len(points) < 3 {
			t.Errorf("%s: %q", file, points)
		}
		// The model answer touches its own points, a text about nothing none.
		for _, point := range Compare(string(text), labs.KeyPoints(string(text))) {
			if !point.Touched {
				t.Errorf("%s does not touch %q", file, point.Text)
			}
		}
		for _, point := range Compare("I did what was to be done, and then it was all right again.", labs.KeyPoints(string(text))) {
			if point.Touched {
				t.Errorf("a text about nothing touches %q", point.Text)
			}
		}
	}
}

func TestCompare(t *testing.T) {
	points := []string{
		"Read the head and the end of the dump before you run it.",
		"A dump of one database has no `CREATE DATABASE` and no `USE`.",
		"Squashing loses the second parent.",
	}
	for said, want := range map[string]string{
		"":                     "...",
		"I fixed the database": "...",
		"I looked at the head of the dump and at its end":                     "✓..",
		"The dumps hold one database each, and they do not create it":         ".✓.",
		"I squashed nothing, as that loses a parent":                          "..✓",
		"Heads and ends of dumps; create database; SQUASH the second parent!": "✓✓✓",
		strings.Repeat("\x00\u202e<script>", 1000):                            "...",
	} {
		got := ""
		for _, point := range Compare(said, points) {
			if point.Touched {
				got += "✓"
			} else {
				got += "."
			}
		}
		if got != want {
			t.Errorf("%.60q touches %s, want %s", said, got, want)
		}
	}
}
