// Package valuetest helps to test that values stay the same on their way from a look
// through a snapshot's record into an expectation.
package valuetest

import (
	"math"
	"time"

	"pgregory.net/rapid"

	"endstate/internal/expect"
	"endstate/labs"
)

// T is the part that [testing.T] and [rapid.T] have in common.
type T interface {
	Helper()
	Fatalf(format string, args ...any)
}

// RoundTrip records an observed value as a fact. It returns the fact as read back, and the
// value as expectations see it.
func RoundTrip(t T, observed any) (fact, value any) {
	t.Helper()
	value, err := labs.Normal(observed)
	if err != nil {
		t.Fatalf("convert %#v: %v", observed, err)
	}
	text, err := labs.Record{Facts: map[string]any{"seen": value}}.Encode()
	if err != nil {
		t.Fatalf("record %#v: %v", value, err)
	}
	record, err := labs.DecodeRecord(text)
	if err != nil {
		t.Fatalf("read %s: %v", text, err)
	}
	return record.Facts["seen"], value
}

// Same fails the test unless the fact of an observed value is read back identical and
// equals the value in an expectation.
func Same(t T, observed any) {
	t.Helper()
	fact, value := RoundTrip(t, observed)
	if !identical(fact, value) {
		t.Fatalf("the fact is %#v, but %#v was observed", fact, value)
	}
	if !Equal(t, value, fact) {
		t.Fatalf("in an expectation, %#v does not equal itself", value)
	}
}

// Equal reports whether a value equals a fact in an expectation.
func Equal(t T, value, fact any) bool {
	t.Helper()
	same, err := expect.Compile("seen == facts.seen && [seen] == [facts.seen] && facts.seen in [seen]", "seen")
	if err != nil {
		t.Fatalf("compile: %v", err)
	}
	holds, err := same.Holds(labs.Bindings{"params": map[string]any{}, "facts": map[string]any{"seen": fact}, "seen": value})
	if err != nil {
		t.Fatalf("compare %#v with %#v: %v", value, fact, err)
	}
	return holds
}

// identical reports whether two normalized values have the same types and bits.
func identical(a, b any) bool {
	switch a := a.(type) {
	case float64:
		other, ok := b.(float64)
		return ok && (math.Float64bits(a) == math.Float64bits(other) || math.IsNaN(a) && math.IsNaN(other))
	case time.Time:
		other, ok := b.(time.Time)
		return ok && a.Equal(other) && a.Location() == other.Location()
	case []byte:
		other, ok := b.([]byte)
		return ok && string(a) == string(other)
	case []any:
		other, ok := b.([]any)
		return ok && identicalLists(a, other)
	case map[string]any:
		other, ok := b.(map[string]any)
		return ok && identicalMaps(a, other)
	}
	return a == b
}

func identicalLists(a, b []any) bool {
	for i := range a {
		if i >= len(b) || !identical(a[i], b[i]) {
			return false
		}
	}
	return len(a) == len(b)
}

func identicalMaps(a, b map[string]any) bool {
	for key := range a {
		if other, ok := b[key]; !ok || !identical(a[key], other) {
			return false
		}
	}
	return len(a) == len(b)
}

// Values generates values of every type that a look may observe.
func Values() *rapid.Generator[any] {
	text := rapid.OneOf(rapid.String(), rapid.Map(rapid.SliceOfN(rapid.Byte(), 0, 9), func(b []byte) string { return string(b) }))
	key := rapid.OneOf(text, rapid.SampledFrom([]string{"$int", "$map", "$pairs", "$text", "$", "", "a"}))
	leaf := rapid.OneOf(
		rapid.Just[any](nil), rapid.Bool().AsAny(), text.AsAny(), rapid.SliceOfN(rapid.Byte(), 0, 9).AsAny(), Times().AsAny(),
		rapid.Int64().AsAny(), rapid.Uint64().AsAny(), rapid.Int32().AsAny(), rapid.Float64().AsAny(), rapid.Float32().AsAny(),
		rapid.SampledFrom([]any{
			int64(math.MinInt64), int64(math.MaxInt64), uint64(math.MaxInt64) + 1, uint64(math.MaxUint64), int64(1<<53 + 1),
			math.NaN(), math.Inf(1), math.Inf(-1), math.Copysign(0, -1), math.SmallestNonzeroFloat64, math.MaxFloat64, float64(1 << 53),
			"\xff", "$int", "a\x00b", "\u2028", []string(nil), map[string]int(nil), []byte(nil),
			[4]byte{1},
		}),
	)
	node := rapid.OneOf(leaf, rapid.SliceOfN(leaf, 0, 4).AsAny(), rapid.MapOfN(key, leaf, 0, 4).AsAny())
	return rapid.OneOf(node, rapid.SliceOfN(node, 0, 4).AsAny(), rapid.MapOfN(key, node, 0, 4).AsAny())
}

// Times generates times in any year and any zone.
func Times() *rapid.Generator[time.Time] {
	return rapid.Custom(func(t *rapid.T) time.Time {
		seconds := rapid.OneOf(rapid.Int64Range(-1<<40, 1<<40), rapid.Int64()).Draw(t, "seconds")
		zone := time.FixedZone("there", rapid.IntRange(-14*3600, 14*3600).Draw(t, "zone"))
		return time.Unix(seconds, rapid.Int64Range(0, 999_999_999).Draw(t, "nanoseconds")).In(zone)
	})
}
