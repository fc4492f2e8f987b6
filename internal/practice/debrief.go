package practice

import (
	"slices"
	"strings"
	"unicode"

	"endstate/internal/attempts"
	"endstate/internal/rehearsal"
)

// Compare marks the key points that an explanation seems to cover.
//
// An explanation covers a point if it contains at least two in five of the point's
// keywords, and at least two of them, or the only one. Keywords are numbers, and words of
// three or more letters that are not common English words. Forms of a word are the same
// (merge, merged, merging; build, built). The marks help learners judge themselves;
// they are not a grade.
func Compare(explanation string, points []string) []attempts.KeyPoint {
	explained := keywords(explanation)
	marked := make([]attempts.KeyPoint, 0, len(points))
	for _, point := range points {
		marked = append(marked, attempts.KeyPoint{Text: point, Touched: covers(explained, keywords(point))})
	}
	return marked
}

func covers(explained, wanted []string) bool {
	found := 0
	for _, word := range wanted {
		if slices.Contains(explained, word) {
			found++
		}
	}
	return found > 0 && found >= min(2, len(wanted)) && 5*found >= 2*len(wanted)
}

// keywords returns the keywords of a text without their endings, each once.
func keywords(text string) []string {
	var words []string
	split := func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) }
	for _, word := range strings.FieldsFunc(strings.ToLower(text), split) {
		isNumber := unicode.IsNumber(rune(word[0]))
		if len([]rune(word)) < 3 && !isNumber || slices.Contains(stopWords, word) {
			continue
		}
		if word = rehearsal.Stem(word); !slices.Contains(words, word) {
			words = append(words, word)
		}
	}
	return words
}

// stopWords are common English words.
var stopWords = strings.Fields(`
about after all also and any are because been before both but can did does doing done each for from get had has have
her here him his how into its itself just may mind more most much must never not now off once one only other others our
out over own say says same see she should since so some such than that the their them then there these they this those
through too two under until upon use used uses very was were what when where which while who whose why will with without
would you your`)
