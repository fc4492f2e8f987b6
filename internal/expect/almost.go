package expect

import (
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
)

// almost is a function for messages. almost(found, right) compares two lists of maps. If an
// item of the first differs from one of the second only in types or in its _id, it returns
// how: "`total` is a double, but should be a decimal". Otherwise it returns "".
func almost() cel.EnvOption {
	list := cel.ListType(cel.DynType)
	return cel.Function("almost", cel.Overload("almost_list_list", []*cel.Type{list, list}, cel.StringType,
		cel.BinaryBinding(func(found, right ref.Val) ref.Val { return types.String(slip(items(found), items(right))) })))
}

// Limits that keep messages fast.
const (
	maxWrong = 20   // wrong items to explain
	maxItems = 5000 // items of each list
)

// items returns the maps in a list.
func items(list ref.Val) []map[string]any {
	all, ok := list.(traits.Lister)
	if !ok {
		return nil
	}
	var found []map[string]any
	for it := all.Iterator(); it.HasNext() == types.True && len(found) < maxItems; {
		if item, ok := plain(it.Next()).(map[string]any); ok {
			found = append(found, item)
		}
	}
	return found
}

// plain converts CEL values back to Go values.
func plain(value ref.Val) any {
	switch v := value.(type) {
	case traits.Mapper:
		plainly := map[string]any{}
		for it := v.Iterator(); it.HasNext() == types.True; {
			key := it.Next()
			member, _ := v.Find(key)
			plainly[fmt.Sprint(key.Value())] = plain(member)
		}
		return plainly
	case traits.Lister:
		plainly := []any{}
		for it := v.Iterator(); it.HasNext() == types.True; {
			plainly = append(plainly, plain(it.Next()))
		}
		return plainly
	case types.Null:
		return nil
	}
	return value.Value()
}

func slip(found, right []map[string]any) string {
	ids := map[string]bool{}
	for _, item := range right {
		ids[idOf(item)] = true
	}
	tried := 0
	for _, item := range found {
		if tried == maxWrong || slices.ContainsFunc(right, func(r map[string]any) bool { return same(item, r) }) {
			continue
		}
		tried++
		for _, r := range right {
			if what := slipOf(item, r, ids); what != "" {
				return what
			}
		}
	}
	return ""
}

func idOf(item map[string]any) string { return fmt.Sprint(item["_id"]) }

// slipOf describes how an item differs from a right one if only types differ, or if its _id
// is not among the right ones' ids. Otherwise it returns "".
func slipOf(item, right map[string]any, ids map[string]bool) string {
	if len(item) != len(right) {
		return ""
	}
	var slips []string
	for _, name := range slices.Sorted(maps.Keys(item)) {
		want, ok := right[name]
		switch {
		case !ok:
			return ""
		case same(item[name], want):
		case name == "_id" && !ids[idOf(item)]:
			slips = append(slips, "its `_id` is a new one")
		case !sameButType(item[name], want):
			return ""
		default:
			slips = append(slips, fmt.Sprintf("`%s` is %s, but should be %s", name, kind(item[name]), kind(want)))
		}
	}
	return strings.Join(slips, ", and ")
}

func same(a, b any) bool {
	return types.Equal(adapter{}.NativeToValue(a), adapter{}.NativeToValue(b)) == types.True
}

// sameButType reports whether two values are equal except for their types.
func sameButType(a, b any) bool {
	if kind(a) == kind(b) {
		return false
	}
	if l, r := number(a), number(b); l != nil && r != nil {
		return near(l, r)
	}
	if l, r := moment(a), moment(b); !l.IsZero() && !r.IsZero() {
		return l.Equal(r)
	}
	left, _ := bare(a)
	right, _ := bare(b)
	return fmt.Sprint(left) == fmt.Sprint(right)
}

// typeKeys maps the keys with which probes mark a value's type to names for messages.
var typeKeys = map[string]string{
	"decimal": "a decimal", "double": "a double", "long": "a long", "objectId": "an ObjectId", "symbol": "a symbol", "undefined": "undefined",
}

// bare returns a value without the map that marks its type, and the name of that type.
func bare(value any) (inner any, name string) {
	if of, ok := value.(map[string]any); ok && len(of) == 1 {
		for key, inner := range of {
			if name, ok := typeKeys[key]; ok {
				return inner, name
			}
		}
	}
	return value, ""
}

func number(value any) *big.Rat {
	inner, _ := bare(value)
	switch v := inner.(type) {
	case int64, uint64, float64, string:
		if text := fmt.Sprint(v); len(text) < 40 {
			if rat, ok := new(big.Rat).SetString(text); ok {
				return rat
			}
		}
	}
	return nil
}

// near reports whether two numbers are equal up to the rounding errors of adding doubles.
func near(a, b *big.Rat) bool {
	difference := new(big.Rat).Sub(a, b)
	difference.Abs(difference)
	return difference.Cmp(new(big.Rat).Mul(new(big.Rat).Abs(a), big.NewRat(1, 1_000_000_000))) <= 0
}

func moment(value any) time.Time {
	switch v := value.(type) {
	case time.Time:
		return v
	case string:
		for _, layout := range []string{time.RFC3339Nano, time.DateTime, time.DateOnly} {
			if at, err := time.Parse(layout, v); err == nil {
				return at
			}
		}
	}
	return time.Time{}
}

// kind returns the name of a value's type, with its article.
func kind(value any) string {
	switch v := value.(type) {
	case nil:
		return "null"
	case string:
		return "a string"
	case int64, uint64:
		return "an int"
	case float64:
		return "a double"
	case bool:
		return "a bool"
	case time.Time:
		return "a date"
	case []byte:
		return "binary data"
	case []any:
		return "an array"
	case map[string]any:
		if _, name := bare(v); name != "" {
			return name
		}
	}
	return "a document"
}
