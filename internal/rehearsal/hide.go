package rehearsal

import (
	"math/rand/v2"
	"strings"
	"unicode/utf8"
)

// Hide replaces about the given share of a script's words, in percent, by underscores of their
// length. It keeps line breaks and punctuation. With the same seed, a word that is hidden at one
// share is hidden at every larger one, so that each round takes words away from the last.
func Hide(script string, percent int, seed uint64) string {
	chance := rand.New(rand.NewPCG(seed, 0))
	var hidden strings.Builder
	for len(script) > 0 {
		word, rest := cutWord(script)
		if word == "" {
			_, size := utf8.DecodeRuneInString(script)
			hidden.WriteString(script[:size])
			script = script[size:]
			continue
		}
		if chance.IntN(100) < percent {
			word = strings.Repeat("_", utf8.RuneCountInString(word))
		}
		hidden.WriteString(word)
		script = rest
	}
	return hidden.String()
}

// cutWord cuts the letters, digits and apostrophes from the start of a text.
func cutWord(text string) (word, rest string) {
	end := strings.IndexFunc(text, func(r rune) bool { return !isLetter(r) && r != '\'' && r != '’' })
	if end < 0 {
		end = len(text)
	}
	return text[:end], text[end:]
}
