package rehearsal

import (
	"slices"
	"strings"

	"github.com/sergi/go-diff/diffmatchpatch"
)

// Span is a run of a script's words that were all said, or all left out. Texts are as written.
type Span struct {
	Text string `json:"text"`
	Said bool   `json:"said"`
}

// Comparison says how much of a script was said.
type Comparison struct {
	Words int      `json:"words"` // of the script
	Said  int      `json:"said"`  // words of the script that were said, in its order
	Spans []Span   `json:"spans"` // the whole script
	Extra []string `json:"extra"` // runs of words that were said and are not in the script
}

// Percent returns how much of the script was said, rounded down: 100 means every word.
func (c *Comparison) Percent() int {
	if c.Words == 0 {
		return 0
	}
	return 100 * c.Said / c.Words
}

// maxWords limits the words of a text that are compared: nobody speaks for longer.
const maxWords = 3000

// Compare compares what was said with a script, word by word and in order. Case, punctuation and
// the forms of a word (worked, working; I'm, I am) make no difference.
func Compare(script, said string) *Comparison {
	meant, spoken := limit(words(script)), limit(words(said))
	alphabet := map[string]rune{}
	a, inScript := runes(meant, alphabet)
	b, inSpeech := runes(spoken, alphabet)
	isSaid, isMeant := match(a, b)
	c := &Comparison{Words: len(meant), Spans: spans(meant, inScript, isSaid)}
	for _, span := range c.Spans {
		if span.Said {
			c.Said += len(words(span.Text))
		}
	}
	for _, span := range spans(spoken, inSpeech, isMeant) {
		if !span.Said {
			c.Extra = append(c.Extra, span.Text)
		}
	}
	return c
}

func limit(all []word) []word { return all[:min(len(all), maxWords)] }

// match marks the runes of a and of b that are in both, in order.
func match(a, b []rune) (inB, inA []bool) {
	for _, d := range diffmatchpatch.New().DiffMainRunes(a, b, false) {
		marks := slices.Repeat([]bool{d.Type == diffmatchpatch.DiffEqual}, len([]rune(d.Text)))
		if d.Type != diffmatchpatch.DiffInsert {
			inB = append(inB, marks...)
		}
		if d.Type != diffmatchpatch.DiffDelete {
			inA = append(inA, marks...)
		}
	}
	return inB, inA
}

// spans joins the words whose stems are all marked, and the others.
func spans(all []word, lengths []int, marks []bool) []Span {
	var found []Span
	for i, w := range all {
		said := !slices.Contains(marks[:lengths[i]], false)
		marks = marks[lengths[i]:]
		if n := len(found); n > 0 && found[n-1].Said == said {
			found[n-1].Text += " " + w.text
		} else {
			found = append(found, Span{w.text, said})
		}
	}
	return found
}

// Seconds returns about how long it takes to say a text, in seconds, at 140 words a minute: the
// middle of what is usual in a conversation in English (120 to 160).
func Seconds(text string) int { return len(strings.Fields(text)) * 60 / 140 }
