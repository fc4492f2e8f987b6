package scenario

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"endstate/internal/scenario/advice"
)

// Limits on a YAML file. A scenario may come from anywhere, and reading it must neither crash
// the program nor use up its memory.
const (
	maxFileBytes   = 1 << 20  // bytes of the file
	maxNodes       = 100_000  // values, with aliases expanded
	maxNesting     = 64       // levels
	maxScalarBytes = 64 << 10 // bytes of one string
	maxTitleBytes  = 300      // bytes of a title, a question or a name
)

// readNode parses a YAML file into a tree that is within the limits.
func readNode(file string, data []byte) (*yaml.Node, error) {
	if len(data) > maxFileBytes {
		return nil, Mistakes{{File: file, Text: fmt.Sprintf("the file is larger than %d KiB: move long texts to files of their own", maxFileBytes>>10)}}
	}
	root := &yaml.Node{}
	if err := yaml.Load(data, root); err != nil {
		found := yamlMistakes(file, err)
		for i, m := range found {
			found[i].Line, found[i].Column, found[i].Text = advice.Syntax(data, m.Line, m.Column, m.Text)
		}
		return nil, found
	}
	s := &treeChecker{file: file, sizes: map[*yaml.Node]int{}, inside: map[*yaml.Node]bool{}}
	if s.measure(root, 0); len(s.wrong) > 0 {
		return nil, s.wrong[:1] // the others may just follow from it
	}
	return root, nil
}

// treeChecker checks a YAML tree before it is decoded.
type treeChecker struct {
	file   string
	sizes  map[*yaml.Node]int  // how many values a node expands to
	inside map[*yaml.Node]bool // the nodes that measure is visiting
	wrong  Mistakes
}

func (s *treeChecker) mistake(node *yaml.Node, format string, args ...any) {
	s.wrong = append(s.wrong, at(s.file, node, format, args...))
}

// measure returns how many values a node expands to. It stops at the first mistake.
func (s *treeChecker) measure(node *yaml.Node, depth int) int {
	if size, ok := s.sizes[node]; ok {
		return size
	}
	switch {
	case len(s.wrong) > 0:
		return 0
	case depth > maxNesting:
		s.mistake(node, "this is nested more than %d levels deep: make it flatter", maxNesting)
		return 0
	case s.inside[node]:
		s.mistake(node, "the value of &%s contains itself: write out what *%s stands for", node.Anchor, node.Anchor)
		return 0
	}
	s.inside[node] = true
	defer delete(s.inside, node)
	size := 1
	if node.Kind == yaml.AliasNode {
		size += s.measure(node.Alias, depth+1)
	}
	for _, child := range node.Content {
		size += s.measure(child, depth+1)
	}
	s.scalar(node)
	if size > maxNodes && len(s.wrong) == 0 {
		s.mistake(node, "this expands to more than %d values: use fewer aliases or shorter lists", maxNodes)
	}
	s.sizes[node] = size
	return size
}

func (s *treeChecker) scalar(node *yaml.Node) {
	if node.Kind != yaml.ScalarNode || len(s.wrong) > 0 {
		return
	}
	if len(node.Value) > maxScalarBytes {
		s.mistake(node, "this text is longer than %d KiB: move it to a file of its own", maxScalarBytes>>10)
	}
	if what := unprintable(node.Value); what != "" {
		s.mistake(node, "%s", what)
	}
}

// unprintable describes the first character of a text that a terminal would interpret instead
// of showing it. It returns "" if there is none.
func unprintable(text string) string {
	for i, r := range text {
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(text[i:], "\ufffd"):
			return "this text is not UTF-8: save the file as UTF-8"
		case r == '\n' || r == '\t':
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r):
			return fmt.Sprintf("this text contains the control character %U, which a terminal would interpret: remove it", r)
		}
	}
	return ""
}

// notOneLine describes why a text does not fit on one line. It returns "" if it does.
func notOneLine(text string) string {
	switch {
	case len(text) > maxTitleBytes:
		return fmt.Sprintf("it is longer than %d bytes: shorten it", maxTitleBytes)
	case strings.ContainsAny(strings.TrimSpace(text), "\n\t"):
		return "it has line breaks or tabs: write it on one line"
	}
	return unprintable(text)
}
