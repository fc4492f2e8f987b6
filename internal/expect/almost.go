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

// almost is a function for messages: almost(found, right), of two lists of maps, tells
// what is the matter with an item of the first that is, but for types or for its _id,
// one of the second: "`total` is a double, where a decimal is wanted". Else it gives "".
func almost() cel.EnvOption {
	list := cel.ListType(cel.DynType)
	return cel.Function("almost", cel.Overload("almost_list_list", []*cel.Type{list, list}, cel.StringType,
		cel.BinaryBinding(func(found, right ref.Val) ref.Val { return types.String(slip(items(found), items(right))) })))
}

// What is looked through, at most: a message must not take long.
const (
	mostSlips = 20   // items that are not right
	mostRight = 5000 // items that they are compared with
)

// items returns the maps in a list.
func items(list ref.Val) []map[string]any {
	all, ok := list.(traits.Lister)
	if !ok {
		return nil
	}
	var found []map[string]any
	for it := all.Iterator(); it.HasNext() == types.True && len(found) < mostRight; {
		if item, ok := plain(it.Next()).(map[string]any); ok {
			found = append(found, item)
		}
	}
	return found
}

// plain turns CEL's values back into Go's.
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
	known := map[string]bool{}
	for _, item := range right {
		known[idOf(item)] = true
	}
	tried := 0
	for _, item := range found {
		if tried == mostSlips || slices.ContainsFunc(right, func(r map[string]any) bool { return same(item, r) }) {
			continue
		}
		tried++
		for _, r := range right {
			if what := slipOf(item, r, known); what != "" {
				return what
			}
		}
	}
	return ""
}

func idOf(item map[string]any) string { return fmt.Sprint(item["_id"]) }

// slipOf tells in which types an item differs from a right one, and in nothing else; or
// that it has an _id that none of the right ones has.
func slipOf(item, right map[string]any, known map[string]bool) string {
	if len(item) != len(right) {
		return ""
	}
	var slips []string
	for _, name := range slices.Sorted(maps.Keys(item)) {
		wanted, there := right[name]
		switch {
		case !there:
			return ""
		case same(item[name], wanted):
		case name == "_id" && !known[idOf(item)]:
			slips = append(slips, "its `_id` is another one")
		case !sameButType(item[name], wanted):
			return ""
		default:
			slips = append(slips, fmt.Sprintf("`%s` is %s, where %s is wanted", name, kind(item[name]), kind(wanted)))
		}
	}
	return strings.Join(slips, ", and ")
}

func same(a, b any) bool {
	return types.Equal(adapter{}.NativeToValue(a), adapter{}.NativeToValue(b)) == types.True
}

// sameButType reports whether two values say the same in different types.
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

// typed are the keys by which probes tell a value's type, and what that is called.
var typed = map[string]string{
	"decimal": "a decimal", "double": "a double", "long": "a long", "objectId": "an ObjectId", "symbol": "a symbol", "undefined": "undefined",
}

// bare is a value without the map that tells its type, and what that type is called.
func bare(value any) (inner any, name string) {
	if of, ok := value.(map[string]any); ok && len(of) == 1 {
		for key, inner := range of {
			if name, known := typed[key]; known {
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

// near allows for what doubles lose when they are added up.
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

// kind is what a value's type is called, with its article.
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
