package practice

import (
	"slices"
	"strings"
	"unicode"

	"endstate/internal/attempts"
)

// Compare marks the key points that an explanation seems to touch.
//
// A point is touched if the explanation has two in five of its telling words, and two
// at least if it has as many. Telling are words of three letters and more, numbers of
// any length, and what stands between backticks, but for those that any text has.
// Words are the same if they are once their endings are cut off (merge, merged,
// merging). It is a help for the learner's own judgement and no grade.
func Compare(explanation string, points []string) []attempts.KeyPoint {
	said := telling(explanation)
	marked := make([]attempts.KeyPoint, 0, len(points))
	for _, point := range points {
		marked = append(marked, attempts.KeyPoint{Text: point, Touched: touched(said, telling(point))})
	}
	return marked
}

func touched(said, wanted []string) bool {
	found := 0
	for _, word := range wanted {
		if slices.Contains(said, word) {
			found++
		}
	}
	return found > 0 && found >= min(2, len(wanted)) && 5*found >= 2*len(wanted)
}

// telling returns the telling words of a text without their endings, each once.
func telling(text string) []string {
	var words []string
	split := func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) }
	for _, word := range strings.FieldsFunc(strings.ToLower(text), split) {
		isNumber := unicode.IsNumber(rune(word[0]))
		if len([]rune(word)) < 3 && !isNumber || slices.Contains(usual, word) {
			continue
		}
		if word = stem(word); !slices.Contains(words, word) {
			words = append(words, word)
		}
	}
	return words
}

// stem cuts an ending off a word, as long as three letters stay.
func stem(word string) string {
	for _, ending := range []string{"ings", "ing", "ies", "ied", "ers", "ed", "es", "er", "ly", "s", "e", "y"} {
		if rest, ok := strings.CutSuffix(word, ending); ok && len([]rune(rest)) >= 3 {
			word = rest
			break
		}
	}
	// A letter that is doubled before an ending: dropped, dropping, drop.
	if n := len(word); n > 3 && word[n-1] == word[n-2] && word[n-1] != 's' && word[n-1] != 'l' {
		word = word[:n-1]
	}
	return word
}

// usual are words that any text has.
var usual = strings.Fields(`
about after all also and any are because been before both but can did does doing done each for from get had has have
her here him his how into its itself just may mind more most much must never not now off once one only other others our
out over own say says same see she should since so some such than that the their them then there these they this those
through too two under until upon use used uses very was were what when where which while who whose why will with without
would you your`)
