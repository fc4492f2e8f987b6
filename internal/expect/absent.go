package expect

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
	"cel.dev/cel-go/interpreter"
)

// absence is the error of an evaluation that uses a missing key or item: the learner's system
// lacks it.
type absence struct {
	at ref.Val // the key or the index
	of any     // the map, the list or null that lacks it
}

// Error returns what is missing.
func (a *absence) Error() string {
	if _, list := a.of.(traits.Lister); list {
		return fmt.Sprintf("no item %v", a.at.Value())
	}
	return fmt.Sprintf("no key `%v`", a.at.Value())
}

// detail returns what is missing, and what exists instead.
func (a *absence) detail() string {
	switch of := a.of.(type) {
	case traits.Mapper:
		return noKey(fmt.Sprint(a.at.Value()), keysOf(of))
	case traits.Lister:
		return fmt.Sprintf("%v; the list has %v", a, of.Size().Value())
	}
	return a.Error() + " in null"
}

// findAbsence makes the evaluation return an [absence] for a missing key or item. CEL's own
// errors differ only in their texts.
func findAbsence(node interpreter.InterpretableV2) (interpreter.InterpretableV2, error) {
	plain, is := node.(interpreter.InterpretableAttribute)
	if _, done := node.(attribute); done || !is {
		return node, nil
	}
	return attribute{plain}, nil
}

// attribute is a variable with the keys and indexes applied to it.
type attribute struct {
	interpreter.InterpretableAttribute
}

// AddQualifier applies a key or an index.
func (a attribute) AddQualifier(q interpreter.Qualifier) (interpreter.Attribute, error) {
	if constant, is := q.(interpreter.ConstantQualifier); is {
		return a.InterpretableAttribute.AddQualifier(constantKey{constant})
	}
	return a.InterpretableAttribute.AddQualifier(key{q})
}

// key is a key or an index that the expression computes.
type key struct{ interpreter.Qualifier }

// Qualify returns the member of a value.
func (k key) Qualify(vars interpreter.Activation, of any) (any, error) {
	member, err := k.Qualifier.Qualify(vars, of)
	if err == nil {
		return member, nil
	}
	computed, is := k.Qualifier.(interpreter.Attribute)
	if !is {
		return nil, err
	}
	at, wrong := computed.Resolve(vars)
	if wrong != nil {
		return nil, wrong
	}
	return nil, missing(of, adapter{}.NativeToValue(at), err)
}

// constantKey is a key or an index that is a literal in the expression.
type constantKey struct{ interpreter.ConstantQualifier }

// Qualify returns the member of a value.
func (k constantKey) Qualify(vars interpreter.Activation, of any) (any, error) {
	member, err := k.ConstantQualifier.Qualify(vars, of)
	if err != nil {
		return nil, missing(of, k.Value(), err)
	}
	return member, nil
}

// missing returns why a value has no such member.
func missing(of any, at ref.Val, cause error) error {
	var inner *absence
	if errors.As(cause, &inner) {
		return cause
	}
	value := adapter{}.NativeToValue(of)
	_, key := at.(types.String)
	_, list := value.(traits.Lister)
	_, keyed := value.(traits.Mapper)
	if keyed || list && !key || value == types.NullValue {
		return &absence{at: at, of: value}
	}
	return fmt.Errorf("a %s has no key `%v`", typeName(value), at.Value())
}

// maxKeys is how many keys a message lists.
const maxKeys = 12

// noKey returns the message for a missing key, which lists the existing ones.
func noKey(name string, there []string) string {
	if len(there) == 0 {
		return fmt.Sprintf("no key `%s`; there are no keys", name)
	}
	slices.Sort(there)
	more := ""
	if left := len(there) - maxKeys; left > 0 {
		there, more = there[:maxKeys], fmt.Sprintf(" and %d more", left)
	}
	verb := "are"
	if len(there) == 1 {
		verb = "is"
	}
	return fmt.Sprintf("no key `%s`; there %s `%s`%s", name, verb, strings.Join(there, "`, `"), more)
}

func keysOf(m traits.Mapper) []string {
	var names []string
	for it := m.Iterator(); it.HasNext() == types.True; {
		names = append(names, fmt.Sprint(it.Next().Value()))
	}
	return names
}
