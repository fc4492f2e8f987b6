package expect

import (
	"errors"
	"strings"

	"endstate/labs"
)

// Text is a text that contains expressions: "It has ${size(rows)} rows.".
type Text struct {
	source string
	parts  []part
}

type part struct {
	plain      string
	offset     int         // where the expression begins, in bytes
	expression *Expression // nil if the part is plain text
}

// ParseText parses a text whose "${…}" are CEL expressions over the same names as a
// condition's, and lets. The error is an [*Error] if one does not compile.
func ParseText(source, variable string, lets ...Let) (*Text, error) {
	text := &Text{source: source}
	for rest := source; rest != ""; {
		before, after, found := strings.Cut(rest, "${")
		if before != "" {
			text.parts = append(text.parts, part{plain: before})
		}
		if !found {
			break
		}
		end := closing(after)
		offset := len(source) - len(after)
		if end < 0 {
			line, column := position(source, offset)
			return nil, &Error{Line: line, Column: column, Message: errUnclosed.Error()}
		}
		expression, err := compile(after[:end], variable, lets)
		if err != nil {
			return nil, move(err, source, offset)
		}
		text.parts = append(text.parts, part{expression: expression, offset: offset})
		rest = after[end+1:]
	}
	return text, nil
}

// closing returns the offset of the brace that closes an expression, or -1. Braces inside
// strings do not count.
func closing(text string) int {
	depth := 0
	var quote byte
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case quote != 0 && c == '\\':
			i++
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '{':
			depth++
		case c == '}' && depth == 0:
			return i
		case c == '}':
			depth--
		}
	}
	return -1
}

func position(text string, offset int) (line, column int) {
	before := text[:offset]
	return strings.Count(before, "\n") + 1, offset - strings.LastIndex(before, "\n")
}

// move changes an error's position from the expression to the text around it.
func move(err error, source string, offset int) error {
	mistake, ok := err.(*Error)
	if !ok {
		return err
	}
	line, column := position(source, offset)
	if mistake.Line == 1 {
		mistake.Column += column - 1
	}
	mistake.Line += line - 1
	return mistake
}

// Text evaluates the expressions and returns the text. If some can't be evaluated, it returns
// the text with "?" in their place, and an error.
func (t *Text) Text(bindings labs.Bindings) (string, error) {
	var out strings.Builder
	var failed []error
	for _, p := range t.parts {
		if p.expression == nil {
			out.WriteString(p.plain)
			continue
		}
		value, err := p.expression.value(bindings)
		if err != nil {
			failed = append(failed, err)
			value = "?"
		}
		out.WriteString(show(value))
	}
	return out.String(), errors.Join(failed...)
}

// Examine returns the mistakes in the text's expressions that show only with actual values.
func (t *Text) Examine(bindings labs.Bindings) (mistakes, notes []string) {
	for _, p := range t.parts {
		if p.expression != nil {
			mistakes = append(mistakes, p.expression.mistakes(bindings)...)
		}
	}
	return mistakes, nil
}

var _ labs.Message = (*Text)(nil)
