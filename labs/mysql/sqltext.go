package mysql

import "strings"

// word is a word or sign of SQL, outside of strings and comments.
type word struct {
	text   string
	quoted bool // it was written as `name` or "name", so it is no keyword
}

// is reports whether the word is a keyword, in any case.
func (w word) is(keywords ...string) bool {
	for _, keyword := range keywords {
		if !w.quoted && strings.EqualFold(w.text, keyword) {
			return true
		}
	}
	return false
}

// words returns the words and signs of a text. What only MySQL reads (/*!50003 … */) is not
// a comment. With escapes, a backslash in a string escapes the next character.
func words(text string, escapes bool) []word {
	var found []word
	for text != "" {
		size := 1
		switch c := text[0]; {
		case strings.HasPrefix(text, "/*!"):
			size = 3 + span(text[3:], isDigit)
		case strings.HasPrefix(text, "*/"):
			size = 2
		case strings.HasPrefix(text, "/*"):
			size = until(text, 2, "*/")
		case c == '#', strings.HasPrefix(text, "--") && (len(text) == 2 || text[2] <= ' '):
			size = until(text, 1, "\n")
		case c == '\'', c == '"', c == '`':
			var inside string
			inside, size = quotedText(text, escapes && c != '`')
			if c != '\'' {
				found = append(found, word{inside, true})
			} else {
				found = append(found, word{"''", true})
			}
		case strings.HasPrefix(text, "@@"):
			size = 2
		case c == '@' && len(text) > 1 && isName(text[1]):
			size = 1 + span(text[1:], isName)
			found = append(found, word{text[:size], true})
		case isName(c):
			size = span(text, isName)
			found = append(found, word{text[:size], false})
		case c > ' ':
			found = append(found, word{text[:1], false})
		}
		text = text[size:]
	}
	return found
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isName(c byte) bool {
	return c == '_' || c == '$' || c >= 0x80 || isDigit(c) || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

func span(text string, of func(byte) bool) int {
	n := 0
	for n < len(text) && of(text[n]) {
		n++
	}
	return n
}

// until returns the length up to the end of a comment.
func until(text string, from int, end string) int {
	if i := strings.Index(text[from:], end); i >= 0 {
		return from + i + len(end)
	}
	return len(text)
}

// quotedText returns the quoted text at the beginning of a text, and its length including
// quotes.
func quotedText(text string, escapes bool) (inside string, size int) {
	var b strings.Builder
	for i := 1; i < len(text); i++ {
		switch {
		case escapes && text[i] == '\\':
			i++
			continue
		case text[i] == text[0] && i+1 < len(text) && text[i+1] == text[0]:
			i++
		case text[i] == text[0]:
			return b.String(), i + 1
		}
		b.WriteByte(text[i])
	}
	return b.String(), len(text)
}
