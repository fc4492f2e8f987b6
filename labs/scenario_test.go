package labs

import (
	"maps"
	"slices"
	"testing"
)

type recorded string

func (r recorded) Variable() string    { return "found" }
func (r recorded) AnswerName() string  { return string(r) }
func (r recorded) AnswerUsage() string { return "answer " + string(r) + " VALUE" }

// The answers of a variant are those that its checks look at, each once.
func TestAnswers(t *testing.T) {
	v := &Variant{}
	for _, look := range []Look{recorded("q2"), recorded(""), recorded("q1"), recorded("q2"), unrecorded{}} {
		v.Checks = append(v.Checks, Check{Assertion: Assertion{Look: look}})
	}
	if got := v.Answers(); !slices.Equal(got, []Answer{{"q1", "answer q1 VALUE"}, {"q2", "answer q2 VALUE"}}) {
		t.Errorf("got %q", got)
	}
}

type unrecorded struct{}

func (unrecorded) Variable() string { return "rows" }

// Scripts get lists line by line, and what is nested as JSON.
func TestEnvironment(t *testing.T) {
	v := &Variant{Seed: 7, Params: map[string]any{
		"word": "two words", "number": int64(3), "list": []any{"a", int64(2)}, "map": map[string]any{"b": []any{"c"}, "a": int64(1)},
		"maps": []any{map[string]any{"id": int64(1)}, map[string]any{"id": int64(2)}}, "lists": []any{[]any{"x", "y"}}, "none": []any{},
	}}
	want := map[string]string{
		"seed": "7", "word": "two words", "number": "3", "list": "a\n2", "map": `{"a":1,"b":["c"]}`,
		"maps": "{\"id\":1}\n{\"id\":2}", "lists": `["x","y"]`, "none": "",
	}
	if got := v.Environment(); !maps.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestNetworksOfAPlan(t *testing.T) {
	plan := Plan{Hosts: []HostPlan{{Name: "a", Networks: []string{"mgmt", "lan"}}, {Name: "b", Networks: []string{"mgmt", "lan", "dmz"}}}}
	if names := plan.NetworkNames(); !slices.Equal(names, []string{"mgmt", "lan", "dmz"}) {
		t.Errorf("its networks are %v", names)
	}
	if a, b := plan.Management("a"), plan.Management("b"); a != "198.51.100.1" || b != "198.51.100.2" {
		t.Errorf("their addresses are %s and %s", a, b)
	}
}

// A learner's shell has no params, so a script assigns those that it uses, however it does.
func TestTyped(t *testing.T) {
	v := &Variant{Seed: 7, Params: map[string]any{"limit": int64(3), "name": "it's", "text": "x", "table": "orders"}}
	for script, want := range map[string]string{
		"echo $name text":                     "name='it'\\''s'\n",
		"echo \"${limit}\" $seed $table_name": "limit='3'\nseed='7'\n",
		"seq $((8 + limit))":                  "limit='3'\n",
		"(( (2 * 3) > limit )) && true":       "limit='3'\n",
		"echo ${#text} ${!table}":             "table='orders'\ntext='x'\n",
		"(cd table && limit text)":            "",
	} {
		if got := v.Typed(script); got != want+script {
			t.Errorf("%s becomes %q", script, got)
		}
	}
}
