package scenario

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

	"go.yaml.in/yaml/v4"

	"endstate/internal/scenario/sample"
	"endstate/labs"
)

// render executes a template over params. If random is not nil, the template may also use its
// functions, whose results the seed decides. The partials are templates that it may include.
func render(name, source string, params map[string]any, random *sample.Generator, partials ...partial) (string, error) {
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
		if _, err := parsed.New(p.name).Parse(p.source); err != nil {
			return "", fmt.Errorf("%s: %w", p.name, err)
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

// written returns a value as templates write it: lists and maps as JSON.
func written(value any) any {
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
		all[i] = written(values[i])
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

// partial is a file whose name begins with "_". It is not a file of the variant; others
// include it with {{template "_name.tmpl" .}}.
type partial struct{ name, source string }

// "template: name:line:column: executing …: what"
var templateMessage = regexp.MustCompile(`^template: [^:]*:(\d+)(?::(\d+))?: (?:executing .*? at )?(.*)$`)

// templateError turns a template's error into a mistake with a line.
func templateError(err error) error {
	match := templateMessage.FindStringSubmatch(err.Error())
	if match == nil {
		return err
	}
	mistake := Mistake{Text: match[3]}
	_, _ = fmt.Sscan(match[1], &mistake.Line)
	_, _ = fmt.Sscan(match[2], &mistake.Column)
	return mistake
}

// reason returns an error's text without the position inside the template.
func reason(err error) string {
	var mistake Mistake
	if errors.As(err, &mistake) {
		return mistake.Text
	}
	return err.Error()
}

// renderNode returns a copy of a node in which all strings are rendered.
func renderNode(node *yaml.Node, params map[string]any) (*yaml.Node, error) {
	if node.Kind == yaml.AliasNode {
		return renderNode(node.Alias, params)
	}
	clone := *node
	if node.Kind == yaml.ScalarNode && strings.Contains(node.Value, "{{") {
		value, err := render("text", node.Value, params, nil)
		if err != nil {
			return nil, at(documentName, node, "%s", reason(err))
		}
		clone.Value = value
		return &clone, nil
	}
	clone.Content = make([]*yaml.Node, len(node.Content))
	for i, child := range node.Content {
		var err error
		if clone.Content[i], err = renderNode(child, params); err != nil {
			return nil, err
		}
	}
	return &clone, nil
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
		"written": written,
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
	if len(text) > maxFileBytes {
		return "", fmt.Errorf("a string grows longer than %d KiB", maxFileBytes>>10)
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
		texts[i] = fmt.Sprint(written(items[i]))
	}
	return short(strings.Join(texts, separator))
}

// quoteSQL returns a value as a MySQL literal. A list or a map becomes a string of JSON.
func quoteSQL(value any) string {
	if value == nil {
		return "NULL"
	}
	text, ok := written(value).(string)
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

// normal converts a decoded YAML value to the types that expectations use.
func normal(value any) (any, error) { return labs.Normal(value) }
