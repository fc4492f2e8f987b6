package valuetest

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// Whatever a look observes is read back identical from a fact, and equals it in an
// expectation.
func TestFactsAreAsObserved(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { Same(t, Values().Draw(t, "value")) })
}

func TestFactsOfOddValues(t *testing.T) {
	for _, value := range []any{
		time.Date(10000, 1, 1, 0, 0, 0, 1, time.UTC), time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(-4712, 1, 1, 0, 0, 0, 0, time.UTC),
		time.Time{},
		map[string]any{"\xff": "\xfe", "$int": "1"},
		map[string]any{"$pairs": []any{}},
		map[string]any{"$text": "QQ=="},
		"Müller\xe9",
		[]any{},
		map[string]any{},
		[]any{nil},
		"",
	} {
		Same(t, value)
	}
}

// Different values are not equal in an expectation.
func TestDifferentValuesDiffer(t *testing.T) {
	pairs := [][2]any{
		{"a", []byte("a")},
		{"\xff", "\ufffd"},
		{"1", int64(1)},
		{int64(1), 1.5},
		{int64(1<<53 + 1), int64(1 << 53)},
		{int64(0), nil},
		{"", nil},
		{[]byte{}, nil},
		{[]any{}, map[string]any{}},
		{true, int64(1)},
		{map[string]any{"a": nil}, map[string]any{}},
		{[]any{nil}, []any{}},
		{time.Unix(0, 0).UTC(), "1970-01-01T00:00:00Z"},
		{time.Unix(0, 1).UTC(), time.Unix(0, 0).UTC()},
		{map[string]any{"\xff": int64(1)}, map[string]any{"\xfe": int64(1)}},
	}
	for _, pair := range pairs {
		fact, _ := RoundTrip(t, pair[0])
		if _, value := RoundTrip(t, pair[1]); Equal(t, value, fact) {
			t.Errorf("%#v equals %#v", pair[0], pair[1])
		}
	}
}

var _ T = (*rapid.T)(nil)
