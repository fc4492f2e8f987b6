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

// An absence is what an evaluation ends at where a key or an item is asked for that is
// not there: the learner's system lacks it.
type absence struct {
	at ref.Val
	of any // a mapper, a lister, or nothing
}

// Error says what is not there.
func (a *absence) Error() string {
	if _, list := a.of.(traits.Lister); list {
		return fmt.Sprintf("no item %v", a.at.Value())
	}
	return fmt.Sprintf("no key `%v`", a.at.Value())
}

// told says what is there instead, too.
func (a *absence) told() string {
	switch of := a.of.(type) {
	case traits.Mapper:
		return noKey(fmt.Sprint(a.at.Value()), keysOf(of))
	case traits.Lister:
		return fmt.Sprintf("%v; there are %v", a, of.Size().Value())
	}
	return a.Error() + " in nothing"
}

// findAbsence makes the evaluation tell by type of error what is not there: CEL's own
// errors tell it by their text alone.
func findAbsence(node interpreter.InterpretableV2) (interpreter.InterpretableV2, error) {
	plain, is := node.(interpreter.InterpretableAttribute)
	if _, done := node.(attribute); done || !is {
		return node, nil
	}
	return attribute{plain}, nil
}

// attribute is a variable with what is taken of it: keys and items.
type attribute struct {
	interpreter.InterpretableAttribute
}

// AddQualifier adds a key or an item that is taken.
func (a attribute) AddQualifier(q interpreter.Qualifier) (interpreter.Attribute, error) {
	if constant, is := q.(interpreter.ConstantQualifier); is {
		return a.InterpretableAttribute.AddQualifier(constantKey{constant})
	}
	return a.InterpretableAttribute.AddQualifier(key{q})
}

// key is a key or an index that the expression computes.
type key struct{ interpreter.Qualifier }

// Qualify takes the key's member of a value.
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

// constantKey is a key or an index that stands in the expression.
type constantKey struct{ interpreter.ConstantQualifier }

// Qualify takes the key's member of a value.
func (k constantKey) Qualify(vars interpreter.Activation, of any) (any, error) {
	member, err := k.ConstantQualifier.Qualify(vars, of)
	if err != nil {
		return nil, missing(of, k.Value(), err)
	}
	return member, nil
}

// missing says why a value has no such member.
func missing(of any, at ref.Val, cause error) error {
	var known *absence
	if errors.As(cause, &known) {
		return cause
	}
	value := adapter{}.NativeToValue(of)
	_, key := at.(types.String)
	_, list := value.(traits.Lister)
	_, keyed := value.(traits.Mapper)
	if keyed || list && !key || value == types.NullValue {
		return &absence{at: at, of: value}
	}
	return fmt.Errorf("a %s has no key `%v`", word(value), at.Value())
}

// mostKeys is how many keys are named at most.
const mostKeys = 12

// noKey says that a key is not there, and which are.
func noKey(name string, there []string) string {
	if len(there) == 0 {
		return fmt.Sprintf("no key `%s`; there is none", name)
	}
	slices.Sort(there)
	more := ""
	if left := len(there) - mostKeys; left > 0 {
		there, more = there[:mostKeys], fmt.Sprintf(" and %d more", left)
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
