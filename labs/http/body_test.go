package http

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"endstate/labs"
)

func TestBodiesKeepTheirTypes(t *testing.T) {
	element := func(name, space, text string, attributes map[string]any, children ...any) map[string]any {
		return map[string]any{"name": name, "space": space, "text": text, "attributes": attributes, "children": append([]any{}, children...)}
	}
	none := map[string]any{}
	for name, test := range map[string]struct {
		body, kind string
		want       any // the JSON or the XML
	}{
		"nothing":          {"", "empty", nil},
		"text":             {"hello", "text", nil},
		"bytes":            {"\xff", "bytes", nil},
		"an int":           {"12", "json", int64(12)},
		"a large int":      {"18446744073709551616", "json", map[string]any{"number": "18446744073709551616"}},
		"a double":         {"12.50", "json", 12.5},
		"zeros":            {"1000000000000000000000.0", "json", 1e21},
		"an exponent":      {"1e3", "json", 1000.0},
		"a long decimal":   {"0.1234567890123456789", "json", map[string]any{"number": "0.1234567890123456789"}},
		"beyond a double":  {"1e999", "json", map[string]any{"number": "1e999"}},
		"null":             {"null", "json", nil},
		"nested":           {`[{"a": [1, true, null, "1"]}]`, "json", []any{map[string]any{"a": []any{int64(1), true, nil, "1"}}}},
		"two values":       {"{} {}", "text", nil},
		"cut off":          {`{"a": `, "text", nil},
		"too deep":         {strings.Repeat("[", 300) + strings.Repeat("]", 300), "text", nil},
		"XML":              {`<?xml version="1.0"?><a xmlns="urn:x" b="1"> t <c/>late</a>`, "xml", element("a", "urn:x", "t", map[string]any{"xmlns": "urn:x", "b": "1"}, element("c", "urn:x", "", none))},
		"two roots":        {"<a/><b/>", "text", nil},
		"an open element":  {"<a>", "text", nil},
		"an entity":        {`<!DOCTYPE a [<!ENTITY b "x">]><a>&b;</a>`, "text", nil},
		"deep XML":         {strings.Repeat("<a>", 300) + strings.Repeat("</a>", 300), "text", nil},
		"many elements":    {"<a>" + strings.Repeat("<b/>", maxElements) + "</a>", "text", nil},
		"text in pieces":   {"<a>x<!-- -->y<![CDATA[<z>]]></a>", "xml", element("a", "", "xy<z>", none)},
		"HTML without end": {"<html><br><p>x</html>", "text", nil},
	} {
		t.Run(name, func(t *testing.T) {
			answer := map[string]any{"kind": "empty", "json": nil, "xml": nil}
			if test.body != "" {
				describeBody(answer, []byte(test.body))
			}
			got, err := labs.Normal(answer["json"])
			if answer["kind"] == "xml" {
				got, err = labs.Normal(answer["xml"])
			}
			if diff := cmp.Diff(test.want, got); diff != "" || answer["kind"] != test.kind || err != nil {
				t.Errorf("%s, %v: %s", answer["kind"], err, diff)
			}
		})
	}
}

// Whatever a body holds, its observation is one that expectations can use.
func FuzzBody(f *testing.F) {
	for _, seed := range []string{"", "1", `{"a": [1.5, null]}`, "<a b='c'>d<e/></a>", "\xff", "[[[["} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		answer := map[string]any{}
		describeBody(answer, body)
		for _, name := range []string{"json", "xml"} {
			if _, err := labs.Normal(answer[name]); err != nil {
				t.Errorf("%s of %q: %v", name, body, err)
			}
		}
		if answer["kind"] != "bytes" && answer["body"] != string(body) {
			t.Errorf("the body of %q is %v", body, fmt.Sprint(answer["body"]))
		}
	})
}
