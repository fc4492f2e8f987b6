package author

import (
	"fmt"
	"slices"
	"testing"
	"testing/fstest"

	"endstate/internal/scenario"
	"endstate/labs"
)

func choosing(params string) *scenario.Library {
	return scenario.New(nil, nil, scenario.Root{Files: fstest.MapFS{"one/scenario.yaml": &fstest.MapFile{Data: []byte("title: One\nparams:\n" + params)}}})
}

// The chosen seeds take all alternatives if so few can, and are always the same.
func TestSeedsTakeAllAlternatives(t *testing.T) {
	library := choosing("  a: {choice: [1, 2, 3, 4]}\n  b: {choice: [x, y, z]}\n  c: {pick: {count: 1, of: [k, l, m, n]}}\n")
	for _, first := range []uint64{1, 77, 123456} {
		got, err := seedsOf(library, "one", first, 4)
		if err != nil {
			t.Fatal(err)
		}
		if got.Seeds[0] != first || len(got.Seeds) != 4 || !slices.IsSorted(got.Seeds) || got.Choices != 11 || len(got.Missed) > 0 {
			t.Errorf("from %d: %+v", first, got)
		}
		if again, _ := seedsOf(library, "one", first, 4); fmt.Sprint(again) != fmt.Sprint(got) {
			t.Errorf("from %d: %v, and then %v", first, got, again)
		}
	}
	two, err := seedsOf(library, "one", 1, 2)
	if err != nil || len(two.Missed) != 5 {
		t.Errorf("two seeds take at most 2, 2 and 2 of 4, 3 and 4: %+v, %v", two, err)
	}
}

// Without choices the seeds follow each other; a single one is the first.
func TestSeedsWithoutChoices(t *testing.T) {
	for params, want := range map[string]string{"  a: {between: [1, 9]}\n": "[5 6 7]", "  a: {choice: [1]}\n": "[5 6 7]"} {
		if got, err := seedsOf(choosing(params), "one", 5, 3); err != nil || fmt.Sprint(got.Seeds) != want || got.Choices != 0 {
			t.Errorf("%s: %+v, %v", params, got, err)
		}
	}
	if got, err := seedsOf(choosing("  a: {choice: [1, 2]}\n"), "one", 5, 1); err != nil || fmt.Sprint(got.Seeds) != "[5]" || len(got.Missed) != 1 {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err := seedsOf(choosing("  a: {choice: [1, 2]}\n"), "one", labs.MaxSeed-1, 2); err != nil || len(got.Seeds) != 2 {
		t.Errorf("the last seeds: %+v, %v", got, err)
	}
	if _, err := seedsOf(choosing("  a: {choice: [1, 2]}\n"), "one", labs.MaxSeed, 2); err == nil {
		t.Error("there are not so many seeds")
	}
}
