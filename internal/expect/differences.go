package expect

import (
	"fmt"
	"maps"
	"math"
	"math/big"
	"slices"
	"strings"
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"endstate/labs"
)

// differences compares a list with the right one. The items are compared as == does, in any
// order, and duplicates count.
//
//	differences(found, right, keys)   by the values of one key or several: missing, changed and
//	                                  extra are lists of names, such as "shop.orders"
//	differences(found, right)         as a whole: missing and extra are lists of items
//
// same is whether nothing differs, and says describes the differences for the learner.
func differences() cel.EnvOption {
	list, result := cel.ListType(cel.DynType), cel.MapType(cel.StringType, cel.DynType)
	compare := func(args ...ref.Val) ref.Val {
		found, right := anyList(args[0]), anyList(args[1])
		if len(args) == 2 {
			return adapter{}.NativeToValue(compareWhole(found, right))
		}
		keys := anyList(args[2])
		if name, ok := args[2].(types.String); ok {
			keys = []any{string(name)}
		}
		return adapter{}.NativeToValue(compareByKeys(found, right, keys))
	}
	of := func(name string, args ...*cel.Type) cel.FunctionOpt {
		return cel.Overload("differences_"+name, args, result, cel.FunctionBinding(compare))
	}
	return cel.Function("differences",
		cel.Overload("differences_list_list", []*cel.Type{list, list}, result,
			cel.BinaryBinding(func(found, right ref.Val) ref.Val { return compare(found, right) })),
		of("list_list_string", list, list, cel.StringType), of("list_list_list", list, list, cel.ListType(cel.StringType)))
}

// differencesShape is the shape of what differences returns.
var differencesShape = labs.RecordOf(map[string]*labs.Shape{
	"missing": nil, "changed": nil, "extra": nil, "same": labs.Truth, "says": labs.Text,
})

// maxNamed is how many names a description lists.
const maxNamed = 5

func anyList(value ref.Val) []any {
	items, _ := plain(value).([]any)
	return items
}

// group is all items of a list that have the same keys, by what identifies them.
type group struct {
	name  string
	items []any
}

func compareByKeys(found, right, keys []any) map[string]any {
	have, want := groups(found, keys), groups(right, keys)
	var missing, changed, extra []string
	var wrong, expected []any
	for _, by := range slices.Sorted(maps.Keys(want)) {
		of := want[by]
		switch now, there := have[by]; {
		case !there:
			missing = append(missing, of.name)
			expected = append(expected, of.items...)
		case !slices.Equal(identities(now.items), identities(of.items)):
			changed = append(changed, of.name)
			wrong, expected = append(wrong, now.items...), append(expected, of.items...)
		}
	}
	for _, by := range slices.Sorted(maps.Keys(have)) {
		if _, known := want[by]; !known {
			extra = append(extra, have[by].name)
			wrong = append(wrong, have[by].items...)
		}
	}
	says := slices.Concat(describeNames("Missing", outermost(missing)), describeNames("Changed", changed), describeNames("New", outermost(extra)))
	if how := slip(mapsIn(wrong), mapsIn(expected)); how != "" {
		says = append(says, "In one, "+how+".")
	}
	return difference(sorted(missing), sorted(changed), sorted(extra), says, found, right)
}

// describeNames describes names, or returns nothing if there are none.
func describeNames(what string, names []string) []string {
	if len(names) == 0 {
		return nil
	}
	slices.Sort(names)
	return []string{what + ": " + listed(names[:min(len(names), maxNamed)], len(names)) + "."}
}

// difference returns the result of differences.
func difference(missing, changed, extra []any, says []string, found, right []any) map[string]any {
	same := len(missing)+len(changed)+len(extra) == 0
	if same && identity(found) != identity(right) {
		says = append(says, "The right ones, but in another order.")
	}
	return map[string]any{"missing": missing, "changed": changed, "extra": extra, "same": same, "says": strings.Join(says, " ")}
}

func sorted(names []string) []any {
	all := make([]any, 0, len(names))
	for _, one := range slices.Sorted(slices.Values(names)) {
		all = append(all, one)
	}
	return all
}

// outermost leaves out the names of what is inside another named thing: of a missing table,
// its columns.
func outermost(names []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool {
		for i, c := range name {
			if c == '.' && slices.Contains(names, name[:i]) {
				return true
			}
		}
		return false
	})
}

// groups groups items by the values of their keys. An item without any of them is a group of
// its own.
func groups(items, keys []any) map[string]group {
	all := map[string]group{}
	for _, item := range items {
		by, name := identify(item, keys)
		one := all[by]
		all[by] = group{name, append(one.items, item)}
	}
	return all
}

