package labs

import (
	"encoding/json"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// Facts are decoded with the values and types with which they were measured.
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

// The forms found in older snapshots can still be decoded.
func TestDecodeRecordOfAnOlderSnapshot(t *testing.T) {
	record, err := DecodeRecord(`{"facts": {"at": {"$time": "2026-02-28T23:59:59.5Z"}, "n": {"$int": "-1"}}, "secret": "s"}`)
	want := Record{Secret: "s", Facts: map[string]any{"at": time.Date(2026, 2, 28, 23, 59, 59, 500_000_000, time.UTC), "n": int64(-1)}}
	if diff := cmp.Diff(want, record); err != nil || diff != "" {
		t.Errorf("record (-want +got), %v:\n%s", err, diff)
	}
}

type odd [3]byte

func TestNormal(t *testing.T) {
	type words []string
	var none *int
	number := 7
	now := time.Now()
	for _, c := range []struct{ value, want any }{
		{none, nil},
		{&number, int64(7)},
		{[]byte(nil), nil},
		{[]byte{}, []byte{}},
		{odd{1, 2, 3}, []byte{1, 2, 3}},
		{words(nil), []any{}},
		{words{"a"}, []any{"a"}},
		{map[string]int(nil), map[string]any{}},
		{uint64(math.MaxUint64), uint64(math.MaxUint64)},
		{uint64(1), int64(1)},
		{int8(-1), int64(-1)},
		{float32(0.5), 0.5},
		{json.RawMessage("{}"), []byte("{}")},
		{now.In(time.FixedZone("far", 14*3600)), now.Round(0).UTC()},
	} {
		got, err := Normal(c.value)
		if diff := cmp.Diff(c.want, got); err != nil || diff != "" {
			t.Errorf("Normal(%#v): %v (-want +got)\n%s", c.value, err, diff)
		}
	}
	around := map[string]any{}
	around["itself"] = around
	for _, value := range []any{around, struct{}{}, map[int]string{1: "a"}, make(chan int), []any{complex(1, 1)}} {
		if got, err := Normal(value); err == nil {
			t.Errorf("Normal(%T) = %v, want an error", value, got)
		}
	}
}

func TestDecodeRecordRefuses(t *testing.T) {
	for _, text := range []string{
		"", "x", `[]`, `{"facts": 1}`, `{"facts": {"$int": "1"}}`, `{"facts": {"a": {"$int": 1}}}`, `{"facts": {"a": {"$int": "x"}}}`,
		`{"facts": {"a": {"$time": "yesterday"}}}`, `{"facts": {"a": {"$bytes": "%"}}}`, `{"facts": {"a": {"$who": "x"}}}`,
		`{"facts": {"a": {"$unix": "now"}}}`, `{"facts": {"a": {"$text": "%"}}}`, `{"facts": {"a": {"$pairs": ["x"]}}}`, `{"facts": {"a": {"$pairs": [[1, 2]]}}}`,
	} {
		if record, err := DecodeRecord(text); err == nil {
			t.Errorf("DecodeRecord(%s) = %v, want an error", text, record)
		}
	}
}
