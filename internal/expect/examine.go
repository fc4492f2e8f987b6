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

// Examine evaluates the condition again and returns what its author should know: mistakes
// that show only with actual values, and notes on the evaluation, such as comparisons of
// different types.
func (e *Expression) Examine(bindings labs.Bindings) (mistakes, notes []string) {
	mistakes = e.mistakes(bindings)
	note := func(format string, args ...any) {
		if one := fmt.Sprintf(format, args...); !slices.Contains(notes, one) && len(notes) < maxNotes {
			notes = append(notes, one)
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
		return mistakes, nil // can't happen: it was planned before
	}
	var absent *absence
	if _, _, err := program.Eval(map[string]any(bindings)); errors.As(err, &absent) {
		note("%s", absent.detail())
	}
	return mistakes, notes
}

// mistakes returns the misfits that show with actual values.
func (e *Expression) mistakes(bindings labs.Bindings) []string {
	var all []string
	for _, one := range e.misfits(e.scope.refine(bindings)) {
		all = append(all, one.Message)
	}
	return all
}

// refine returns the scope with its shapes refined by actual values.
func (s Scope) refine(bindings labs.Bindings) Scope {
	refined := Scope{ID: s.ID, Shapes: make(map[string]*labs.Shape, len(s.Shapes))}
	for name, shape := range s.Shapes {
		refined.Shapes[name] = shape.Refine(bindings[name])
	}
	return refined
}

// maxNotes is how many notes one evaluation may have.
const maxNotes = 5

// comparison compares two values, and adds a note if they can't be equal because of their
// types.
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
		c.note("a %s was compared with a %s", typeName(left), typeName(right))
	}
	same := types.Equal(left, right)
	if c.Function() == operators.NotEquals && !types.IsUnknownOrError(same) {
		return types.Bool(same != types.True)
	}
	return same
}

// comparable reports whether the types of two values allow them to be equal.
func comparable(left, right ref.Val) bool {
	l, r := left.Type().TypeName(), right.Type().TypeName()
	numbers := []string{types.IntType.TypeName(), types.UintType.TypeName(), types.DoubleType.TypeName()}
	return l == r || left == types.NullValue || right == types.NullValue || slices.Contains(numbers, l) && slices.Contains(numbers, r)
}

// typeName returns the name of a value's type.
func typeName(value ref.Val) string {
	switch value.Type().TypeName() {
	case types.IntType.TypeName(), types.UintType.TypeName():
		return "whole number"
	case types.StringType.TypeName():
		return "string"
	case types.BytesType.TypeName():
		return "byte string"
	case types.TimestampType.TypeName():
		return "timestamp"
	}
	return value.Type().TypeName()
}

var (
	_ labs.Examiner = (*Expression)(nil)
	_ labs.Examiner = (*Text)(nil)
)
