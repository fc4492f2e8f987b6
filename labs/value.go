package labs

import (
	"fmt"
	"math"
	"reflect"
	"time"
)

// Normal turns what a look observed into the values that expectations know: nil,
// bool, int64, uint64 (only what int64 can't hold), float64, string, []byte,
// [time.Time] in UTC, []any and map[string]any. It returns an error for any other type.
func Normal(value any) (any, error) {
	switch v := value.(type) {
	case nil, bool, string, float64, int64:
		return v, nil
	case []byte:
		if v == nil {
			return nil, nil
		}
		return v, nil
	case time.Time:
		return v.UTC(), nil
	}
	return normalKind(reflect.ValueOf(value))
}

func normalKind(v reflect.Value) (any, error) {
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
		return Normal(v.Elem().Interface())
	case reflect.Slice, reflect.Array:
		return normalList(v)
	case reflect.Map:
		return normalMap(v)
	}
	return nil, fmt.Errorf("a value of type %s can't be observed", v.Type())
}

func normalList(v reflect.Value) (any, error) {
	list := make([]any, v.Len())
	for i := range list {
		item, err := Normal(v.Index(i).Interface())
		if err != nil {
			return nil, err
		}
		list[i] = item
	}
	return list, nil
}

func normalMap(v reflect.Value) (any, error) {
	if v.Type().Key().Kind() != reflect.String {
		return nil, fmt.Errorf("a map with keys of type %s can't be observed", v.Type().Key())
	}
	normal := make(map[string]any, v.Len())
	for it := v.MapRange(); it.Next(); {
		item, err := Normal(it.Value().Interface())
		if err != nil {
			return nil, err
		}
		normal[it.Key().String()] = item
	}
	return normal, nil
}
