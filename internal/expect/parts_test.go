package expect

import (
	"fmt"
	"strings"
	"testing"

	"endstate/labs"
)

// An expectation is taken apart into the expressions that have a value of their own.
func TestParts(t *testing.T) {
	bindings := labs.Bindings{
		"params": map[string]any{"branch": "main"},
		"facts":  map[string]any{"rows": []any{map[string]any{"id": int64(1)}, map[string]any{"id": int64(2)}}},
		"rows":   []any{map[string]any{"id": int64(1)}},
		"id":     "back",
	}
	for _, test := range []struct {
		source string
		want   []string
	}{
		{`rows == facts.rows`, []string{`rows == facts.rows → false`, ` facts.rows → [map[id:1] map[id:2]]`}},
		{`rows.size() > 0 && rows.all(r, r.id > 0)`, []string{
			`rows.size() > 0 && rows.all(r, r.id > 0) → true`, ` rows.size() > 0 → true`, `  rows.size() → 1`, ` rows.all(r, r.id > 0) → true`,
		}},
		{`facts.rows.filter(r, !(r in rows)).map(r, r.id) == []`, []string{
			`facts.rows.filter(r, !(r in rows)).map(r, r.id) == [] → false`,
			` facts.rows.filter(r, !(r in rows)).map(r, r.id) → [2]`, `  facts.rows.filter(r, !(r in rows)) → [map[id:2]]`,
			`   facts.rows → [map[id:1] map[id:2]]`, ` [] → []`,
		}},
		{`cel.bind(n, rows.size(), n > 1 || n * 2 == 2)`, []string{
			`cel.bind(n, rows.size(), n > 1 || n * 2 == 2) → true`, ` rows.size() → 1`, ` n > 1 || n * 2 == 2 → true`,
			`  n > 1 → false`, `  n * 2 == 2 → true`, `   n * 2 → 2`,
		}},
		{`rows[0].name == "x" || has(facts.other)`, []string{
			`rows[0].name == "x" || has(facts.other) → no key ` + "`name`; there is `id`", ` rows[0].name == "x" → no key ` + "`name`; there is `id`",
			`  rows[0].name → no key ` + "`name`; there is `id`", ` has(facts.other) → false`,
		}},
	} {
		expression, err := Compile(test.source, "rows")
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, part := range expression.Parts(bindings) {
			value := part.Problem
			if value == "" {
				value = fmt.Sprint(part.Value)
			}
			got = append(got, strings.Repeat(" ", part.Depth)+part.Expression+" → "+value)
		}
		if strings.Join(got, "\n") != strings.Join(test.want, "\n") {
			t.Errorf("%s: got\n%s\nwant\n%s", test.source, strings.Join(got, "\n"), strings.Join(test.want, "\n"))
		}
		if expression.Source() != test.source {
			t.Errorf("the source is %q", expression.Source())
		}
	}
}
