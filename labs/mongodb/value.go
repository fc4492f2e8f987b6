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

// value converts a BSON value into the form that expectations use.
func value(v any) any { return valueOf(v, false) }

// valueOf is like value, but if exact, it distinguishes numbers by type as well as by
// value.
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
		return document(v, exact)
	case bson.A:
		list := make([]any, len(v))
		for i := range v {
			list[i] = valueOf(v[i], exact)
		}
		return list
	case nil, bool, string, int32:
		return v
	}
	return special(v, exact)
}

// special converts a value of one of BSON's own types, so that it equals no value of
// another type.
func special(v any, exact bool) any {
	switch v := v.(type) {
	case bson.DateTime:
		return v.Time().UTC()
	case bson.Decimal128:
		return map[string]any{"decimal": shortest(v)}
	case bson.ObjectID:
		return map[string]any{"objectId": hex.EncodeToString(v[:])}
	case bson.Binary:
		data := append([]byte{}, v.Data...)
		if v.Subtype == bson.TypeBinaryGeneric {
			return data
		}
		return map[string]any{"binary": data, "subtype": int64(v.Subtype)}
	case bson.Regex:
		return map[string]any{"regex": v.Pattern, "options": v.Options}
	case bson.Timestamp:
		return map[string]any{"timestamp": int64(v.T), "increment": int64(v.I)}
	case bson.JavaScript:
		return map[string]any{"code": string(v)}
	case bson.CodeWithScope:
		return map[string]any{"code": string(v.Code), "scope": valueOf(v.Scope, exact)}
	case bson.Symbol:
		return map[string]any{"symbol": string(v)}
	case bson.DBPointer:
		return map[string]any{"pointer": v.DB, "to": hex.EncodeToString(v.Pointer[:])}
	case bson.MinKey:
		return map[string]any{"key": "least"}
	case bson.MaxKey:
		return map[string]any{"key": "greatest"}
	case bson.Undefined:
		return map[string]any{"undefined": true}
	case bson.Null:
		return nil
	}
	return map[string]any{"other": fmt.Sprintf("%T %v", v, v)}
}

// document converts a document into a map. MongoDB allows duplicate keys; such a document
// becomes a list of its fields, because a map would lose one.
func document(v bson.D, exact bool) any {
	doc := make(map[string]any, len(v))
	fields := make([]any, len(v))
	for i, field := range v {
		doc[field.Key] = valueOf(field.Value, exact)
		fields[i] = []any{field.Key, doc[field.Key]}
	}
	if len(doc) < len(v) {
		return map[string]any{"fields": fields}
	}
	if disguised(doc) {
		return map[string]any{"embedded": doc}
	}
	return doc
}

// Fields that represent values other than documents, and documents that look like such
// values.
var shown = []string{
	"binary,subtype", "code", "code,scope", "decimal", "double", "embedded", "fields", "increment,timestamp", "key", "long", "objectId",
	"options,regex", "other", "pointer,to", "symbol", "undefined",
}

// disguised reports whether a document has exactly the fields that represent a value of
// another type: storing {"decimal": "1.5"} is not storing a Decimal128.
func disguised(doc map[string]any) bool {
	return slices.Contains(shown, strings.Join(slices.Sorted(maps.Keys(doc)), ","))
}

// shortest formats a Decimal128 without trailing zeros and, if its digits allow, without an
// exponent, so that numbers that MongoDB considers equal are formatted alike.
func shortest(v bson.Decimal128) string {
	digits, exponent, err := v.BigInt()
	switch {
	case err != nil && v.IsNaN():
		return "NaN"
	case err != nil:
		return v.String() // infinite
	case digits.Sign() == 0:
		return "0"
	}
	ten, quotient, rest := big.NewInt(10), new(big.Int), new(big.Int)
	for {
		if quotient.QuoRem(digits, ten, rest); rest.Sign() != 0 {
			break
		}
		digits.Set(quotient)
		exponent++
	}
	if exponent > 0 && len(digits.Text(10))+exponent <= maxDigits {
		digits.Mul(digits, quotient.Exp(ten, big.NewInt(int64(exponent)), nil))
		exponent = 0
	}
	same, ok := bson.ParseDecimal128FromBigInt(digits, exponent)
	if !ok {
		return fmt.Sprintf("%sE%+d", digits, exponent)
	}
	return same.String()
}

// maxDigits is the number of digits of a Decimal128, without the sign.
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
