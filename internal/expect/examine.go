package expect

import (
	"errors"
	"fmt"
	"slices"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/interpreter"

	"endstate/labs"
)

// Examine evaluates the condition once more and returns what its author should know of:
// mistakes that show now that the values are known, and what was met on the way, such
// as values of different types that were compared.
func (e *Expression) Examine(bindings labs.Bindings) (mistakes, met []string) {
	mistakes = e.mistakes(bindings)
	note := func(format string, args ...any) {
		if one := fmt.Sprintf(format, args...); !slices.Contains(met, one) && len(met) < mostMet {
			met = append(met, one)
		}
	}
	watching := cel.CustomDecoratorV2(func(node interpreter.InterpretableV2) (interpreter.InterpretableV2, error) {
		call, is := node.(interpreter.InterpretableCall)
		if !is || len(call.Args()) != 2 {
			return node, nil
		}
		switch call.Function() {
		case operators.Equals, operators.NotEquals:
			return comparison{call, note}, nil
		}
		return node, nil
	})
	program, err := e.plan(watching)
	if err != nil {
		return mistakes, nil // it was planned before
	}
	var absent *absence
	if _, _, err := program.Eval(map[string]any(bindings)); errors.As(err, &absent) {
		note("%s", absent.told())
	}
	return mistakes, met
}

// mistakes are the misfits that show now that the values are known.
func (e *Expression) mistakes(bindings labs.Bindings) []string {
	var all []string
	for _, one := range e.misfits(e.scope.seen(bindings)) {
		all = append(all, one.Message)
	}
	return all
}

// seen is the scope with what is known of its shapes once their values were seen.
func (s Scope) seen(bindings labs.Bindings) Scope {
	seen := Scope{ID: s.ID, Shapes: make(map[string]*labs.Shape, len(s.Shapes))}
	for name, shape := range s.Shapes {
		seen.Shapes[name] = shape.Seen(bindings[name])
	}
	return seen
}

// mostMet is how many different things are told of one evaluation.
const mostMet = 5

// comparison compares two values and notes when their types differ, as they can't be equal.
type comparison struct {
	interpreter.InterpretableCall
	note func(format string, args ...any)
}

// Exec evaluates both sides and compares them.
func (c comparison) Exec(frame *interpreter.ExecutionFrame) ref.Val {
	left := c.Args()[0].Exec(frame)
	if types.IsUnknownOrError(left) {
		return left
	}
	right := c.Args()[1].Exec(frame)
	if types.IsUnknownOrError(right) {
		return right
	}
	if !comparable(left, right) {
		c.note("a %s was compared with a %s", word(left), word(right))
	}
	same := types.Equal(left, right)
	if c.Function() == operators.NotEquals && !types.IsUnknownOrError(same) {
		return types.Bool(same != types.True)
	}
	return same
}

// comparable reports whether values of these types can be equal at all.
func comparable(left, right ref.Val) bool {
	l, r := left.Type().TypeName(), right.Type().TypeName()
	numbers := []string{types.IntType.TypeName(), types.UintType.TypeName(), types.DoubleType.TypeName()}
	return l == r || left == types.NullValue || right == types.NullValue || slices.Contains(numbers, l) && slices.Contains(numbers, r)
}

// word is what a value's type is called.
func word(value ref.Val) string {
	switch value.Type().TypeName() {
	case types.IntType.TypeName(), types.UintType.TypeName():
		return "whole number"
	case types.StringType.TypeName():
		return "text"
	case types.BytesType.TypeName():
		return "value of bytes"
	case types.TimestampType.TypeName():
		return "timestamp"
	}
	return value.Type().TypeName()
}

var (
	_ labs.Examiner = (*Expression)(nil)
	_ labs.Examiner = (*Text)(nil)
)
