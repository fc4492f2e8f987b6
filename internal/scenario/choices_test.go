package scenario

import (
	"fmt"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"endstate/labs/kit"
)

func TestChoices(t *testing.T) {
	files := fstest.MapFS{"word/scenario.yaml": &fstest.MapFile{Data: []byte(`title: A word
params:
  word: {choice: [one, {two: 2}]}
  only: {choice: [this]}
  number: {between: [1, 9]}
  some: {pick: {count: 2, of: [a, b, c]}}
  text: {text: "{{.number}}"}
`)}}
	library := New([]kit.Probe{sightProbe}, nil, Root{Files: files})
	seen := map[string]bool{}
	for seed := range uint64(20) {
		taken, all, err := library.Choices("word", seed)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"word: one", `word: {"two":2}`, "some: a", "some: b", "some: c"}, all); diff != "" {
			t.Fatal(diff)
		}
		if len(taken) != 3 {
			t.Errorf("seed %d takes %q", seed, taken)
		}
		for _, one := range taken {
			seen[one] = true
		}
	}
	if len(seen) != 5 {
		t.Errorf("twenty seeds take only %v", seen)
	}
	if _, _, err := library.Choices("other", 1); err == nil {
		t.Error("there is no such scenario")
	}
}

// Every part of an assertion knows its line, for its author.
func TestPlaces(t *testing.T) {
	v, err := New([]kit.Probe{sightProbe}, nil, Root{Files: wellWrittenFiles()}).Variant("word", 1)
	if err != nil {
		t.Fatal(err)
	}
	places := v.Checks[1].Places
	if got := fmt.Sprint(v.Facts[0].Place, " ", places.ID, " ", places.Look, " ", places.Expect); got != "word/scenario.yaml:11 word/scenario.yaml:14 word/scenario.yaml:14 word/scenario.yaml:14" {
		t.Error(got)
	}
}
