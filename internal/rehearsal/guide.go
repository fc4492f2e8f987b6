package rehearsal

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Guide says what an answer to a question should hold and avoid.
type Guide struct {
	Seconds  [2]int    `yaml:"seconds" json:"seconds"`             // how long it should take to say, least and most
	Research bool      `yaml:"research" json:"research,omitempty"` // it should draw on notes about the company
	Holds    []Point   `yaml:"holds" json:"holds"`
	Avoid    []Warning `yaml:"avoid" json:"avoid"`
}

// Point is something that an answer should hold. A script seems to hold it if it has one of the
// words or phrases, in any form.
type Point struct {
	Point string   `yaml:"point" json:"point"`
	Words []string `yaml:"words" json:"-"`
}

// Warning is advice for a script that has one of the words or phrases, in any form.
type Warning struct {
	Advice string   `yaml:"advice" json:"advice"`
	Words  []string `yaml:"words" json:"-"`
}

// Remark is what a review found in a script.
type Remark struct {
	Kind  RemarkKind `json:"kind"`
	Text  string     `json:"text"`            // for the learner
	Quote string     `json:"quote,omitempty"` // of the script
}

// Words is the remark in one sentence, for people.
func (r Remark) Words() string {
	switch r.Kind {
	case Missing:
		return "A good answer also holds: " + r.Text
	case Placeholder, Avoid:
		return r.Text + ": “" + r.Quote + "”"
	}
	return r.Text
}

// RemarkKind is a kind of remark.
type RemarkKind string

// The kinds of remarks.
const (
	Placeholder RemarkKind = "placeholder" // something that is still to be filled in
	Missing     RemarkKind = "missing"     // a point of the guide that the script does not seem to hold
	Avoid       RemarkKind = "avoid"       // something that the guide warns of
	Length      RemarkKind = "length"      // it takes too long to say, or not long enough
	Research    RemarkKind = "research"    // it draws on no note about the company
)

// placeholders are what people write for what they don't know yet: [company], <project>,
// {{name}}, ___, TODO.
var placeholders = regexp.MustCompile(`\[[^\]\n]{1,60}\]|<[^<>\n]{1,60}>|\{\{?[^{}\n]{1,60}\}?\}|_{3,}|\bTODO\b|\bXXX\b`)

// Review compares a script with a guide, and with the notes about the company that it is written
// for. A script without remarks is ready to be learned.
func Review(script string, guide *Guide, notes []string) []Remark {
	var remarks []Remark
	for _, quote := range placeholders.FindAllString(script, -1) {
		remarks = append(remarks, Remark{Placeholder, "Fill this in", quote})
	}
	if guide == nil {
		return remarks
	}
	all := words(script)
	for _, point := range guide.Holds {
		if _, found := find(all, point.Words); !found {
			remarks = append(remarks, Remark{Kind: Missing, Text: point.Point})
		}
	}
	for _, warning := range guide.Avoid {
		if quote, found := find(all, warning.Words); found {
			remarks = append(remarks, Remark{Avoid, warning.Advice, quote})
		}
	}
	if guide.Research && !drawsOn(all, notes) {
		remarks = append(remarks, Remark{Kind: Research, Text: researchAdvice(notes)})
	}
	return append(remarks, lengthOf(script, guide)...)
}

// find returns the first place in a text that has one of the phrases, as it is written there.
func find(all []word, phrases []string) (quote string, found bool) {
	for _, phrase := range phrases {
		wanted := joined(words(phrase))
		for start := range all {
			for end := start + 1; end <= len(all) && len(wanted) > 0; end++ {
				here := joined(all[start:end])
				if slices.Equal(here, wanted) {
					return strings.Trim(quoteOf(all[start:end]), ".,;:!?"), true
				}
				if len(here) >= len(wanted) {
					break
				}
			}
		}
	}
	return "", false
}

func joined(all []word) []string {
	var stems []string
	for _, w := range all {
		stems = append(stems, w.stems...)
	}
	return stems
}

func quoteOf(all []word) string {
	texts := make([]string, len(all))
	for i, w := range all {
		texts[i] = w.text
	}
	return strings.Join(texts, " ")
}

// drawsOn reports whether a script has a name, a number or a longer word of one of the notes.
func drawsOn(all []word, notes []string) bool {
	stems := joined(all)
	for _, w := range words(strings.Join(notes, "\n")) {
		isName := strings.ContainsFunc(w.text, func(r rune) bool { return r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' })
		if (isName || len(w.text) >= 7) && slices.Contains(stems, w.stems[0]) {
			return true
		}
	}
	return false
}

func researchAdvice(notes []string) string {
	if len(notes) == 0 {
		return "Find out what the company does, its projects and its values, and note them first"
	}
	return "It uses none of your notes about the company"
}

func lengthOf(script string, guide *Guide) []Remark {
	least, most := guide.Seconds[0], guide.Seconds[1]
	seconds := Seconds(script)
	if seconds >= least && seconds <= most {
		return nil
	}
	return []Remark{{Kind: Length, Text: fmt.Sprintf("It takes about %d s to say; %d to %d s is right", seconds, least, most)}}
}
