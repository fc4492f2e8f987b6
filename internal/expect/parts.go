package expect

import (
	"errors"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/parser"

	"endstate/labs"
)

// Source returns the condition as it was written.
func (e *Expression) Source() string { return e.source }

// Source returns the text as it was written.
func (t *Text) Source() string { return t.source }

// Parts returns the values of the expression and of the expressions that it consists of, in the
// order in which they are written, each before its own parts. What depends on the variable of a
// comprehension has no single value, so it is left out, and so are literals and plain variables.
func (e *Expression) Parts(bindings labs.Bindings) []labs.Part {
	env, err := e.env.Extend(cel.EnableMacroCallTracking())
	if err != nil {
		return nil // can't happen: the environment is valid without it
	}
	compiled, issues := env.Compile(e.source)
	if issues.Err() != nil {
		return nil // can't happen: it was compiled before
	}
	d := &dissection{env: env, scope: e.scope, info: compiled.NativeRep().SourceInfo(), bindings: bindings, seen: map[string]bool{}}
	d.add(compiled.NativeRep().Expr(), 0, nil)
	return d.parts
}

// dissection collects the parts of an expression.
type dissection struct {
	env      *cel.Env
	scope    Scope
	info     *ast.SourceInfo
	bindings labs.Bindings
	parts    []labs.Part
	seen     map[string]bool
}

// binding is a variable that cel.bind defines for a part.
type binding struct{ name, value string }

// maxParts is how many parts an expression may have.
const maxParts = 60

func (d *dissection) add(node ast.Expr, depth int, bound []binding) {
	source := d.source(node)
	node = d.written(node)
	inner := depth
	if source != "" && isPart(node) && !d.seen[source] && len(d.parts) < maxParts {
		d.seen[source] = true
		d.parts = append(d.parts, d.evaluate(source, depth, bound))
		inner++
	}
	if node.Kind() == ast.CallKind && node.AsCall().FunctionName() == "bind" && len(node.AsCall().Args()) == 3 {
		args := node.AsCall().Args()
		d.add(args[1], inner, bound)
		if value := d.source(args[1]); value != "" {
			d.add(args[2], inner, append(bound[:len(bound):len(bound)], binding{args[0].AsIdent(), value}))
		}
		return
	}
	for _, child := range d.children(node) {
		d.add(child, inner, bound)
	}
}

// written returns the macro call from which an expression was expanded, or the expression.
func (d *dissection) written(node ast.Expr) ast.Expr {
	if call, ok := d.info.GetMacroCall(node.ID()); ok {
		return call
	}
	return node
}

// source returns an expression's text, or "" if it has none of its own.
func (d *dissection) source(node ast.Expr) string {
	text, err := parser.Unparse(node, d.info)
	if err != nil {
		return ""
	}
	return text
}

// isPart reports whether an expression's value says more than its text.
func isPart(node ast.Expr) bool {
	switch node.Kind() {
	case ast.LiteralKind, ast.IdentKind, ast.UnspecifiedExprKind:
		return false
	}
	return true
}

// children returns the parts of an expression that have values of their own.
func (d *dissection) children(node ast.Expr) []ast.Expr {
	switch node.Kind() {
	case ast.ListKind:
		return node.AsList().Elements()
	case ast.CallKind:
		call := node.AsCall()
		switch {
		case call.FunctionName() == operators.Index || call.FunctionName() == "has":
			return nil // its parts are on the way to it
		case d.isMacro(node):
			return []ast.Expr{call.Target()}
		case call.IsMemberFunction():
			return append([]ast.Expr{call.Target()}, call.Args()...)
		}
		return call.Args()
	}
	return nil
}

// isMacro reports whether a call is a macro over a list or a map, whose arguments use variables
// of its own.
func (d *dissection) isMacro(node ast.Expr) bool {
	_, is := d.info.GetMacroCall(node.ID())
	call := node.AsCall()
	return (is || node.ID() == 0) && call.IsMemberFunction() && len(call.Args()) > 1 && call.Args()[0].Kind() == ast.IdentKind
}

// evaluate evaluates a part on its own, with the variables around it.
func (d *dissection) evaluate(source string, depth int, bound []binding) labs.Part {
	part := labs.Part{Expression: source, Depth: depth}
	whole := source
	for i := len(bound) - 1; i >= 0; i-- {
		whole = "cel.bind(" + bound[i].name + ", " + bound[i].value + ", " + whole + ")"
	}
	compiled, issues := d.env.Compile(whole)
	if issues.Err() != nil {
		part.Problem = issues.Err().Error()
		return part
	}
	alone := &Expression{source: whole, env: d.env, compiled: compiled, scope: d.scope}
	var err error
	if alone.program, err = alone.plan(); err == nil {
		part.Value, err = alone.value(d.bindings)
	}
	var absent *absence
	switch {
	case errors.As(err, &absent):
		part.Problem = absent.detail()
	case err != nil:
		part.Problem = err.Error()
	}
	return part
}

var _ labs.Dissectable = (*Expression)(nil)
