// Package advice says what to do about mistakes in YAML, in the words of somebody who writes a
// scenario.
package advice

import (
	"fmt"
	"regexp"
	"strings"
)

// Syntax rewrites the parser's message about a place in a file, and corrects the place. Lines and
// columns count from 1.
func Syntax(data []byte, line, column int, message string) (int, int, string) {
	text := lineAt(data, line)
	if at, ok := bareTemplate(text); ok {
		return line, at, "a text with {{…}} must be in quotes if it begins with {{, or is inside […] or {…}"
	}
	for _, one := range rules {
		if strings.HasPrefix(message, one.message) {
			return line, column, one.advice(text, column, message)
		}
	}
	return line, column, message
}

func lineAt(data []byte, line int) string {
	lines := strings.Split(string(data), "\n")
	if line < 1 || line > len(lines) {
		return ""
	}
	return lines[line-1]
}

// A value that begins with {{ and has no quotes: after a name, a hyphen, a bracket or a comma.
var bare = regexp.MustCompile(`(?:^|[:\-] +|[\[,] *)(\{\{)`)

// bareTemplate returns the column of a template without quotes.
func bareTemplate(text string) (int, bool) {
	match := bare.FindStringSubmatchIndex(text)
	if match == nil || strings.Count(text[:match[2]], `"`)%2 == 1 || strings.Count(text[:match[2]], "'")%2 == 1 {
		return 0, false
	}
	return match[2] + 1, true
}

// rules say what to do about the parser's messages.
var rules = []struct {
	message string
	advice  func(text string, column int, message string) string
}{
	{"mapping values are not allowed", always("“: ” begins a new field here: put the text in quotes, or write it below after >-")},
	{"found a tab character", always("this line is indented with a tab: use spaces")},
	{"found character that cannot start any token", badStart},
	{"found character", always("a text can't begin with “!”: put it in quotes")},
	{"did not find expected ',' or", always("inside {…} and […], a text with “: ”, “, ”, brackets or braces must be in quotes; or the {…} is not closed")},
	{"found unexpected end of stream", always("a quote that was opened is never closed")},
	{"unknown anchor", badAnchor},
	{"block sequence entries are not allowed", always("a text can't begin with “- ”: put it in quotes; a list begins on a line of its own")},
	{"did not find expected '-' indicator", always("this line does not line up with the list above it: indent it like the lines that it belongs to")},
	{"did not find expected key", badKey},
}

func always(text string) func(string, int, string) string {
	return func(string, int, string) string { return text }
}

func badStart(text string, column int, _ string) string {
	rest := []rune(text)
	if column < 1 || column > len(rest) {
		return "a text can't begin like this: put it in quotes"
	}
	if rest[column-1] == '\t' {
		return "this line is indented with a tab: use spaces"
	}
	return fmt.Sprintf("a text can't begin with “%c”: put it in quotes", rest[column-1])
}

var anchor = regexp.MustCompile(`'([^']*)'`)

func badAnchor(_ string, _ int, message string) string {
	if match := anchor.FindStringSubmatch(message); match != nil {
		return fmt.Sprintf("*%[1]s refers to &%[1]s, which is not above it; a text that begins with “*” must be in quotes", match[1])
	}
	return "a text that begins with “*” must be in quotes"
}

func badKey(text string, _ int, _ string) string {
	if strings.Count(text, "'") > 2 {
		return "inside '…', a quote is written twice: it''s; or use \"…\""
	}
	return "this line does not line up with those above it: indent it like the fields that it belongs to, and close every quote"
}

var duplicate = regexp.MustCompile(`^mapping key "?([^"]*)"? already defined at line (\d+)`)

// DuplicateField says where else a field is defined. It returns false for any other message.
func DuplicateField(message string) (string, bool) {
	match := duplicate.FindStringSubmatch(message)
	if match == nil {
		return "", false
	}
	return fmt.Sprintf("%q is defined twice, first in line %s: remove one", match[1], match[2]), true
}
