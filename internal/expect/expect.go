// Package expect implements expectations: conditions in CEL, the Common Expression Language
// (https://cel.dev), over params, facts, the check's own id and the observation. CEL is typed
// and bounded, and has no side effects.
package expect

import (
	"errors"
	"fmt"
	"slices"
	"sync"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/ext"
	"cel.dev/cel-go/interpreter"

	"endstate/labs"
)

// costLimit is the maximum cost of one evaluation, in CEL's units: about a second of work.
const costLimit = 20_000_000

// Error is a mistake in an expression. Line and Column count from 1, starting at the
// beginning of the source.
type Error struct {
	Line, Column int
	Message      string
}

// Error returns the message.
func (e *Error) Error() string { return e.Message }

// Expression is a compiled CEL expression.
type Expression struct {
	source   string
	env      *cel.Env
	compiled *cel.Ast
	program  cel.Program
	scope    Scope
	shift    int // where the source begins on the first line, after the lets that it uses
}

// Compile compiles a condition over params, facts, the observation, whose name is variable,
// and lets. The error is an [*Error] if the source is not a valid condition.
func Compile(source, variable string, lets ...Let) (*Expression, error) {
	return compile(source, variable, lets, cel.BoolType, cel.DynType)
}

func compile(source, variable string, lets []Let, allowed ...*cel.Type) (*Expression, error) {
	env, err := environment(variable)
	if err != nil {
		return nil, err
	}
	bound, shift := bind(source, lets)
	compiled, issues := env.Compile(bound)
	if issues.Err() != nil {
		first := issues.Errors()[0]
		mistake := &Error{Line: first.Location.Line(), Column: first.Location.Column() + 1, Message: first.Message}
		if !mistake.unbound(shift) {
			mistake.Column = 1
		}
		return nil, mistake
	}
	if !accepts(allowed, compiled.OutputType()) {
		return nil, &Error{Line: 1, Column: 1, Message: fmt.Sprintf("the result must be true or false, not %s", compiled.OutputType())}
	}
	expression := &Expression{source: source, env: env, compiled: compiled, shift: shift}
	if expression.program, err = expression.plan(); err != nil {
		return nil, &Error{Line: 1, Column: 1, Message: err.Error()}
	}
	return expression, nil
}

// plan returns a program that evaluates the expression.
func (e *Expression) plan(more ...cel.ProgramOption) (cel.Program, error) {
	options := []cel.ProgramOption{cel.CostLimit(costLimit), cel.EvalOptions(cel.OptOptimize), cel.CustomDecoratorV2(findAbsence)}
	return e.env.Program(e.compiled, append(options, more...)...)
}

func (e *Expression) root() ast.Expr { return e.compiled.NativeRep().Expr() }

func accepts(allowed []*cel.Type, got *cel.Type) bool {
	for _, one := range allowed {
		if one.IsExactType(got) {
			return true
		}
	}
	return len(allowed) == 0
}

// environments is a cache, because creating an environment takes longer than compiling an
// expression.
var environments sync.Map // variable → func() (*cel.Env, error)

func environment(variable string) (*cel.Env, error) {
	cached, _ := environments.LoadOrStore(variable, sync.OnceValues(func() (*cel.Env, error) { return newEnvironment(variable) }))
	return cached.(func() (*cel.Env, error))()
}

func newEnvironment(variable string) (*cel.Env, error) {
	options := []cel.EnvOption{
		cel.CustomTypeAdapter(adapter{}),
		cel.Variable("params", cel.MapType(cel.StringType, cel.DynType)),
		cel.Variable("facts", cel.MapType(cel.StringType, cel.DynType)),
		cel.Variable("id", cel.StringType),
		cel.Variable(variable, cel.DynType),
		cel.OptionalTypes(), ext.Strings(), ext.Lists(), ext.Sets(), ext.Bindings(), ext.Math(), ext.Regex(), ext.TwoVarComprehensions(), almost(), differences(),
	}
	return cel.NewEnv(slices.Concat(options, showing())...)
}

// Holds evaluates the condition. A condition that uses a missing key or item does not hold,
// because the learner's system lacks it. If the condition can't handle a value, it does not
// hold either and the error is a [labs.Unfit].
func (e *Expression) Holds(bindings labs.Bindings) (bool, error) {
	value, err := e.value(bindings)
	var absent *absence
	switch {
	case errors.As(err, &absent):
		return false, nil
	case err != nil:
		return false, err
	}
	holds, ok := value.(bool)
	if !ok {
		return false, &labs.Unfit{Reason: "its result is not true or false"}
	}
	return holds, nil
}

func (e *Expression) value(bindings labs.Bindings) (any, error) {
	value, _, err := e.program.Eval(map[string]any(bindings))
	if err != nil {
		return nil, e.classify(err)
	}
	return plain(value), nil
}

// classify turns an evaluation's error into an [absence], a [labs.Unfit] if the expression
// can't handle the values, or a plain error if the evaluation itself failed.
func (e *Expression) classify(err error) error {
	var absent *absence
	var ended interpreter.EvalCancelledError
	var failed *types.Err
	switch {
	case errors.As(err, &absent):
		return absent
	case errors.As(err, &ended) && ended.Cause != interpreter.ContextCancelled:
		return &labs.Unfit{Reason: "there is too much to evaluate", Err: err}
	case errors.As(err, &failed):
		return &labs.Unfit{Reason: fmt.Sprintf("it can't handle the values: %v", failed), Err: err}
	}
	return fmt.Errorf("evaluate %q: %w", e.source, err)
}

var _ labs.Expectation = (*Expression)(nil)

// errUnclosed means that a "${" has no "}".
var errUnclosed = errors.New("“${” is not closed by “}”")
