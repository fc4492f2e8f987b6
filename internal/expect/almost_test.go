package expect

import (
	"testing"
	"time"
)

func TestAlmost(t *testing.T) {
	decimal := func(text string) map[string]any { return map[string]any{"decimal": text} }
	line := func(n int64, total any) map[string]any { return map[string]any{"number": n, "total": total} }
	of := func(id, name any) map[string]any { return map[string]any{"_id": id, "name": name} }
	day := time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		found, right []any
		want         string
	}{
		"nothing":            {[]any{}, []any{line(1, "x")}, ""},
		"right":              {[]any{line(1, decimal("1.5"))}, []any{line(1, decimal("1.5"))}, ""},
		"a double":           {[]any{line(1, 1.5)}, []any{line(2, decimal("7")), line(1, decimal("1.5"))}, "`total` is a double, but should be a decimal"},
		"a double's sum":     {[]any{line(1, 0.1+0.2)}, []any{line(1, decimal("0.3"))}, "`total` is a double, but should be a decimal"},
		"a string":           {[]any{line(1, "1.50")}, []any{line(1, decimal("1.5"))}, "`total` is a string, but should be a decimal"},
		"a long":             {[]any{line(1, map[string]any{"long": int64(3)})}, []any{line(1, int64(3))}, "`total` is a long, but should be an int"},
		"a date's text":      {[]any{line(1, "2024-02-29")}, []any{line(1, day)}, "`total` is a string, but should be a date"},
		"another value":      {[]any{line(1, 2.5)}, []any{line(1, decimal("1.5"))}, ""},
		"another number":     {[]any{line(1, int64(2))}, []any{line(1, int64(1))}, ""},
		"more fields":        {[]any{map[string]any{"number": int64(1), "total": 1.5, "_id": int64(1)}}, []any{line(1, decimal("1.5"))}, ""},
		"a new _id":          {[]any{of(map[string]any{"objectId": "ff"}, "a")}, []any{of(int64(1), "a")}, "its `_id` is a new one"},
		"the _id of another": {[]any{of(int64(2), "a")}, []any{of(int64(1), "a"), of(int64(2), "b")}, ""},
		"an _id as a string": {[]any{of("1", "a")}, []any{of(int64(1), "a")}, "`_id` is a string, but should be an int"},
		"both":               {[]any{map[string]any{"a": "1", "b": 2.0}}, []any{map[string]any{"a": int64(1), "b": decimal("2")}}, "`a` is a string, but should be an int, and `b` is a double, but should be a decimal"},
		"a document":         {[]any{line(1, map[string]any{"of": "x"})}, []any{line(1, "x")}, ""},
		"null":               {[]any{line(1, nil)}, []any{line(1, "x")}, ""},
		"not a list of maps": {[]any{int64(1)}, []any{line(1, "x")}, ""},
	} {
		text, err := ParseText("${almost(rows, facts.rows)}", "rows")
		if err != nil {
			t.Fatal(err)
		}
		got, err := text.Text(map[string]any{"params": map[string]any{}, "facts": map[string]any{"rows": c.right}, "rows": c.found})
		if err != nil || got != c.want {
			t.Errorf("%s: got %q, %v; want %q", name, got, err, c.want)
		}
	}
}
