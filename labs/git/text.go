package git

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/ianaindex"
)

// octal matches an escaped byte in the texts that [text] returns.
var octal = regexp.MustCompile(`\\([0-7]{3})`)

// text returns a name or a message of any bytes as a UTF-8 string. A byte that is not part
// of a character is escaped as Git does, such as \351; so is a backslash that could be
// taken for the beginning of an escape. Two texts are equal only if their bytes are.
func text(raw string) string {
	if utf8.ValidString(raw) && !octal.MatchString(raw) {
		return raw
	}
	raw = octal.ReplaceAllString(raw, `\134$1`)
	var out strings.Builder
	for len(raw) > 0 {
		char, size := utf8.DecodeRuneInString(raw)
		if char == utf8.RuneError && size == 1 {
			fmt.Fprintf(&out, `\%03o`, raw[0])
		} else {
			out.WriteString(raw[:size])
		}
		raw = raw[size:]
	}
	return out.String()
}

// decoded returns the text of a commit with a stated encoding, as git log shows it.
func decoded(raw, encoding string) string {
	known, err := ianaindex.IANA.Encoding(encoding)
	if err != nil || known == nil || utf8.ValidString(raw) && strings.EqualFold(encoding, "UTF-8") {
		return text(raw)
	}
	converted, err := known.NewDecoder().String(raw)
	if back, lossy := known.NewEncoder().String(converted); err != nil || lossy != nil || back != raw {
		return text(raw)
	}
	return text(converted)
}
