package labs

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"time"
)

// Normal converts an observation to the types that expectations use: nil, bool, int64,
// uint64 (only for values that int64 can't hold), float64, string, []byte, [time.Time] in
// UTC, []any and map[string]any. A string may hold any bytes. A nil byte slice and a nil
// pointer become nil; any other nil slice or map becomes empty. Normal returns an error for
// any other type, and for values that are nested too deeply.
func Normal(value any) (any, error) { return normalAt(value, 0) }

// maxDepth limits the nesting of values. BSON and JSON documents nest less.
const maxDepth = 1000

func normalAt(value any, depth int) (any, error) {
	switch v := value.(type) {
	case nil, bool, string, float64, int64:
		return v, nil
	case time.Time:
		return v.Round(0).UTC(), nil // without the monotonic clock reading
	}
	if depth > maxDepth {
		return nil, errors.New("a value is nested too deeply to be observed")
	}
	return normalKind(reflect.ValueOf(value), depth+1)
}

func normalKind(v reflect.Value, depth int) (any, error) {
	switch v.Kind() {
	case reflect.Bool:
		return v.Bool(), nil
	case reflect.String:
		return v.String(), nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return v.Int(), nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		if u := v.Uint(); u > math.MaxInt64 {
			return u, nil
		}
		return int64(v.Uint()), nil
	case reflect.Float32, reflect.Float64:
		return v.Float(), nil
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return nil, nil
		}
		return normalAt(v.Elem().Interface(), depth)
	case reflect.Slice, reflect.Array:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return normalBytes(v), nil
		}
		return normalList(v, depth)
	case reflect.Map:
		return normalMap(v, depth)
	}
	return nil, fmt.Errorf("a value of type %s can't be observed", v.Type())
}

func normalBytes(v reflect.Value) any {
	if v.Kind() == reflect.Slice && v.IsNil() {
		return nil
	}
	bytes := make([]byte, v.Len())
	reflect.Copy(reflect.ValueOf(bytes), v)
	return bytes
}

func normalList(v reflect.Value, depth int) (any, error) {
	list := make([]any, v.Len())
	for i := range list {
		item, err := normalAt(v.Index(i).Interface(), depth)
		if err != nil {
			return nil, err
		}
		list[i] = item
	}
	return list, nil
}

func normalMap(v reflect.Value, depth int) (any, error) {
	if v.Type().Key().Kind() != reflect.String {
		return nil, fmt.Errorf("a map with keys of type %s can't be observed", v.Type().Key())
	}
	normal := make(map[string]any, v.Len())
	for it := v.MapRange(); it.Next(); {
		item, err := normalAt(it.Value().Interface(), depth)
		if err != nil {
			return nil, err
		}
		normal[it.Key().String()] = item
	}
	return normal, nil
}
