package mongodb

import (
	"encoding/hex"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// value turns a BSON value into one that expectations know.
func value(v any) any { return valueOf(v, false) }

// valueOf is value, which tells whole numbers and doubles apart only by their values,
// or exactly: by their types, too.
func valueOf(v any, exact bool) any {
	switch v := v.(type) {
	case int64:
		if exact {
			return map[string]any{"long": v}
		}
		return v
	case float64:
		if exact {
			return map[string]any{"double": v}
		}
		return v
	case bson.D:
		doc := make(map[string]any, len(v))
		for _, field := range v {
			doc[field.Key] = valueOf(field.Value, exact)
		}
		if disguised(doc) {
			return map[string]any{"embedded": doc}
		}
		return doc
	case bson.A:
		list := make([]any, len(v))
		for i := range v {
			list[i] = valueOf(v[i], exact)
		}
		return list
	case bson.DateTime:
		return v.Time().UTC()
	case bson.Decimal128:
		return map[string]any{"decimal": shortest(v)}
	case bson.ObjectID:
		return map[string]any{"objectId": hex.EncodeToString(v[:])}
	case bson.Binary:
		return v.Data
	case bson.Regex:
		return map[string]any{"regex": v.Pattern, "options": v.Options}
	case bson.Timestamp:
		return map[string]any{"timestamp": int64(v.T), "increment": int64(v.I)}
	case bson.Null, bson.Undefined:
		return nil
	case nil, bool, string, int32:
		return v
	}
	return map[string]any{"other": fmt.Sprint(v)}
}

// Fields by which values are shown that are no documents, and documents that look so.
var shown = []string{"decimal", "double", "embedded", "increment,timestamp", "long", "objectId", "options,regex", "other"}

// disguised reports whether a document has exactly the fields by which a value of another
// type is shown: whoever stores {"decimal": "1.5"} has stored no Decimal128.
func disguised(doc map[string]any) bool {
	return slices.Contains(shown, strings.Join(slices.Sorted(maps.Keys(doc)), ","))
}

// shortest writes a Decimal128 without zeros at its end and, where its digits allow,
// without an exponent, so that numbers which MongoDB holds equal are written alike.
func shortest(v bson.Decimal128) string {
	digits, exponent, err := v.BigInt()
	if err != nil {
		return v.String() // not a number, or infinite
	}
	ten, rest := big.NewInt(10), new(big.Int)
	for exponent < 0 && rest.Rem(digits, ten).Sign() == 0 {
		digits.Quo(digits, ten)
		exponent++
	}
	for ; exponent > 0 && exponent <= maxDigits; exponent-- {
		digits.Mul(digits, ten)
	}
	same, ok := bson.ParseDecimal128FromBigInt(digits, exponent)
	if !ok {
		return v.String()
	}
	return same.String()
}

// maxDigits is how many digits a Decimal128 has.
const maxDigits = 34

// ordered returns an index's definition with its key as a list of {field, order}.
func ordered(index bson.D) bson.D {
	kept := append(bson.D{}, index...)
	for i, field := range kept {
		key, ok := field.Value.(bson.D)
		if field.Key != "key" || !ok {
			continue
		}
		list := make(bson.A, len(key))
		for j, one := range key {
			list[j] = bson.D{{Key: "field", Value: one.Key}, {Key: "order", Value: one.Value}}
		}
		kept[i].Value = list
	}
	return kept
}
