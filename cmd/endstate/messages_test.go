package main

import (
	"slices"
	"strings"
	"testing"

	"endstate/internal/scenario"
	"endstate/labs"
	"endstate/labs/all"
	"endstate/scenarios"
)

// assertionOf returns a check or a guard of a scenario, and its params.
func assertionOf(t *testing.T, name, id string) (labs.Assertion, map[string]any) {
	t.Helper()
	v, err := scenario.New(all.Probes(), nil, scenario.Root{Files: scenarios.Files}).Variant(name, 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, check := range v.Checks {
		if check.ID == id {
			return check.Assertion, v.Params
		}
	}
	at := slices.IndexFunc(v.Guards, func(g labs.Guard) bool { return g.ID == id })
	if at < 0 {
		t.Fatalf("%s has no %s", name, id)
	}
	return v.Guards[at].Assertion, v.Params
}

func document(fields ...any) map[string]any {
	doc := map[string]any{}
	for i := 0; i < len(fields); i += 2 {
		doc[fields[i].(string)] = fields[i+1]
	}
	return doc
}

func found(docs ...any) map[string]any { return document("docs", docs, "hidden", []any{}) }

// index returns an index as listIndexes describes it.
func index(name string, more ...any) func(key ...any) map[string]any {
	return func(key ...any) map[string]any {
		doc := document(append([]any{"name", name, "key", key}, more...)...)
		return doc
	}
}

// Messages name the actual mistake: a wrong type, an index that exists but can't be used,
// documents that were recreated.
func TestMessagesOfMongoDB(t *testing.T) {
	decimal := func(text string) any { return document("decimal", text) }
	anew := document("objectId", "65a000000000000000000001")
	for _, c := range []struct {
		name, scenario, id string
		found, fact        map[string]any
		want               []string
	}{
		{
			"a double for a decimal", "mongodb-find-and-shape", "q4",
			found(document("number", int64(1), "total", 12.5)), found(document("number", int64(1), "total", decimal("12.5"))),
			[]string{"`total` is a double, but should be a decimal"},
		},
		{
			"a string for a decimal", "mongodb-aggregate", "q1",
			found(document("month", "2024-01", "revenue", "12.5")), found(document("month", "2024-01", "revenue", decimal("12.5"))),
			[]string{"`revenue` is a string, but should be a decimal"},
		},
		{
			"a converted double", "mongodb-clean-and-convert", "amounts",
			found(document("_id", int64(1), "amount", 9.99)), found(document("_id", int64(1), "amount", decimal("9.99"))),
			[]string{"1 of 1", "`amount` is a double, but should be a decimal"},
		},
		{
			"a double's price", "mongodb-update-in-place", "prices",
			found(document("_id", int64(1), "price", 45.6)), found(document("_id", int64(1), "price", decimal("45.6"))),
			[]string{"`price` is a double, but should be a decimal"},
		},
		{
			"recreated suppliers", "mongodb-update-in-place", "suppliers",
			found(document("_id", anew, "code", "ACM")), document("docs", []any{}, "hidden", []any{document("_id", int64(1), "code", "ACM")}),
			[]string{"Changed: ACM.", "its `_id` is a new one"},
		},
		{
			"a supplier without a code", "mongodb-update-in-place", "suppliers",
			found(document("_id", anew)), document("docs", []any{}, "hidden", []any{document("_id", int64(1), "code", "ACM")}),
			[]string{`New: {"_id": {"objectId": "65a000000000000000000001"}}.`},
		},
		{
			"a long for an int", "mongodb-validate", "amounts",
			found(document("_id", int64(1), "price", decimal("5"), "persons", document("long", int64(2)))),
			found(document("_id", int64(1), "price", decimal("5"), "persons", int64(2))),
			[]string{"`persons` is a long, but should be an int"},
		},
		{
			"recreated bookings", "mongodb-validate", "amounts",
			found(document("_id", anew, "price", decimal("5"), "persons", int64(2))), found(document("_id", int64(1), "price", decimal("5"), "persons", int64(2))),
			[]string{"1 are missing", "its `_id` is a new one"},
		},
		{
			"harm that can't be undone", "mongodb-validate", "guests-kept",
			found(document("collection", "guests", "documents", int64(0), "digest", "")), found(document("collection", "guests", "documents", int64(9), "digest", "x")),
			[]string{"`reset` restarts the exercise"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, params := assertionOf(t, c.scenario, c.id)
			fact := c.id
			if c.scenario == "mongodb-validate" && c.id == "amounts" {
				fact = "right"
			}
			tells(t, a, labs.Bindings{"params": params, "facts": map[string]any{fact: c.fact}, "id": c.id, "found": c.found}, c.want...)
		})
	}
}

// tells fails the test unless an assertion does not hold and its message contains the words.
func tells(t *testing.T, a labs.Assertion, bindings labs.Bindings, words ...string) {
	t.Helper()
	if holds, err := a.Expect.Holds(bindings); holds || err != nil {
		t.Errorf("holds = %v, %v", holds, err)
	}
	text, err := a.Otherwise.Text(bindings)
	if err != nil {
		t.Errorf("the message can't be rendered: %v", err)
	}
	for _, word := range words {
		if !strings.Contains(text, word) {
			t.Errorf("the message is %q, without %q", text, word)
		}
	}
}

// The message says so if an index would serve a query but can't be used.
func TestIndexesThatCanNotBeUsed(t *testing.T) {
	a, params := assertionOf(t, "mongodb-indexes", "queries-1-2")
	query := params["prefix"].(map[string]any)["queries"].([]any)[0].(map[string]any)
	var key []any
	for _, role := range query["equal"].([]any) {
		key = append(key, document("field", params[role.(string)], "order", int64(1)))
	}
	for _, one := range query["sort"].([]any) {
		by := one.(map[string]any)
		key = append(key, document("field", params[by["by"].(string)], "order", by["order"]))
	}
	for _, role := range query["range"].([]any) {
		key = append(key, document("field", params[role.(string)], "order", int64(1)))
	}
	for want, more := range map[string][]any{
		"`mine` could serve query 1, but it is hidden":                       {"hidden", true},
		"`mine` could serve query 1, but it holds only a part of the orders": {"partialFilterExpression", document("a", int64(1))},
		"`mine` could serve query 1, but it sorts and compares":              {"collation", document("locale", "de")},
	} {
		tells(t, a, labs.Bindings{"params": params, "facts": map[string]any{}, "id": a.ID, "found": found(index("mine", more...)(key...))}, want)
	}
	tells(t, a, labs.Bindings{"params": params, "facts": map[string]any{}, "id": a.ID, "found": found()}, "Not served by an index: query 1, query 2. For each")
}
