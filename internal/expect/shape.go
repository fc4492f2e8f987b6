package expect

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"

	"endstate/labs"
)

// Scope describes the variables of an expression: their shapes, and the value of id.
type Scope struct {
	Shapes map[string]*labs.Shape
	ID     string
}

// Fit checks an expression against the shapes of its variables. It returns keys that can't
// exist and comparisons that never hold, but not those in its lets. It keeps the scope for
// Examine.
func (e *Expression) Fit(scope Scope) []*Error {
	e.scope = scope
	return slices.DeleteFunc(e.misfits(scope), func(one *Error) bool { return !one.unbound(e.shift) })
}

// Fit checks the text's expressions against the shapes of their variables. Positions are
// relative to the text.
func (t *Text) Fit(scope Scope) []*Error {
	var wrong []*Error
	for _, p := range t.parts {
		if p.expression == nil {
			continue
		}
		for _, one := range p.expression.Fit(scope) {
			_ = move(one, t.source, p.offset)
			wrong = append(wrong, one)
		}
	}
	return wrong
}

func (e *Expression) misfits(scope Scope) []*Error {
	f := &fitter{info: e.compiled.NativeRep().SourceInfo(), scope: maps.Clone(scope.Shapes), id: scope.ID}
	if f.scope == nil {
		f.scope = map[string]*labs.Shape{}
	}
	f.shape(e.root())
	return f.wrong
}

// fitter checks an expression against the shapes of its variables.
type fitter struct {
	info  *ast.SourceInfo
	scope map[string]*labs.Shape
	id    string
	wrong []*Error
}

// nothing is the shape of the items of an empty list.
var nothing = &labs.Shape{}

func (f *fitter) mistake(node ast.Expr, message string) {
	at := f.info.GetStartLocation(node.ID())
	one := &Error{Line: at.Line(), Column: at.Column() + 1, Message: message}
	if !slices.ContainsFunc(f.wrong, func(other *Error) bool { return *other == *one }) {
		f.wrong = append(f.wrong, one)
	}
}

// shape returns the shape of a node's value, or nil if it may be anything.
func (f *fitter) shape(node ast.Expr) *labs.Shape {
	switch node.Kind() {
	case ast.LiteralKind:
		return ofLiteral(node)
	case ast.IdentKind:
		return f.scope[node.AsIdent()]
	case ast.SelectKind:
		selected := node.AsSelect()
		member := f.member(node, f.shape(selected.Operand()), selected.FieldName())
		if selected.IsTestOnly() {
			return labs.Truth
		}
		return member
	case ast.ListKind:
		item := nothing
		for _, one := range node.AsList().Elements() {
			item = join(item, f.shape(one))
		}
		return labs.ListOf(item)
	case ast.MapKind:
		return f.mapping(node.AsMap())
	case ast.CallKind:
		return f.call(node, node.AsCall())
	case ast.ComprehensionKind:
		return f.comprehension(node.AsComprehension())
	}
	return nil
}

func ofLiteral(node ast.Expr) *labs.Shape {
	switch node.AsLiteral().(type) {
	case types.String:
		return labs.Text
	case types.Int, types.Uint:
		return labs.Whole
	case types.Double:
		return &labs.Shape{Kind: labs.DoubleKind}
	case types.Bool:
		return labs.Truth
	case types.Bytes:
		return &labs.Shape{Kind: labs.BytesKind}
	}
	return nil
}

// member returns the shape of a member selected by name.
func (f *fitter) member(node ast.Expr, of *labs.Shape, name string) *labs.Shape {
	if of == nil || of == nothing {
		return nil
	}
	switch of.Kind {
	case labs.RecordKind:
		field, there := of.Fields[name]
		if !there {
			f.mistake(node, noKey(name, slices.Collect(maps.Keys(of.Fields))))
		}
		return field
	case labs.MapKind:
		return of.Each
	}
	f.mistake(node, fmt.Sprintf("a %s has no key `%s`", of.Kind, name))
	return nil
}

func (f *fitter) mapping(m ast.MapExpr) *labs.Shape {
	fields, value := map[string]*labs.Shape{}, nothing
	for _, one := range m.Entries() {
		entry := one.AsMapEntry()
		f.shape(entry.Key())
		of := f.shape(entry.Value())
		value = join(value, of)
		if name, ok := f.constant(entry.Key()); ok {
			fields[name] = of
		}
	}
	if len(fields) < len(m.Entries()) || len(fields) == 0 {
		return labs.MapOf(value)
	}
	return labs.RecordOf(fields)
}

// constant returns the string that a node stands for, if it is constant.
func (f *fitter) constant(node ast.Expr) (string, bool) {
	switch node.Kind() {
	case ast.LiteralKind:
		text, ok := node.AsLiteral().(types.String)
		return string(text), ok
	case ast.IdentKind:
		_, hidden := f.scope["id"]
		return f.id, node.AsIdent() == "id" && f.id != "" && !hidden
	}
	return "", false
}