// identify returns what identifies an item by its keys, and its name.
func identify(item any, keys []any) (by, name string) {
	fields, _ := item.(map[string]any)
	var values []any
	var parts []string
	some := false
	for _, key := range keys {
		value, there := fields[fmt.Sprint(key)]
		some = some || there
		values = append(values, there, value)
		if value != nil && value != "" {
			parts = append(parts, showName(value))
		}
	}
	if name = strings.Join(parts, "."); name == "" {
		name = cut(toJSON(item))
	}
	if !some {
		return "whole " + identity(item), name
	}
	return identity(values), name
}

// showName formats the value of a key. A string that looks like a number is quoted, so that
// it can't be taken for one.
func showName(value any) string {
	if text, ok := value.(string); ok && number(text) == nil {
		return cut(text)
	}
	return cut(toJSON(value))
}

// cut shortens a name.
func cut(name string) string {
	if characters := []rune(name); len(characters) > maxName {
		return string(characters[:maxName]) + "…"
	}
	return name
}

const maxName = 60 // characters

func compareWhole(found, right []any) map[string]any {
	missing, _ := beyond(right, found)
	extra, first := beyond(found, right)
	return difference(missing, []any{}, extra, describe(found, right, extra, first), found, right)
}

// beyond returns the items of one list that another one does not have, or not as often, and
// the index of the first.
func beyond(list, other []any) (more []any, first int) {
	left := map[string]int{}
	for _, item := range other {
		left[identity(item)]++
	}
	more = []any{}
	for i, item := range list {
		by := identity(item)
		if left[by]--; left[by] < 0 {
			if len(more) == 0 {
				first = i
			}
			more = append(more, item)
		}
	}
	return more, first
}

// describe says how a list differs, without telling what would be right.
func describe(found, right, extra []any, first int) (says []string) {
	switch {
	case len(found) == 0 && len(right) > 0:
		return []string{"Nothing is there."}
	case len(right) > 0 && !slices.Equal(fieldsOf(found[0]), fieldsOf(right[0])):
		return []string{fmt.Sprintf("The first has the fields %s, but should have %s.",
			strings.Join(fieldsOf(found[0]), ", "), strings.Join(fieldsOf(right[0]), ", "))}
	}
	if len(found) != len(right) {
		says = append(says, fmt.Sprintf("There are %d, but should be %d.", len(found), len(right)))
	}
	if len(extra) > 0 {
		says = append(says, fmt.Sprintf("Wrong: %d, such as number %d.", len(extra), first+1))
	}
	if how := slip(mapsIn(extra), mapsIn(right)); how != "" {
		says = append(says, "In one, "+how+".")
	}
	return says
}

// fieldsOf returns the names of an item's fields, or nil if it has none.
func fieldsOf(item any) []string {
	fields, _ := item.(map[string]any)
	return slices.Sorted(maps.Keys(fields))
}

// mapsIn returns the first maps in a list.
func mapsIn(list []any) (found []map[string]any) {
	for _, one := range list[:min(len(list), maxItems)] {
		if item, ok := one.(map[string]any); ok {
			found = append(found, item)
		}
	}
	return found
}

// identities returns what identifies items, in any order.
func identities(items []any) []string {
	all := make([]string, len(items))
	for i := range items {
		all[i] = identity(items[i])
	}
	slices.Sort(all)
	return all
}

// identity returns a text that is the same for equal values, and for no others: numbers of
// the same value are equal, whatever their type, and NaN equals itself.
func identity(value any) string {
	switch v := value.(type) {
	case int64, uint64, float64:
		return "n" + numberIdentity(v)
	case string:
		return fmt.Sprintf("%q", v)
	case []byte:
		return fmt.Sprintf("b%x", v)
	case time.Time:
		return "t" + v.UTC().Format(time.RFC3339Nano)
	case []any:
		texts := make([]string, len(v))
		for i := range v {
			texts[i] = identity(v[i])
		}
		return "[" + strings.Join(texts, ",") + "]"
	case map[string]any:
		var texts []string
		for _, key := range slices.Sorted(maps.Keys(v)) {
			texts = append(texts, fmt.Sprintf("%q:%s", key, identity(v[key])))
		}
		return "{" + strings.Join(texts, ",") + "}"
	}
	return fmt.Sprintf("%T %v", value, value)
}

func numberIdentity(value any) string {
	switch v := value.(type) {
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return fmt.Sprint(v)
		}
		return new(big.Rat).SetFloat64(v).RatString()
	default:
		return fmt.Sprint(v)
	}
}
