package expect

import (
	"strings"
	"testing"

	"endstate/labs"
)

var tables = labs.ListOf(labs.RecordOf(map[string]*labs.Shape{"name": labs.Text, "rows": labs.Whole, "at": labs.Moment, "more": nil}))

var scope = Scope{ID: "tables", Shapes: map[string]*labs.Shape{
	"rows":   tables,
	"keys":   labs.MapOf(labs.RecordOf(map[string]*labs.Shape{"type": labs.Text, "expires": labs.Moment})),
	"params": labs.RecordOf(map[string]*labs.Shape{"count": nil}),
	"facts":  labs.RecordOf(map[string]*labs.Shape{"tables": tables, "alike": labs.Alike(), "any": nil}),
}}

func TestFit(t *testing.T) {
	const columns = "no key `m`; there are `at`, `more`, `name`, `rows`"
	for source, want := range map[string]string{
		`rows[0].m == 1`:                                        columns,
		`rows.exists(r, r.m == 1)`:                              columns,
		`rows.filter(r, r.rows > 1).map(r, r.m) == []`:          columns,
		`rows.map(r, {"n": r.name})[0].m == "x"`:                "no key `m`; there is `n`",
		`has(rows[0].m)`:                                        columns,
		`rows[0]["m"] == 1`:                                     columns,
		`rows[?0].orValue({}) == {} || rows[0][?"m"] == 1`:      columns,
		`cel.bind(all, rows.slice(0, 1), all[0].m == 1)`:        columns,
		`(rows.size() > 1 ? rows : facts.tables)[0].m == 1`:     columns,
		`(rows + facts.tables).all(r, r.m == 1)`:                columns,
		`facts[id].all(i, r, r.m == 1)`:                         columns,
		`rows.sortBy(r, r.name)[0].m == 1`:                      columns,
		`facts.missing == rows`:                                 "no key `missing`; there are `alike`, `any`, `tables`",
		`params.cuont == 1`:                                     "no key `cuont`; there is `count`",
		`keys["a"].expiers > timestamp("2026-01-01T00:00:00Z")`: "no key `expiers`; there are `expires`, `type`",
		`keys.all(k, keys[k].expiers == null)`:                  "no key `expiers`; there are `expires`, `type`",
		`keys.transformList(k, v, v.typ).size() == 0`:           "no key `typ`; there are `expires`, `type`",
		`rows.name == "x"`:                                      "a list has no key `name`",
		`rows[0].name.first == "x"`:                             "a string has no key `first`",
		`rows[0].rows == "3"`:                                   "a whole number is compared with a string: they are never equal",
		`rows[0] != ["x"]`:                                      "a record is compared with a list: they are never equal",
		`rows[0].at == "2026-01-01"`:                            "a timestamp is compared with a string: they are never equal",
		// Valid expressions.
		`rows[0].rows == 3.0 && rows[0].more.any.thing == 1`: "",
		`keys.any.type == "list" && "x" in keys`:             "",
		`facts.alike[0].whatever == 1`:                       "",
		`rows == facts.tables && rows[0] == {"name": "x"}`:   "",
		`rows.map(r, r.name).sort().join(", ") == "a, b"`:    "",
		`[].all(x, x.y == 1)`:                                "",
		`cel.bind(by, rows.transformMapEntry(i, r, {r.name: r}), by["x"].rows == 1 && by["y"][?"rows"].orValue(2) == 2)`: "",
		`dyn(rows)[0].m == 1`: "",
		`rows.all(r, r.more == (r.rows > 1 ? dyn(true) : dyn("x")))`: "",
	} {
		expression, err := Compile(source, strings.TrimSpace(map[bool]string{true: "keys", false: "rows"}[strings.Contains(source, "keys")]))
		if err != nil {
			t.Errorf("%s: %v", source, err)
			continue
		}
		var got []string
		for _, one := range expression.Fit(scope) {
			got = append(got, one.Message)
		}
		if strings.Join(got, "; ") != want {
			t.Errorf("%s:\n got %s\nwant %s", source, strings.Join(got, "; "), want)
		}
	}
}

// A mistake in a text has the position of its expression.
func TestFitOfText(t *testing.T) {
	text, err := ParseText("first\nand ${size(rows)} of ${rows[0].m}", "rows")
	if err != nil {
		t.Fatal(err)
	}
	wrong := text.Fit(scope)
	if len(wrong) != 1 || wrong[0].Line != 2 || wrong[0].Column < 21 {
		t.Errorf("got %+v", wrong)
	}
}

// The first row shows the columns, so a proof finds a misspelt one even in a part of the
// expectation that is never evaluated.
func TestExamineUsesActualValues(t *testing.T) {
	expression, err := Compile(`rows.size() == 1 || rows[0].m == 2`, "rows")
	if err != nil {
		t.Fatal(err)
	}
	if wrong := expression.Fit(Scope{Shapes: map[string]*labs.Shape{"rows": labs.Alike()}}); len(wrong) > 0 {
		t.Errorf("without a row: %v", wrong[0])
	}
	rows := []any{map[string]any{"n": int64(1), "addresses": "x"}}
	mistakes, _ := expression.Examine(labs.Bindings{"params": map[string]any{}, "facts": map[string]any{}, "rows": rows})
	if len(mistakes) != 1 || mistakes[0] != "no key `m`; there are `addresses`, `n`" {
		t.Errorf("got %q", mistakes)
	}
	if mistakes, _ := expression.Examine(labs.Bindings{"params": map[string]any{}, "facts": map[string]any{}, "rows": []any{}}); len(mistakes) > 0 {
		t.Errorf("without rows: %q", mistakes)
	}
}
