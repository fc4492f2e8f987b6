package scenario

import (
	"errors"
	"strings"

	"go.yaml.in/yaml/v4"

	"endstate/internal/scenario/sample"
	"endstate/internal/scenario/templates"
	"endstate/labs"
)

// render executes a template over params; see [templates.Render]. A mistake in it is a [Mistake].
func render(name, source string, params map[string]any, random *sample.Generator, partials ...templates.Partial) (string, error) {
	text, err := templates.Render(name, source, params, random, partials...)
	var wrong *templates.Error
	if errors.As(err, &wrong) {
		return "", Mistake{Line: wrong.Line, Column: wrong.Column, Text: wrong.Text}
	}
	return text, err
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

// normal converts a decoded YAML value to the types that expectations use.
func normal(value any) (any, error) { return labs.Normal(value) }
