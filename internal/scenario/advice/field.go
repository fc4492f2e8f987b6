package advice

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
)

// UnknownField says that a field is unknown, and which one was probably meant.
func UnknownField(name string, known []string) string {
	text := fmt.Sprintf("unknown field %q", name)
	if near := nearest(name, known); near != "" {
		return text + fmt.Sprintf("; did you mean %q?", near)
	}
	if len(known) == 0 {
		return text
	}
	return text + "; the fields are " + strings.Join(slices.Sorted(slices.Values(known)), ", ")
}

// nearest returns the known name that is most like a mistyped one, or "".
func nearest(name string, known []string) string {
	best, distance := "", max(1, min(2, len(name)/2), len(name)/3)+1
	plain := strings.NewReplacer("_", "", "-", "")
	for _, one := range slices.Sorted(slices.Values(known)) {
		if d := levenshtein.ComputeDistance(plain.Replace(strings.ToLower(name)), plain.Replace(one)); d < distance {
			best, distance = one, d
		}
	}
	return best
}

// Fields returns the names of the fields of all types that a value is made of, by the name that
// the YAML library gives the type.
func Fields(of any) map[string][]string {
	found := map[string][]string{}
	collect(reflect.TypeOf(of), found)
	return found
}

func collect(t reflect.Type, found map[string][]string) {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map, reflect.Array:
		collect(t.Elem(), found)
		return
	case reflect.Struct:
	default:
		return
	}
	if _, done := found[t.String()]; done {
		return
	}
	found[t.String()] = nil
	names := map[string]bool{}
	for i := range t.NumField() {
		field := t.Field(i)
		name, options, _ := strings.Cut(field.Tag.Get("yaml"), ",")
		collect(field.Type, found)
		if strings.Contains(options, "inline") {
			for _, own := range found[field.Type.String()] {
				names[own] = true
			}
		}
		if name != "" && name != "-" {
			names[name] = true
		}
	}
	found[t.String()] = slices.Sorted(maps.Keys(names))
}
