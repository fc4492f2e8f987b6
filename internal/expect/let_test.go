package expect

import (
	"testing"

	"endstate/labs"
)

var lets = []Let{
	{"names", "rows.map(r,\n  r.name)"},
	{"first", "names[0]"},
	{"absent", "rows[9].name"},
}

// Expressions and messages may use lets, and lets those above them.
func TestLets(t *testing.T) {
	for source, want := range map[string]bool{
		`first == "orders" && names.size() == 1`: true,
		`first == "items"`:                       false,
		`rows[0].name == "orders"`:               true, // a let that is not used is not evaluated
		`rows.all(absent, absent.rows == 3)`:     true, // nor one that a macro hides
		`absent == "orders"`:                     false,
		`{"first": 1}.first == 1`:                true,
	} {
		expression, err := Compile(source, "rows", lets...)
		if err != nil {
			t.Fatalf("%s: %v", source, err)
		}
		if got, err := expression.Holds(bindings()); err != nil || got != want {
			t.Errorf("%s: got %v, %v; want %v", source, got, err, want)
		}
	}
	text, err := ParseText("It has ${names}, first ${first}.", "rows", lets...)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := text.Text(bindings()); err != nil || got != "It has orders, first orders." {
		t.Errorf("got %q, %v", got, err)
	}
	if value, err := lets[1].Compile("rows", lets[0]); err != nil {
		t.Error(err)
	} else if got, err := value.value(bindings()); err != nil || got != "orders" {
		t.Errorf("got %v, %v", got, err)
	}
	if _, err := lets[0].Compile("rows", lets[1:]...); err != nil {
		t.Errorf("what is below a let matters to it: %v", err)
	}
}

// Mistakes have their position in the source, whatever lets it uses.
func TestLetsKeepPositions(t *testing.T) {
	_, err := Compile("first == nams[0]", "rows", lets...)
	if mistake, ok := err.(*Error); !ok || mistake.Line != 1 || mistake.Column != 10 {
		t.Errorf("got %#v", err)
	}
	_, err = ParseText("one\ntwo ${first == nams[0]}", "rows", lets...)
	if mistake, ok := err.(*Error); !ok || mistake.Line != 2 || mistake.Column != 16 {
		t.Errorf("got %#v", err)
	}
	scope := Scope{Shapes: map[string]*labs.Shape{"rows": labs.ListOf(labs.RecordOf(map[string]*labs.Shape{"nome": labs.Text}))}}
	expression, err := Compile(`first == "" && rows[0].m == 1`, "rows", lets...)
	if err != nil {
		t.Fatal(err)
	}
	wrong := expression.Fit(scope)
	if len(wrong) != 1 || wrong[0].Line != 1 || wrong[0].Column != 23 || wrong[0].Message != "no key `m`; there is `nome`" {
		t.Errorf("got %v", wrong)
	}
}

func TestLetsHaveNames(t *testing.T) {
	for text, want := range map[string]bool{"names": true, "first_name": true, "n2": true, "": false, "Names": false, "2n": false, "a b": false, "a-b": false} {
		if IsName(text) != want {
			t.Errorf("IsName(%q) = %v", text, !want)
		}
	}
}
