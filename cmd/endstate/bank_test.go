package main

import (
	"io/fs"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"endstate/scenarios"
)

// How long an expectation, a message or a let may be. What is longer can't be read, so its
// mistakes can't be seen.
const (
	mostLines   = 5
	mostColumns = 160
)

// Every expectation and every message of the embedded scenarios can be read.
func TestExpectationsAreShort(t *testing.T) {
	paths, err := fs.Glob(scenarios.Files, "*/scenario.yaml")
	if err != nil || len(paths) == 0 {
		t.Fatal("there are no scenarios", err)
	}
	read := 0
	for _, path := range paths {
		text, err := fs.ReadFile(scenarios.Files, path)
		if err != nil {
			t.Fatal(err)
		}
		var root yaml.Node
		if err := yaml.Unmarshal(text, &root); err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(string(text), "\n")
		eachExpression(&root, func(key, value *yaml.Node) {
			read++
			block := lines[value.Line-1 : key.Line+linesBelow(lines, key)]
			if value.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
				block = block[1:]
			}
			if len(block) > mostLines {
				t.Errorf("%s:%d: %s has %d lines; at most %d can be read: name its parts in let", path, key.Line, key.Value, len(block), mostLines)
			}
			for _, line := range block {
				if n := len([]rune(line)); n > mostColumns {
					t.Errorf("%s:%d: %s has a line of %d characters, more than %d", path, key.Line, key.Value, n, mostColumns)
				}
			}
		})
	}
	if read < 200 {
		t.Errorf("only %d expressions were read", read)
	}
}

// eachExpression visits what is CEL or has CEL in it: expect, otherwise, and each let.
func eachExpression(node *yaml.Node, visit func(key, value *yaml.Node)) {
	for i, child := range node.Content {
		if node.Kind == yaml.MappingNode && i%2 == 1 && child.Kind != yaml.AliasNode {
			switch key := node.Content[i-1]; {
			case slices.Contains([]string{"expect", "otherwise"}, key.Value):
				visit(key, child)
			case key.Value == "let":
				for j := 0; j+1 < len(child.Content); j += 2 {
					visit(child.Content[j], child.Content[j+1])
				}
			}
		}
		eachExpression(child, visit)
	}
}

// linesBelow returns how many lines below a key belong to its value: those that are indented more.
func linesBelow(lines []string, key *yaml.Node) int {
	n := 0
	for _, line := range lines[key.Line:] {
		if strings.TrimSpace(line) != "" && len(line)-len(strings.TrimLeft(line, " ")) < key.Column {
			break
		}
		n++
	}
	for n > 0 && strings.TrimSpace(lines[key.Line+n-1]) == "" {
		n--
	}
	return n
}
