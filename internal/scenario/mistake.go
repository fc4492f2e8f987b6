package scenario

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v4"
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

// at returns a mistake at a node of a file.
func at(file string, node *yaml.Node, format string, args ...any) Mistake {
	mistake := Mistake{File: file, Text: fmt.Sprintf(format, args...)}
	if node != nil {
		mistake.Line, mistake.Column = node.Line, node.Column
	}
	return mistake
}

// yamlMistakes turns the errors of the YAML decoder into mistakes.
func yamlMistakes(file string, err error) Mistakes {
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
			found = append(found, Mistake{File: file, Line: e.Mark.Line, Column: e.Mark.Column, Text: plain(e.Message)})
		}
	case errors.As(err, &one):
		found = append(found, Mistake{File: file, Line: one.Mark.Line, Column: one.Mark.Column, Text: plain(one.Message)})
	default:
		found = append(found, Mistake{File: file, Text: err.Error()})
	}
	return found
}

// plain rewrites a decoder's message about Go types for authors of scenarios.
func plain(message string) string {
	if name, _, found := strings.Cut(strings.TrimPrefix(message, "field "), " not found in type"); found {
		return fmt.Sprintf("unknown field %q", name)
	}
	if match := construction.FindStringSubmatch(message); match != nil {
		return fmt.Sprintf("%q is not %s", match[1], typeName(match[2]))
	}
	return message
}

// "cannot construct !!float `.inf` into int"
var construction = regexp.MustCompile("(?s)^cannot (?:construct|unmarshal) \\S+(?: `(.*)`)? into (.*)$")

// typeName describes a Go type in an author's terms.
func typeName(name string) string {
	switch {
	case strings.HasPrefix(name, "[]"):
		return "a list"
	case strings.HasPrefix(name, "int"), strings.HasPrefix(name, "uint"):
		return "a whole number"
	case strings.HasPrefix(name, "float"):
		return "a number"
	case name == "bool":
		return "true or false"
	case name == "string":
		return "a string"
	}
	return "a mapping, name: value"
}
