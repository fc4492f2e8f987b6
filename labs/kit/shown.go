package kit

import (
	"fmt"
	"strings"
	"unicode"
)

// Limits of what is shown of text that a learner may have written.
const (
	mostShown = 1000 // characters of a message
	mostName  = 100  // characters of a name
)

// Shown returns a text that is safe to show in a terminal: without control characters, and
// shortened.
func Shown(text string) string { return cut(printable(text, "\n\t"), mostShown) }

// ShownName is [Shown] for a name, on one line.
func ShownName(name string) string { return cut(printable(name, ""), mostName) }

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

// Size formats a number of bytes.
func Size(bytes int64) string {
	switch {
	case bytes >= 1<<30:
		return fmt.Sprintf("%.1f GiB", float64(bytes)/(1<<30))
	case bytes >= 1<<20:
		return fmt.Sprintf("%d MiB", bytes>>20)
	}
	return fmt.Sprintf("%d KiB", bytes>>10)
}