func (f *fitter) call(node ast.Expr, call ast.CallExpr) *labs.Shape {
	var of []*labs.Shape
	if call.IsMemberFunction() {
		of = append(of, f.shape(call.Target()))
	}
	for _, one := range call.Args() {
		of = append(of, f.shape(one))
	}
	switch name := call.FunctionName(); name {
	case operators.Index, operators.OptIndex, operators.OptSelect:
		member := f.index(node, call.Args()[1], of[0])
		if name == operators.Index {
			return member
		}
		return nil
	case operators.Conditional:
		return join(of[1], of[2])
	case operators.Equals, operators.NotEquals:
		f.checkComparison(node, of[0], of[1])
	case operators.Add:
		return join(of[0], of[1])
	case "cel.@mapInsert":
		return inserted(of)
	case "slice", "sort", "reverse", "distinct", "@sortByAssociatedKeys":
		return of[0]
	case "size":
		return labs.Whole
	case "differences":
		return differencesShape
	case "string", "join", "format", "replace", "shown", "toJson":
		return labs.Text
	}
	return resultOf[call.FunctionName()]
}

// resultOf has the shapes of the results of operators that don't depend on the operands.
var resultOf = map[string]*labs.Shape{
	operators.Equals: labs.Truth, operators.NotEquals: labs.Truth, operators.LogicalAnd: labs.Truth, operators.LogicalOr: labs.Truth,
	operators.LogicalNot: labs.Truth, operators.In: labs.Truth, operators.Less: labs.Truth, operators.LessEquals: labs.Truth,
	operators.Greater: labs.Truth, operators.GreaterEquals: labs.Truth,
}

// inserted returns the shape of a map after an insertion.
func inserted(of []*labs.Shape) *labs.Shape {
	if len(of) < 3 || of[0] == nil {
		return nil
	}
	return labs.MapOf(join(of[0].Each, of[2]))
}

// index returns the shape of a member selected with [].
func (f *fitter) index(node, at ast.Expr, of *labs.Shape) *labs.Shape {
	if name, ok := f.constant(at); ok {
		return f.member(node, of, name)
	}
	if of == nil || of.Kind == labs.RecordKind {
		return nil
	}
	return of.Each
}

// checkComparison reports a comparison of values that can't be equal.
func (f *fitter) checkComparison(node ast.Expr, left, right *labs.Shape) {
	if left == nil || right == nil || left == nothing || right == nothing {
		return
	}
	if l, r := family(left.Kind), family(right.Kind); l != r {
		f.mistake(node, fmt.Sprintf("a %s is compared with a %s: they are never equal", left.Kind, right.Kind))
	}
}

// family groups kinds that can be equal: numbers with numbers, maps with records.
func family(kind labs.ShapeKind) labs.ShapeKind {
	switch kind {
	case labs.DoubleKind:
		return labs.WholeKind
	case labs.RecordKind:
		return labs.MapKind
	}
	return kind
}

// comprehension returns the shape of a macro's result: all, filter, map, cel.bind and so on.
func (f *fitter) comprehension(c ast.ComprehensionExpr) *labs.Shape {
	of := f.shape(c.IterRange())
	outer := f.scope
	f.scope = maps.Clone(outer)
	defer func() { f.scope = outer }()
	first, second := iterated(of, c.IterVar2() != "")
	f.scope[c.IterVar()] = first
	if c.IterVar2() != "" {
		f.scope[c.IterVar2()] = second
	}
	gathered := f.shape(c.AccuInit())
	f.scope[c.AccuVar()] = gathered
	f.shape(c.LoopCondition())
	if !strings.HasPrefix(c.IterVar(), "#") { // cel.bind iterates over nothing
		gathered = join(gathered, f.shape(c.LoopStep()))
	}
	f.scope[c.AccuVar()] = gathered
	return f.shape(c.Result())
}

// iterated returns the shapes of the variables that iterate over a value.
func iterated(of *labs.Shape, two bool) (first, second *labs.Shape) {
	if of == nil {
		return nil, nil
	}
	switch {
	case of.Kind == labs.ListKind && two:
		return labs.Whole, of.Each
	case of.Kind == labs.ListKind:
		return of.Each, nil
	case of.Kind == labs.MapKind:
		return labs.Text, of.Each
	case of.Kind == labs.RecordKind:
		return labs.Text, nil
	}
	return nil, nil
}

// join returns the shape of a value that has one of two shapes.
func join(a, b *labs.Shape) *labs.Shape {
	switch {
	case a == nothing:
		return b
	case b == nothing || a == b:
		return a
	case a == nil || b == nil || a.Kind != b.Kind:
		return nil
	}
	switch a.Kind {
	case labs.ListKind, labs.MapKind:
		return &labs.Shape{Kind: a.Kind, Each: join(a.Each, b.Each)}
	case labs.RecordKind:
		return joinRecords(a, b)
	}
	return a
}

func joinRecords(a, b *labs.Shape) *labs.Shape {
	if len(a.Fields) != len(b.Fields) {
		return nil
	}
	fields := map[string]*labs.Shape{}
	for name := range a.Fields {
		other, there := b.Fields[name]
		if !there {
			return nil
		}
		fields[name] = join(a.Fields[name], other)
	}
	return labs.RecordOf(fields)
}
