package labs

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// Facts come back from a label as they were measured, types and all.
func TestRecord(t *testing.T) {
	record := Record{Secret: "s3cret", Facts: map[string]any{
		"ints":  []any{int64(0), int64(math.MinInt64), int64(math.MaxInt64), uint64(math.MaxUint64)},
		"float": []any{1.0, 0.1, math.Inf(1), 1e300},
		"texts": []any{"", "日本語 🎉", "$int", nil, true},
		"bytes": []byte{0, 255, 10},
		"time":  time.Date(2026, 2, 28, 23, 59, 59, 999_000_001, time.UTC),
		"odd":   map[string]any{"$int": "not a tag", "plain": map[string]any{}},
		"one":   map[string]any{"$map": map[string]any{"$time": int64(1)}},
	}}
	text, err := record.Encode()
	if err != nil {
		t.Fatal(err)
	}
	back, err := DecodeRecord(text)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(record, back); diff != "" {
		t.Errorf("record (-want +got):\n%s", diff)
	}
}

func anyValue() *rapid.Generator[any] {
	leaf := rapid.OneOf(
		rapid.Just[any](nil), rapid.Int64().AsAny(), rapid.String().AsAny(), rapid.Bool().AsAny(), rapid.SliceOfN(rapid.Byte(), 1, 9).AsAny(),
		rapid.Float64().Filter(func(f float64) bool { return !math.IsNaN(f) }).AsAny(),
		rapid.Uint64Min(math.MaxInt64+1).AsAny(),
	)
	key := rapid.OneOf(rapid.StringN(0, 5, -1), rapid.SampledFrom([]string{"$int", "$map", "$bytes", "$", "a"}))
	node := rapid.OneOf(leaf, rapid.SliceOfN(leaf, 0, 4).AsAny(), rapid.MapOfN(key, leaf, 0, 4).AsAny())
	return rapid.OneOf(node, rapid.SliceOfN(node, 0, 4).AsAny(), rapid.MapOfN(key, node, 0, 4).AsAny())
}

func TestRecordOfAnything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value, err := Normal(anyValue().Draw(t, "value"))
		if err != nil {
			t.Fatal(err)
		}
		text, err := Record{Facts: map[string]any{"fact": value}}.Encode()
		if err != nil {
			t.Fatal(err)
		}
		back, err := DecodeRecord(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if diff := cmp.Diff(value, back.Facts["fact"]); diff != "" {
			t.Fatalf("fact (-want +got):\n%s", diff)
		}
	})
}

func TestDecodeRecordRefuses(t *testing.T) {
	for _, text := range []string{
		"", "x", `[]`, `{"facts": 1}`, `{"facts": {"$int": "1"}}`, `{"facts": {"a": {"$int": 1}}}`, `{"facts": {"a": {"$int": "x"}}}`,
		`{"facts": {"a": {"$time": "yesterday"}}}`, `{"facts": {"a": {"$bytes": "%"}}}`, `{"facts": {"a": {"$who": "x"}}}`,
	} {
		if record, err := DecodeRecord(text); err == nil {
			t.Errorf("DecodeRecord(%s) = %v, want an error", text, record)
		}
	}
}
