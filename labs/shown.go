package labs

import (
	"strings"
	"unicode"
)

// What is shown of text that a learner may have made, at most.
const (
	mostShown = 1000 // characters of a message
	mostName  = 100  // characters of a name
)

// shown returns a text as a terminal can show it: without what it would obey, and not
// longer than somebody reads.
func shown(text string) string { return cut(printable(text, "\n\t"), mostShown) }

// plain is shown for a name, on one line.
func plain(name string) string { return cut(printable(name, ""), mostName) }

func printable(text, also string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) && !strings.ContainsRune(also, r) {
			return unicode.ReplacementChar
		}
		return r
	}, text)
}

func cut(text string, most int) string {
	if characters := []rune(text); len(characters) > most {
		return string(characters[:most]) + "…"
	}
	return text
}
