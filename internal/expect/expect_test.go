package expect

import (
	"errors"
	"math"
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
		t.Error("a string was accepted as a condition")
	}
}

// An expectation that can't handle its values does not hold, and gives a reason.
func TestUnfit(t *testing.T) {
	for source, reason := range map[string]string{
		`rows[0].name`:              "not true or false",
		`rows[0].name < 3`:          "overload",
		`int(rows[0].name) > 0`:     "conver",
		`rows[0].name.first == "x"`: "a string has no key `first`",
		`rows["name"] == 1`:         "a list has no key `name`",
		`rows[0].rows / 0 == 1`:     "zero",
		`rows.slice(0, 9) == []`:    "slice",
	} {
		expression, err := Compile(source, "rows")
		if err != nil {
			t.Fatal(err)
		}
		holds, err := expression.Holds(bindings())
		var unfit *labs.Unfit
		if holds || !errors.As(err, &unfit) || !strings.Contains(unfit.Reason, reason) {
			t.Errorf("%s: got %v, %v; want the reason %q", source, holds, err, reason)
		}
	}
}

func TestWhatIsAbsentDoesNotHold(t *testing.T) {
	for source, note := range map[string]string{
		`rows[7].name == "x"`:            "no item 7; the list has 1",
		`rows[0].nothing == 1`:           "no key `nothing`; there are `at`, `name`, `none`, `rows`",
		`rows[0]["no" + "thing"] == 1`:   "no key `nothing`; there are `at`, `name`, `none`, `rows`",
		`facts.none.rows == 1`:           "no key `none`; there is `tables`",
		`rows[0].none.deeper == 1`:       "no key `deeper` in null",
		`rows.exists(r, r.nothing == 1)`: "no key `nothing`; there are `at`, `name`, `none`, `rows`",
	} {
		expression, err := Compile(source, "rows")
		if err != nil {
			t.Fatal(err)
		}
		if holds, err := expression.Holds(bindings()); err != nil || holds {
			t.Errorf("%s: got %v, %v", source, holds, err)
		}
		if _, got := expression.Examine(bindings()); len(got) != 1 || got[0] != note {
			t.Errorf("%s: notes %q, want %q", source, got, note)
		}
	}
}

// Comparing different types gives a note for the author.
func TestExamineTellsOfTypes(t *testing.T) {
	for source, want := range map[string]string{
		`rows[0].rows == "3"`:                "a whole number was compared with a string",
		`rows[0].name != b"orders"`:          "a string was compared with a byte string",
		`rows.all(r, r.at == "2025-01-02")`:  "a timestamp was compared with a string",
		`rows[0] == ["orders"]`:              "a map was compared with a list",
		`rows[0].rows == 3.0 && rows != [3]`: "",
		`rows[0].none == "x"`:                "",
	} {
		expression, err := Compile(source, "rows")
		if err != nil {
			t.Fatal(err)
		}
		if _, notes := expression.Examine(bindings()); strings.Join(notes, "; ") != want {
			t.Errorf("%s: notes %q, want %q", source, notes, want)
		}
	}
}

func TestNotANumberEqualsItself(t *testing.T) {
	values := func() any {
		return []any{map[string]any{"n": math.NaN(), "list": []any{math.NaN(), math.Inf(1)}}}
	}
	for source, want := range map[string]bool{
		`rows == facts.rows`:                true,
		`rows[0].n == facts.rows[0].n`:      true,
		`rows[0] in facts.rows`:             true,
		`rows.all(r, r.n != 1.0)`:           true,
		`rows[0].list[1] == rows[0].n`:      false,
		`sets.equivalent(rows, facts.rows)`: true,
		`rows[0].n == double("NaN")`:        true,
	} {
		expression, err := Compile(source, "rows")
		if err != nil {
			t.Fatal(err)
		}
		holds, err := expression.Holds(labs.Bindings{"params": map[string]any{}, "facts": map[string]any{"rows": values()}, "rows": values()})
		if err != nil || holds != want {
			t.Errorf("%s: got %v, %v; want %v", source, holds, err, want)
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
	var unfit *labs.Unfit
	holds, err := expression.Holds(labs.Bindings{"params": map[string]any{}, "facts": map[string]any{}, "rows": list})
	if holds || !errors.As(err, &unfit) || unfit.Reason != "there is too much to evaluate" {
		t.Errorf("27 billion steps gave %v, %v", holds, err)
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
