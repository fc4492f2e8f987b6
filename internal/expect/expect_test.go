package expect

import (
	"strings"
	"testing"
	"time"

	"endstate/labs"
)

func bindings() labs.Bindings {
	return labs.Bindings{
		"params": map[string]any{"database": "shop", "count": int64(3)},
		"facts":  map[string]any{"tables": []any{map[string]any{"name": "orders", "rows": int64(3)}}},
		"rows":   []any{map[string]any{"name": "orders", "rows": int64(3), "at": time.Date(2025, 1, 2, 3, 4, 5, 0, time.UTC), "none": nil}},
	}
}

func TestHolds(t *testing.T) {
	for source, want := range map[string]bool{
		`rows == facts.tables`:                                        false,
		`rows.exists(r, r.name == "orders" && r.rows == 3)`:           true,
		`rows[0].rows == 3.0`:                                         true,
		`rows[0].at == timestamp("2025-01-02T03:04:05Z")`:             true,
		`rows[0].none == null`:                                        true,
		`rows.map(r, r.name).join(",") == "orders"`:                   true,
		`sets.equivalent(rows.map(r, r.rows), [params.count])`:        true,
		`cel.bind(r, rows[0], r.name == "orders") && size(rows) == 1`: true,
	} {
		expression, err := Compile(source, "rows")
		if err != nil {
			t.Errorf("%s: %v", source, err)
			continue
		}
		if got, err := expression.Holds(bindings()); err != nil || got != want {
			t.Errorf("%s: got %v, %v; want %v", source, got, err, want)
		}
	}
}

func TestCompileSaysWhere(t *testing.T) {
	_, err := Compile("rows.size() > 0 &&\n  row.size() > 0", "rows")
	mistake, ok := err.(*Error)
	if !ok || mistake.Line != 2 || mistake.Column != 3 || !strings.Contains(mistake.Message, "row") {
		t.Errorf("got %#v", err)
	}
	if _, err := Compile(`"a string"`, "rows"); err == nil {
		t.Error("a string was taken for a condition")
	}
}

func TestEvaluationErrorsAreErrors(t *testing.T) {
	for _, source := range []string{`rows[0].name`, `rows[0].name < 3`, `int(rows[0].name) > 0`} {
		expression, err := Compile(source, "rows")
		if err != nil {
			t.Fatal(err)
		}
		if holds, err := expression.Holds(bindings()); err == nil {
			t.Errorf("%s: no error, and holds = %v", source, holds)
		}
	}
}

func TestWhatIsAbsentDoesNotHold(t *testing.T) {
	for _, source := range []string{`rows[7].name == "x"`, `rows[0].nothing == 1`, `facts.none.rows == 1`} {
		expression, err := Compile(source, "rows")
		if err != nil {
			t.Fatal(err)
		}
		if holds, err := expression.Holds(bindings()); err != nil || holds {
			t.Errorf("%s: got %v, %v", source, holds, err)
		}
	}
}

func TestCostIsBounded(t *testing.T) {
	list := make([]any, 3000)
	for i := range list {
		list[i] = int64(i)
	}
	expression, err := Compile(`rows.all(a, rows.all(b, rows.all(c, a + b + c >= 0)))`, "rows")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := expression.Holds(labs.Bindings{"params": map[string]any{}, "facts": map[string]any{}, "rows": list}); err == nil {
		t.Error("27 billion steps were not cut off")
	}
}

func TestText(t *testing.T) {
	for source, want := range map[string]string{
		"plain":                              "plain",
		"${size(rows)} rows":                 "1 rows",
		"`${rows.map(r, r.name)}` differ":    "`orders` differ",
		"${ {'a': '}'}.a }":                  "}",
		"at ${rows[0].at}, ${rows[0].none}":  "at 2025-01-02 03:04:05, nothing",
		"$5 and $ {x}":                       "$5 and $ {x}",
		"${size(rows) > 5 ? 'many' : 'few'}": "few",
	} {
		text, err := ParseText(source, "rows")
		if err != nil {
			t.Errorf("%s: %v", source, err)
			continue
		}
		if got, err := text.Text(bindings()); err != nil || got != want {
			t.Errorf("%s: got %q, %v; want %q", source, got, err, want)
		}
	}
	var err error
	_, err = ParseText("first line\nand ${rowz}", "rows")
	if mistake, ok := err.(*Error); !ok || mistake.Line != 2 || mistake.Column != 7 {
		t.Errorf("got %#v", err)
	}
	text, err := ParseText("at ${rows[9].at}: ${size(rows)}", "rows")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := text.Text(bindings()); err == nil || got != "at ?: 1" {
		t.Errorf("got %q, %v", got, err)
	}
	if _, err := ParseText("an ${open", "rows"); err == nil {
		t.Error("an open expression was accepted")
	}
}
