package expect

import (
	"slices"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
)

// Mentions returns the members that the expression takes of a variable by name, each
// once: of params in "params.city == params['town']" city and town.
func (e *Expression) Mentions(variable string) []string {
	var names []string
	ast.PreOrderVisit(e.root(), ast.NewExprVisitor(func(node ast.Expr) {
		if name, ok := member(node, variable); ok && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}))
	return names
}

// Mentions returns the members that the text's expressions take of a variable.
func (t *Text) Mentions(variable string) []string {
	var names []string
	for _, p := range t.parts {
		if p.expression != nil {
			names = append(names, p.expression.Mentions(variable)...)
		}
	}
	return names
}

// member returns which member of the variable a node takes, if it takes one by name.
// A test whether there is one (has) takes none.
func member(node ast.Expr, variable string) (string, bool) {
	switch node.Kind() {
	case ast.SelectKind:
		selected := node.AsSelect()
		if isVariable(selected.Operand(), variable) && !selected.IsTestOnly() {
			return selected.FieldName(), true
		}
	case ast.CallKind:
		call := node.AsCall()
		if call.FunctionName() != operators.Index || len(call.Args()) != 2 || !isVariable(call.Args()[0], variable) {
			return "", false
		}
		if key := call.Args()[1]; key.Kind() == ast.LiteralKind {
			name, ok := key.AsLiteral().(types.String)
			return string(name), ok
		}
	}
	return "", false
}

func isVariable(node ast.Expr, name string) bool {
	return node.Kind() == ast.IdentKind && node.AsIdent() == name
}
