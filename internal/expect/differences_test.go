package expect

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"endstate/labs"
)

// differ evaluates a call of differences and returns its result.
func differ(t *testing.T, call string, found, right []any) map[string]any {
	t.Helper()
	expression, err := compile(call, "rows", nil)
	if err != nil {
		t.Fatal(err)
	}
	value, err := expression.value(labs.Bindings{"params": map[string]any{}, "facts": map[string]any{"rows": right}, "rows": found})
	if err != nil {
		t.Fatal(err)
	}
	return value.(map[string]any)
}

func row(pairs ...any) map[string]any {
	fields := map[string]any{}
	for i := 0; i < len(pairs); i += 2 {
		fields[pairs[i].(string)] = pairs[i+1]
	}
	return fields
}

func TestDifferencesByKeys(t *testing.T) {
	const byID = `differences(rows, facts.rows, "id")`
	one, two := row("id", int64(1), "n", int64(10)), row("id", int64(2), "n", int64(20))
	for name, test := range map[string]struct {
		call         string
		found, right []any
		want         string // missing | changed | extra | same | says
	}{
		"same":           {byID, []any{one, two}, []any{one, two}, "[] [] [] true "},
		"other order":    {byID, []any{two, one}, []any{one, two}, "[] [] [] true The right ones, but in another order."},
		"missing":        {byID, []any{two}, []any{one, two}, "[1] [] [] false Missing: 1."},
		"changed":        {byID, []any{one, row("id", int64(2), "n", int64(21))}, []any{one, two}, "[] [2] [] false Changed: 2."},
		"extra":          {byID, []any{one, two}, []any{one}, "[] [] [2] false New: 2."},
		"of two types":   {byID, []any{row("id", "1")}, []any{row("id", int64(1))}, `[1] [] ["1"] false Missing: 1. New: "1". In one, ` + "`id` is a string, but should be an int."},
		"equal numbers":  {byID, []any{row("id", 1.0, "n", 10.0)}, []any{one}, "[] [] [] true "},
		"only a type":    {byID, []any{row("id", int64(1), "n", "10")}, []any{one}, "[] [1] [] false Changed: 1. In one, `n` is a string, but should be an int."},
		"null and none":  {byID, []any{row("id", nil)}, []any{row("n", int64(1))}, `[{"n": 1}] [] [{"id": null}] false Missing: {"n": 1}. New: {"id": null}.`},
		"null is itself": {byID, []any{row("id", nil, "n", int64(1))}, []any{row("id", nil, "n", int64(1))}, "[] [] [] true "},
		"twice":          {byID, []any{one, one}, []any{one}, "[] [1] [] false Changed: 1."},
		"twice on both":  {byID, []any{one, two, one}, []any{one, one, two}, "[] [] [] true The right ones, but in another order."},
		"once of two":    {byID, []any{one}, []any{one, one}, "[] [1] [] false Changed: 1."},
		"not maps":       {byID, []any{"a", "b"}, []any{"a"}, `[] [] ["b"] false New: "b".`},
		"both empty":     {byID, nil, nil, "[] [] [] true "},
		"rows of one key": {
			`differences(rows, facts.rows, ["account"])`,
			[]any{row("account", "app", "detail", "SELECT"), row("account", "app", "detail", "DROP")},
			[]any{row("account", "app", "detail", "SELECT"), row("account", "app", "detail", "INSERT"), row("account", "old", "detail", "login")},
			"[old] [app] [] false Missing: old. Changed: app.",
		},
		"what is inside is not listed": {
			`differences(rows, facts.rows, ["table", "name"])`,
			[]any{row("table", "b", "name", ""), row("table", "c", "name", ""), row("table", "c", "name", "x")},
			[]any{row("table", "a", "name", ""), row("table", "a", "name", "x"), row("table", "b", "name", ""), row("table", "b", "name", "y")},
			"[a a.x b.y] [] [c c.x] false Missing: a, b.y. New: c.",
		},
		"nothing has the key": {byID, []any{row("n", int64(1))}, []any{row("n", int64(2))}, `[{"n": 2}] [] [{"n": 1}] false Missing: {"n": 2}. New: {"n": 1}.`},
	} {
		result := differ(t, test.call, test.found, test.right)
		if got := fmt.Sprint(result["missing"], result["changed"], result["extra"], result["same"], " ", result["says"]); strings.Join(strings.Fields(got), " ") != strings.Join(strings.Fields(test.want), " ") {
			t.Errorf("%s: got %s, want %s", name, got, test.want)
		}
	}
}

