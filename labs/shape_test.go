package labs

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestShapeRefine(t *testing.T) {
	rows := []any{map[string]any{"n": int64(1)}}
	facts := RecordOf(map[string]*Shape{"query": Alike(), "files": MapOf(Text), "any": nil})
	seen := facts.Refine(map[string]any{"query": rows, "files": map[string]any{"a": "b"}})
	want := RecordOf(map[string]*Shape{"query": ListOf(RecordOf(map[string]*Shape{"n": nil})), "files": MapOf(Text), "any": nil})
	if diff := cmp.Diff(want, seen); diff != "" {
		t.Errorf("refined (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(facts, facts.Refine(map[string]any{"query": []any{}})); diff != "" {
		t.Errorf("without rows (-want +got):\n%s", diff)
	}
}

func TestShapeUnnamed(t *testing.T) {
	shape := RecordOf(map[string]*Shape{"files": MapOf(RecordOf(map[string]*Shape{"size": Whole})), "list": ListOf(RecordOf(map[string]*Shape{"a": nil}))})
	value := map[string]any{
		"files": map[string]any{"x": map[string]any{"size": int64(1), "mode": "0644"}},
		"list":  []any{map[string]any{"a": map[string]any{"anything": true}, "b": nil}},
		"more":  nil,
	}
	if diff := cmp.Diff([]string{"b", "mode", "more"}, shape.Unnamed(value)); diff != "" {
		t.Errorf("unnamed (-want +got):\n%s", diff)
	}
}
