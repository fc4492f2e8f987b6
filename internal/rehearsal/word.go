package rehearsal

import (
	"strings"
	"sync"
	"unicode"

	"github.com/kljensen/snowball/english"
)

// word is a word of a text. Words that differ only in form have the same stem.
type word struct {
	text  string // as written, with its punctuation
	stems []string
}

// runes returns the stems of words as runes, one for each stem, and how many stems each word has.
// Equal stems have equal runes in all texts that share the alphabet.
func runes(all []word, alphabet map[string]rune) (stems []rune, lengths []int) {
	for _, w := range all {
		for _, stem := range w.stems {
			if _, ok := alphabet[stem]; !ok {
				alphabet[stem] = rune(len(alphabet) + 1)
			}
			stems = append(stems, alphabet[stem])
		}
		lengths = append(lengths, len(w.stems))
	}
	return stems, lengths
}

// words splits a text into its words. What has neither letters nor digits, such as a dash, is
// part of the word before it.
func words(text string) []word {
	var found []word
	for field := range strings.FieldsSeq(text) {
		stems := stemsOf(field)
		if len(stems) == 0 {
			if n := len(found); n > 0 {
				found[n-1].text += " " + field
			}
			continue
		}
		found = append(found, word{field, stems})
	}
	return found
}

// stemsOf returns the stems of a written word. A short form has those of its long form, so that
// "I'm" is the same as "I am".
func stemsOf(field string) []string {
	plain := strings.ToLower(strings.ReplaceAll(field, "’", "'"))
	plain = strings.TrimFunc(plain, func(r rune) bool { return !isLetter(r) })
	if plain == "" {
		return nil
	}
	if long, ok := irregularShortForms[plain]; ok {
		plain = long
	}
	for _, short := range shortForms {
		if rest, ok := strings.CutSuffix(plain, short.ending); ok {
			plain = rest + short.long
			break
		}
	}
	var stems []string
	for part := range strings.FieldsFuncSeq(plain, func(r rune) bool { return !isLetter(r) && r != '\'' }) {
		stems = append(stems, Stem(strings.Trim(part, "'")))
	}
	return stems
}

// Stem returns what the forms of a word have in common. The word is in lower case.
func Stem(word string) string {
	if base, ok := irregularVerbs()[word]; ok {
		word = base
	}
	return english.Stem(word, true)
}

func isLetter(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// irregularShortForms are the short forms that the endings below don't explain.
var irregularShortForms = map[string]string{
	"can't": "can not", "cannot": "can not", "won't": "will not", "shan't": "shall not", "let's": "let us",
}

// shortForms are the endings of short forms. "'s" is left alone: it may be a genitive.
var shortForms = []struct{ ending, long string }{
	{"n't", " not"}, {"'m", " am"}, {"'re", " are"}, {"'ve", " have"}, {"'ll", " will"}, {"'d", " would"},
}

// irregularVerbs maps forms of common irregular verbs to their base, which a stemmer can't find.
var irregularVerbs = sync.OnceValue(func() map[string]string {
	bases := map[string]string{}
	for line := range strings.Lines(verbs) {
		forms := strings.Fields(line)
		for _, form := range forms {
			bases[form] = forms[0]
		}
	}
	return bases
})

// verbs holds one verb a line: its base, then its other forms.
const verbs = `be am is are was were been being
become became
begin began begun
break broke broken
bring brought
build built
buy bought
choose chose chosen
come came
do did done does
draw drew drawn
drive drove driven
fall fell fallen
feel felt
find found
get got gotten
give gave given
go went gone
grow grew grown
have had has
hear heard
hold held
keep kept
know knew known
lead led
leave left
lose lost
make made
mean meant
meet met
pay paid
rise rose risen
run ran
say said
see saw seen
sell sold
send sent
show shown
sit sat
speak spoke spoken
spend spent
stand stood
take took taken
teach taught
tell told
think thought
understand understood
win won
write wrote written
`
