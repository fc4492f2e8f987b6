package scenario

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// What a file of YAML may hold. A scenario may come from anywhere, and reading it must
// neither end the program nor take all its memory.
const (
	maxFileBytes   = 1 << 20   // bytes of the file
	maxNodes       = 100_000   // values, each alias counted as what it stands for
	maxNesting     = 64        // levels
	maxScalarBytes = 64 << 10  // bytes of one text
	maxTitleBytes  = 300       // bytes of a title, a question, a name
	maxRendered    = 16 << 20  // bytes that a template may give
	maxSeries      = 1_000_000 // numbers in a series that a template counts through
	maxWords       = 1000      // words in a sentence
)

// readNode reads a file of YAML into its tree, and finds what no honest file has.
func readNode(file string, data []byte) (*yaml.Node, error) {
	if len(data) > maxFileBytes {
		return nil, Mistakes{{File: file, Text: fmt.Sprintf("the file is larger than %d KiB: put long texts into files of their own", maxFileBytes>>10)}}
	}
	root := &yaml.Node{}
	if err := yaml.Load(data, root); err != nil {
		return nil, yamlMistakes(file, err)
	}
	s := &soundness{file: file, sizes: map[*yaml.Node]int{}, inside: map[*yaml.Node]bool{}}
	if s.measure(root, 0); len(s.wrong) > 0 {
		return nil, s.wrong[:1] // one is enough: others may follow from it
	}
	return root, nil
}

// soundness is a tree of YAML being looked at before anything is made of it.
type soundness struct {
	file   string
	sizes  map[*yaml.Node]int  // how many values a node stands for
	inside map[*yaml.Node]bool // the nodes that are being measured
	wrong  Mistakes
}

func (s *soundness) mistake(node *yaml.Node, format string, args ...any) {
	s.wrong = append(s.wrong, at(s.file, node, format, args...))
}

// measure returns how many values a node stands for. It stops at the first mistake.
func (s *soundness) measure(node *yaml.Node, depth int) int {
	if size, known := s.sizes[node]; known {
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
		s.mistake(node, "this stands for more than %d values: use fewer aliases, or shorter lists", maxNodes)
	}
	s.sizes[node] = size
	return size
}

func (s *soundness) scalar(node *yaml.Node) {
	if node.Kind != yaml.ScalarNode || len(s.wrong) > 0 {
		return
	}
	if len(node.Value) > maxScalarBytes {
		s.mistake(node, "this text is longer than %d KiB: put it into a file of its own", maxScalarBytes>>10)
	}
	if what := unprintable(node.Value); what != "" {
		s.mistake(node, "%s", what)
	}
}

// unprintable says which character of a text a terminal would act on in place of showing
// it; nothing if there is none.
func unprintable(text string) string {
	for i, r := range text {
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(text[i:], "\ufffd"):
			return "this text is not UTF-8: save the file as UTF-8"
		case r == '\n' || r == '\t':
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r):
			return fmt.Sprintf("this text holds the control character %U, which a terminal would act on: leave it out", r)
		}
	}
	return ""
}

// titled says what is wrong with a text that must fit into a line; nothing if it does.
func titled(text string) string {
	switch {
	case len(text) > maxTitleBytes:
		return fmt.Sprintf("it is longer than %d bytes: say it in a line", maxTitleBytes)
	case strings.ContainsAny(strings.TrimSpace(text), "\n\t"):
		return "it has several lines or tabs: say it in a line"
	}
	return unprintable(text)
}
