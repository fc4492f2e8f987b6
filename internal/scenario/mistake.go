package scenario

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v4"

	"endstate/internal/scenario/advice"
	"endstate/labs"
)

// Mistake is a defect of a scenario and its position. Lines and columns count from 1; 0 means
// unknown.
type Mistake struct {
	File   string `json:"file"`
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
	Text   string `json:"text"`
}

// maxMistake limits the text of a mistake, in bytes: it may quote a whole file.
const maxMistake = 800

// Error returns "file:line:column: text" on one line, the form that editors understand. It
// shortens a long text.
func (m Mistake) Error() string {
	text := shorten(inLine(m.Text))
	switch {
	case m.Line == 0:
		return m.File + ": " + text
	case m.Column == 0:
		return fmt.Sprintf("%s:%d: %s", m.File, m.Line, text)
	}
	return fmt.Sprintf("%s:%d:%d: %s", m.File, m.Line, m.Column, text)
}

// inLine escapes line breaks and other control characters.
func inLine(text string) string {
	if !strings.ContainsFunc(text, unicode.IsControl) {
		return text
	}
	quoted := strconv.Quote(text)
	return strings.ReplaceAll(quoted[1:len(quoted)-1], `\"`, `"`)
}

// shorten cuts a text after maxMistake bytes.
func shorten(text string) string {
	if len(text) <= maxMistake {
		return text
	}
	return strings.ToValidUTF8(text[:maxMistake], "") + "…"
}

// Mistakes is an error that lists several mistakes.
type Mistakes []Mistake

// Error returns one mistake per line.
func (m Mistakes) Error() string {
	lines := make([]string, len(m))
	for i := range m {
		lines[i] = m[i].Error()
	}
	return strings.Join(lines, "\n")
}

// orNil returns the mistakes as an error, or nil if there are none.
func (m Mistakes) orNil() error {
	if len(m) == 0 {
		return nil
	}
	return m
}

// with returns mistakes in decoding and those that were found later, in the order of their lines. A
// later one is left out if it only follows from an earlier one: at the same place, or because a
// field is missing whose name is misspelt.
func (m Mistakes) with(later Mistakes) Mistakes {
	all := slices.Clone(m)
	for _, one := range later {
		field, _, _ := strings.Cut(one.Text, " ")
		missing := strings.Contains(one.Text, "is missing")
		if !slices.ContainsFunc(m, func(first Mistake) bool {
			return first.Line == one.Line && first.Column == one.Column && one.Line > 0
		}) && !(missing && slices.ContainsFunc(slices.Concat(m, later), func(other Mistake) bool {
			return strings.Contains(other.Text, fmt.Sprintf("did you mean %q", field))
		})) {
			all = append(all, one)
		}
	}
	slices.SortStableFunc(all, func(a, b Mistake) int { return a.Line - b.Line })
	return all
}

// at returns a mistake at a node of a file.
func at(file string, node *yaml.Node, format string, args ...any) Mistake {
	mistake := Mistake{File: file, Text: fmt.Sprintf(format, args...)}
	if node != nil {
		mistake.Line, mistake.Column = node.Line, node.Column
	}
	return mistake
}

// yamlMistakes turns the errors of the YAML decoder into mistakes. The values are those that it
// decoded into, beyond the documents of this package: their fields are suggested.
func yamlMistakes(file string, err error, into ...any) Mistakes {
	var found Mistakes
	if errors.As(err, &found) {
		return found
	}
	var many *yaml.LoadErrors
	var one *yaml.LoadError
	switch {
	case errors.As(err, &many):
		for _, e := range many.Errors {
			var inner Mistakes
			if errors.As(e, &inner) {
				found = append(found, inner...)
				continue
			}
			found = append(found, Mistake{File: file, Line: e.Mark.Line, Column: e.Mark.Column, Text: plain(e.Message, into)})
		}
	case errors.As(err, &one):
		found = append(found, Mistake{File: file, Line: one.Mark.Line, Column: one.Mark.Column, Text: plain(one.Message, into)})
	default:
		found = append(found, Mistake{File: file, Text: plain(labs.Cause(err), into)})
	}
	return found
}

// "field titel not found in type scenario.document"
var unknownField = regexp.MustCompile(`(?s)^field (.*) not found in type (\S+)$`)

// "cannot construct !!float `.inf` into int"
var construction = regexp.MustCompile("(?s)^cannot (?:construct|unmarshal) (\\S+)(?: `(.*)`)? into (.*)$")

// plain rewrites a decoder's message about Go types for authors of scenarios.
func plain(message string, into []any) string {
	message = strings.TrimPrefix(message, "yaml: ")
	if message == "no documents in stream" {
		return "the file is empty"
	}
	if match := unknownField.FindStringSubmatch(message); match != nil {
		return advice.UnknownField(match[1], fieldsOf(match[2], into))
	}
	if match := construction.FindStringSubmatch(message); match != nil {
		return advice.WrongType(match[1], match[2], match[3])
	}
	if text, ok := advice.DuplicateField(message); ok {
		return text
	}
	return message
}

// fieldsOf returns the fields of a type, by the name that the decoder gives it.
func fieldsOf(name string, into []any) []string {
	for _, value := range append(into, document{}, blueprint{}, paramFields{}, itemFields{}) {
		if names := advice.Fields(value)[name]; names != nil {
			return names
		}
	}
	return nil
}