func TestDifferencesAsAWhole(t *testing.T) {
	const whole = `differences(rows, facts.rows)`
	a, b, c := row("n", int64(1)), row("n", int64(2)), row("n", int64(3))
	for name, test := range map[string]struct {
		found, right []any
		missing      int
		extra        int
		says         string
	}{
		"same":               {[]any{a, b}, []any{a, b}, 0, 0, ""},
		"other order":        {[]any{b, a}, []any{a, b}, 0, 0, "The right ones, but in another order."},
		"nothing":            {nil, []any{a}, 1, 0, "Nothing is there."},
		"too few":            {[]any{a}, []any{a, b}, 1, 0, "There are 1, but should be 2."},
		"too many":           {[]any{a, b, c}, []any{a, c}, 0, 1, "There are 3, but should be 2. Wrong: 1, such as number 2."},
		"twice":              {[]any{a, b, a}, []any{a, b, c}, 1, 1, "Wrong: 1, such as number 3."},
		"other fields":       {[]any{row("m", int64(1))}, []any{a}, 1, 1, "The first has the fields m, but should have n."},
		"of another type":    {[]any{a, row("n", "2")}, []any{a, b}, 1, 1, "Wrong: 1, such as number 2. In one, `n` is a string, but should be an int."},
		"what is no map":     {[]any{"x", int64(1)}, []any{"x", int64(2)}, 1, 1, "Wrong: 1, such as number 2."},
		"nothing was wanted": {[]any{a}, nil, 0, 1, "There are 1, but should be 0. Wrong: 1, such as number 1."},
	} {
		result := differ(t, whole, test.found, test.right)
		if len(result["missing"].([]any)) != test.missing || len(result["extra"].([]any)) != test.extra || result["says"] != test.says {
			t.Errorf("%s: got %v", name, result)
		}
		if same := result["same"]; same != (test.missing+test.extra == 0) {
			t.Errorf("%s: same is %v", name, same)
		}
	}
}

// A description is bounded, however much differs.
func TestDifferencesAreBounded(t *testing.T) {
	var right []any
	for i := range 2_000 {
		right = append(right, row("id", fmt.Sprintf("%05d%s", i, strings.Repeat("x", 5000)), "n", int64(i)))
	}
	result := differ(t, `differences(rows, facts.rows, "id")`, []any{}, right)
	if says := result["says"].(string); len(says) > 400 || !strings.HasSuffix(says, " and 1995 more.") || len(result["missing"].([]any)) != 2_000 {
		t.Errorf("%d are missing: %s", len(result["missing"].([]any)), says)
	}
}

// values generates values that a look may observe, of which many are almost equal.
func values() *rapid.Generator[any] {
	at := time.Date(2025, 1, 2, 3, 4, 5, 0, time.UTC)
	scalar := rapid.SampledFrom([]any{
		nil, true, false, int64(0), int64(1), uint64(1), 1.0, 1.5, 0.0, math.Copysign(0, -1), math.NaN(), math.Inf(1), math.Inf(-1), int64(-1), uint64(math.MaxUint64),
		"", "1", "true", "null", "a\"b", "\x00", "[]", "{}",
		[]byte{},
		[]byte("1"), at, at.In(time.FixedZone("", 3600)), at.Add(1), "2025-01-02T03:04:05Z",
	})
	return rapid.Custom(func(t *rapid.T) any {
		switch rapid.IntRange(0, 3).Draw(t, "kind") {
		case 0:
			return rapid.SliceOfN(scalar, 0, 3).Draw(t, "list")
		case 1:
			return rapid.MapOfN(rapid.SampledFrom([]string{"a", "b", `"`}), scalar, 0, 2).Draw(t, "map")
		}
		return scalar.Draw(t, "scalar")
	})
}

// Two lists are the same exactly if == finds a partner for each item.
func TestDifferencesAgreeWithEquality(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		one, other := values().Draw(rt, "one"), values().Draw(rt, "other")
		equal := same(one, other)
		if (identity(one) == identity(other)) != equal {
			rt.Fatalf("%#v and %#v: equal is %v, but they are identified by %s and %s", one, other, equal, identity(one), identity(other))
		}
		for _, call := range []string{`differences(rows, facts.rows)`, `differences(rows, facts.rows, "a")`, `differences(rows, facts.rows, ["a", "b"])`} {
			if result := differ(t, call, []any{one, other}, []any{other, other}); result["same"] != equal {
				rt.Fatalf("%s of %#v and %#v: %v", call, one, other, result)
			}
		}
	})
}
