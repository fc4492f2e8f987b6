package expect

import (
	"math"
	"reflect"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// adapter makes CEL's values from Go's as CEL itself does, but for what is not a number,
// which CEL holds unequal to itself.
type adapter struct{}

// NativeToValue returns CEL's value of a value that a look observed.
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

// nan is a double that is not a number. It equals itself, as an observation must equal
// the fact that was measured of the same.
type nan struct{}

func (nan) ConvertToNative(t reflect.Type) (any, error) {
	return types.Double(math.NaN()).ConvertToNative(t)
}

func (nan) ConvertToType(t ref.Type) ref.Val { return types.Double(math.NaN()).ConvertToType(t) }

// Equal reports whether the other is not a number either.
func (nan) Equal(other ref.Val) ref.Val {
	_, same := other.(nan)
	double, is := other.(types.Double)
	return types.Bool(same || is && math.IsNaN(float64(double)))
}

func (nan) Type() ref.Type { return types.DoubleType }

func (nan) Value() any { return math.NaN() }
