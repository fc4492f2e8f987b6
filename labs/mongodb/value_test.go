package mongodb

import (
	"math"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"pgregory.net/rapid"

	"endstate/internal/valuetest"
)

func decimal(text string) bson.Decimal128 {
	d, err := bson.ParseDecimal128(text)
	if err != nil {
		panic(err)
	}
	return d
}

// odd has a value of every BSON type, and values at the limits of types.
var odd = []any{
	nil, true, false, "", "a", "\x00", int32(math.MinInt32), int32(1), int64(math.MaxInt64), int64(1<<53 + 1), 0.0, 1.5,
	math.NaN(), math.Inf(1), math.Inf(-1), math.SmallestNonzeroFloat64,
	decimal("1.5"), decimal("NaN"), decimal("-Infinity"), decimal("Infinity"), decimal("0"), decimal("1E+6144"), decimal("9.999999999999999999999999999999999E+6144"),
	decimal("1E-6176"), decimal("1234567890123456789012345678901234"), decimal("-0.001"),
	bson.ObjectID{1, 2, 3},
	bson.DateTime(0), bson.DateTime(math.MaxInt64), bson.DateTime(math.MinInt64), bson.NewDateTimeFromTime(time.Date(12026, 1, 1, 0, 0, 0, 0, time.UTC)),
	bson.Binary{Data: []byte("a")},
	bson.Binary{Data: []byte{}},
	bson.Binary{Subtype: 4, Data: make([]byte, 16)},
	bson.Binary{Data: make([]byte, 16)},
	bson.Binary{Subtype: 0x80, Data: []byte("a")},
	bson.Regex{Pattern: "^a", Options: "i"},
	bson.Regex{Pattern: "^a"},
	bson.JavaScript("a"),
	bson.CodeWithScope{Code: "a", Scope: bson.D{}},
	bson.CodeWithScope{Code: "a", Scope: bson.D{{Key: "b", Value: int32(1)}}},
	bson.Symbol("a"),
	bson.Timestamp{T: 1, I: 2},
	bson.Timestamp{T: 1, I: 3},
	bson.MinKey{},
	bson.MaxKey{},
	bson.Undefined{},
	bson.DBPointer{DB: "a", Pointer: bson.ObjectID{1}},
	bson.D{},
	bson.A{},
	bson.A{nil},
	bson.D{{Key: "a", Value: nil}},
	bson.D{{Key: "$a", Value: int32(2)}},
	bson.D{{Key: "a", Value: int32(2)}, {Key: "a", Value: int32(3)}},
	bson.D{{Key: "a", Value: int32(3)}},
	// Documents that look like values of other types.
	bson.D{{Key: "decimal", Value: "1.5"}},
	bson.D{{Key: "undefined", Value: true}},
	bson.D{{Key: "key", Value: "least"}},
	bson.D{{Key: "binary", Value: bson.Binary{Data: []byte("a")}}, {Key: "subtype", Value: int64(0x80)}},
	bson.D{{Key: "embedded", Value: bson.D{{Key: "decimal", Value: "1.5"}}}},
	bson.D{{Key: "long", Value: int64(1)}},
	bson.D{{Key: "fields", Value: bson.A{bson.A{"a", int32(2)}, bson.A{"a", int32(3)}}}},
}

// stored returns a value as the server would return it.
func stored(t valuetest.T, v any) any {
	t.Helper()
	data, err := bson.Marshal(bson.D{{Key: "v", Value: v}})
	if err != nil {
		t.Fatalf("marshal %#v: %v", v, err)
	}
	var back bson.D
	if err := bson.Unmarshal(data, &back); err != nil {
		t.Fatalf("unmarshal %#v: %v", v, err)
	}
	return back[0].Value
}

func bsonValues() *rapid.Generator[any] {
	leaf := rapid.OneOf(
		rapid.SampledFrom(odd), rapid.Int32().AsAny(), rapid.Int64().AsAny(), rapid.Float64().AsAny(), rapid.String().AsAny(),
		rapid.Map(rapid.Int64(), func(n int64) any { return bson.DateTime(n) }),
		rapid.Map(rapid.SliceOfN(rapid.Byte(), 0, 9), func(b []byte) any { return bson.Binary{Subtype: 5, Data: b} }),
	)
	key := rapid.SampledFrom([]string{"a", "b", "decimal", "$date", "long", ""})
	return rapid.Deferred(func() *rapid.Generator[any] {
		field := rapid.Custom(func(t *rapid.T) bson.E { return bson.E{Key: key.Draw(t, "key"), Value: leaf.Draw(t, "value")} })
		return rapid.OneOf(leaf,
			rapid.Map(rapid.SliceOfN(field, 0, 4), func(fields []bson.E) any { return bson.D(fields) }),
			rapid.Map(rapid.SliceOfN(leaf, 0, 4), func(items []any) any { return bson.A(items) }))
	})
}

// A fact returns what was found, whatever its type, and equals it.
func TestFactsOfBSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := stored(t, bsonValues().Draw(t, "value"))
		valuetest.Same(t, valueOf(v, false))
		valuetest.Same(t, valueOf(v, true))
	})
}

// MongoDB considers no two of these the same, and no two of them are equal.
func TestDifferentBSONDiffers(t *testing.T) {
	for i, one := range odd {
		fact, _ := valuetest.RoundTrip(t, valueOf(stored(t, one), true))
		for j, other := range odd {
			_, value := valuetest.RoundTrip(t, valueOf(stored(t, other), true))
			if same := valuetest.Equal(t, value, fact); same != (i == j) {
				t.Errorf("%#v and %#v: equal = %v", one, other, same)
			}
		}
	}
}

// Numbers are distinguished by type only if exact.
func TestNumbersOfBSON(t *testing.T) {
	numbers := []any{int32(1), int64(1), 1.0}
	for i, one := range numbers {
		for j, other := range numbers {
			loose, _ := valuetest.RoundTrip(t, value(one))
			if _, seen := valuetest.RoundTrip(t, value(other)); !valuetest.Equal(t, seen, loose) {
				t.Errorf("%T and %T of 1 differ", one, other)
			}
			exact, _ := valuetest.RoundTrip(t, valueOf(one, true))
			if _, seen := valuetest.RoundTrip(t, valueOf(other, true)); valuetest.Equal(t, seen, exact) != (i == j) {
				t.Errorf("%T and %T of 1, exactly: equal = %v", one, other, i != j)
			}
		}
	}
}

// Decimals that MongoDB considers equal are formatted alike.
func TestShortest(t *testing.T) {
	for text, want := range map[string]string{
		"1.50": "1.5", "1.5": "1.5", "-0": "0", "0E+6000": "0", "0.000": "0", "100": "100", "1E+2": "100", "10E+1": "100", "1E+40": "1E+40",
		"10E+39": "1E+40", "NaN": "NaN", "-NaN": "NaN", "Infinity": "Infinity", "-Infinity": "-Infinity", "-12.3400": "-12.34", "0.10E-6175": "1E-6176",
	} {
		if got := shortest(decimal(text)); got != want {
			t.Errorf("%s is written %s, want %s", text, got, want)
		}
	}
}
