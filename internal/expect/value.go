package expect

import (
	"math"
	"reflect"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// adapter converts Go values to CEL values as CEL itself does, except for NaN, which CEL
// treats as unequal to itself.
type adapter struct{}

// NativeToValue converts a value that a look observed.
func (a adapter) NativeToValue(value any) ref.Val {
	switch v := value.(type) {
	case map[string]any:
		return types.NewStringInterfaceMap(a, v)
	case []any:
		return types.NewDynamicList(a, v)
	case float64:
		if math.IsNaN(v) {
			return nan{}
		}
	}
	return types.DefaultTypeAdapter.NativeToValue(value)
}

// nan is a NaN that equals itself, because an observation must equal a fact with the same
// value.
type nan struct{}

func (nan) ConvertToNative(t reflect.Type) (any, error) {
	return types.Double(math.NaN()).ConvertToNative(t)
}

func (nan) ConvertToType(t ref.Type) ref.Val { return types.Double(math.NaN()).ConvertToType(t) }

// Equal reports whether the other value is NaN too.
func (nan) Equal(other ref.Val) ref.Val {
	_, same := other.(nan)
	double, is := other.(types.Double)
	return types.Bool(same || is && math.IsNaN(float64(double)))
}

func (nan) Type() ref.Type { return types.DoubleType }

func (nan) Value() any { return math.NaN() }
