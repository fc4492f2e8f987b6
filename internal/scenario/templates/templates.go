// Package templates fills the templates of scenarios: texts and files with params in them.
package templates

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"strings"
	"text/template"
	ast "text/template/parse"

	"endstate/internal/scenario/sample"
)

// The limits of a template.
const (
	maxString   = 1 << 20   // bytes of a string, as of any file of a scenario
	maxRendered = 16 << 20  // bytes of the output
	maxSeries   = 1_000_000 // numbers in seq
)

// Error is a mistake in a template. Lines and columns count from 1; 0 means unknown.
type Error struct {
	Line, Column int
	Text         string
}

// Error returns the text.
func (e *Error) Error() string { return e.Text }

// Render executes a template over params. If random is not nil, the template may also use its
// functions, whose results the seed decides. The partials are templates that it may include. A mistake
// in the template is an [Error].
func Render(name, source string, params map[string]any, random *sample.Generator, partials ...Partial) (string, error) {
	if !strings.Contains(source, "{{") {
		return source, nil
	}
	functions := plainFunctions()
	if random != nil {
		for name, function := range random.Functions() {
			functions[name] = function
		}
	}
	parsed := template.New(name).Option("missingkey=error").Funcs(functions)
	for _, p := range partials {
		if _, err := parsed.New(p.Name).Parse(p.Source); err != nil {
			return "", fmt.Errorf("%s: %w", p.Name, err)
		}
	}
	if _, err := parsed.Parse(source); err != nil {
		return "", templateError(err)
	}
	for _, one := range parsed.Templates() {
		writeJSON(one.Tree, one.Root)
	}
	out := &limited{}
	if err := parsed.Execute(out, params); err != nil {
		return "", templateError(err)
	}
	return out.String(), nil
}

// writeJSON makes each {{…}} below a node write a list or a map as JSON, not as Go prints it.
func writeJSON(tree *ast.Tree, node ast.Node) {
	switch n := node.(type) {
	case *ast.ListNode:
		if n == nil {
			return // no {{else}}
		}
		for _, one := range n.Nodes {
			writeJSON(tree, one)
		}
	case *ast.ActionNode:
		if len(n.Pipe.Decl) == 0 {
			call := ast.NewIdentifier("written").SetTree(tree).SetPos(n.Pos)
			n.Pipe.Cmds = append(n.Pipe.Cmds, &ast.CommandNode{NodeType: ast.NodeCommand, Pos: n.Pos, Args: []ast.Node{call}})
		}
	case *ast.IfNode:
		writeJSON(tree, n.List)
		writeJSON(tree, n.ElseList)
	case *ast.RangeNode:
		writeJSON(tree, n.List)
		writeJSON(tree, n.ElseList)
	case *ast.WithNode:
		writeJSON(tree, n.List)
		writeJSON(tree, n.ElseList)
	}
}

// Written returns a value as templates write it: lists and maps as JSON.
func Written(value any) any {
	switch reflect.ValueOf(value).Kind() {
	case reflect.Slice, reflect.Map:
		if text, err := quoteJSON(value); err == nil {
			return text
		}
	}
	return value
}

func writtenAll(values []any) []any {
	all := make([]any, len(values))
	for i := range values {
		all[i] = Written(values[i])
	}
	return all
}

// limited collects a template's output up to a limit.
type limited struct{ strings.Builder }

func (l *limited) Write(data []byte) (int, error) {
	if l.Len()+len(data) > maxRendered {
		return 0, fmt.Errorf("the template produces more than %d MiB", maxRendered>>20)
	}
	return l.Builder.Write(data)
}

// Partial is a file whose name begins with "_". It is not a file of the variant; others
// include it with {{template "_name.tmpl" .}}.
type Partial struct{ Name, Source string }

// "template: name:line:column: executing …: what"
var templateMessage = regexp.MustCompile(`^template: [^:]*:(\d+)(?::(\d+))?: (?:executing .*? at )?(.*)$`)

// templateError turns the error of a template into one with a line.
func templateError(err error) error {
	match := templateMessage.FindStringSubmatch(err.Error())
	if match == nil {
		return err
	}
	mistake := &Error{Text: match[3]}
	_, _ = fmt.Sscan(match[1], &mistake.Line)
	_, _ = fmt.Sscan(match[2], &mistake.Column)
	return mistake
}

// IsFunction reports whether a word is a function of the templates of files.
func IsFunction(word string) bool {
	_, plain := plainFunctions()[word]
	_, random := sample.New(1, "").Functions()[word]
	return plain || random
}

// plainFunctions returns the functions of all templates.
func plainFunctions() template.FuncMap {
	return template.FuncMap{
		"add":   func(a, b int64) int64 { return a + b },
		"sub":   func(a, b int64) int64 { return a - b },
		"mul":   multiply,
		"div":   divide,
		"mod":   remainder,
		"seq":   sequence,
		"list":  func(items ...any) []any { return items },
		"lower": strings.ToLower,
		"upper": strings.ToUpper,
		"join":  join,
		"sql":   quoteSQL,
		"json":  quoteJSON,
		// Appended to each {{…}}.
		"written": Written,
		// These replace built-in functions to limit memory: doubling a string forty times
		// would use all of it.
		"print":   func(items ...any) (string, error) { return short(fmt.Sprint(writtenAll(items)...)) },
		"println": func(items ...any) (string, error) { return short(fmt.Sprintln(writtenAll(items)...)) },
		"printf": func(format string, items ...any) (string, error) {
			return short(fmt.Sprintf(format, writtenAll(items)...))
		},
	}
}

// short returns a string unless it is longer than any file of a scenario may be.
func short(text string) (string, error) {
	if len(text) > maxString {
		return "", fmt.Errorf("a string grows longer than %d KiB", maxString>>10)
	}
	return text, nil
}

func multiply(factors ...int64) int64 {
	product := int64(1)
	for _, factor := range factors {
		product *= factor
	}
	return product
}

func divide(a, b int64) (int64, error) {
	if b == 0 {
		return 0, errors.New("division by 0")
	}
	return a / b, nil
}

func remainder(a, b int64) (int64, error) {
	if b == 0 {
		return 0, errors.New("division by 0")
	}
	return a % b, nil
}

func sequence(from, to int64) ([]int64, error) {
	if to < from {
		return nil, nil
	}
	if uint64(to-from) >= maxSeries {
		return nil, fmt.Errorf("seq is limited to %d numbers", maxSeries)
	}
	all := make([]int64, 0, to-from+1)
	for i := from; i <= to; i++ {
		all = append(all, i)
	}
	return all, nil
}

func join(separator string, items []any) (string, error) {
	texts := make([]string, len(items))
	for i := range items {
		texts[i] = fmt.Sprint(Written(items[i]))
	}
	return short(strings.Join(texts, separator))
}

// quoteSQL returns a value as a MySQL literal. A list or a map becomes a string of JSON.
func quoteSQL(value any) string {
	if value == nil {
		return "NULL"
	}
	text, ok := Written(value).(string)
	if !ok {
		return fmt.Sprint(value)
	}
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `''`, "\n", `\n`, "\x00", `\0`).Replace(text) + "'"
}

func quoteJSON(value any) (string, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(value)
	return strings.TrimSpace(out.String()), err
}
