// Package spoken is the part of an exam that is answered in words, before its labs: introductory
// questions, and questions to explain. Answers are not graded: the report shows what they held.
package spoken

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"endstate/internal/rehearsal"
	"endstate/labs"
)

// Plan says how many questions an exam asks in words.
type Plan struct {
	Introductory int `json:"introductory,omitempty"` // about the candidate
	Explained    int `json:"explained,omitempty"`    // about the subject of a lab
}

// Most is how many questions of each kind an exam may ask.
const Most = 20

// What an answer may take, in minutes.
const (
	introductoryMinutes = 2
	explainedMinutes    = 3
)

// Minutes returns how long the answers may take.
func (p Plan) Minutes() float64 {
	return float64(p.Introductory*introductoryMinutes + p.Explained*explainedMinutes)
}

// Words describes the plan, for people; it is empty if no question is asked in words.
func (p Plan) Words() string {
	switch n := p.Introductory + p.Explained; {
	case n == 0:
		return ""
	case p.Explained == 0:
		return labs.Count(n, "question") + " about yourself"
	case p.Introductory == 0:
		return labs.Count(n, "question") + " to explain"
	}
	return fmt.Sprintf("%s about yourself and %d to explain", labs.Count(p.Introductory, "question"), p.Explained)
}

// Kind is a kind of question.
type Kind string

// The kinds of questions.
const (
	Introductory Kind = "introductory"
	Explained    Kind = "explained"
)

// Question is a question that is answered in words.
type Question struct {
	Number    int     `json:"number"` // from 1
	Kind      Kind    `json:"kind"`
	Text      string  `json:"question"`            // as it is asked
	Interview int     `json:"interview,omitempty"` // the number of an introductory question
	Scenario  string  `json:"scenario,omitempty"`  // whose model answer an explanation is compared with
	Minutes   int     `json:"minutes"`             // what the answer may take
	Answer    *Answer `json:"answer,omitempty"`    // nil: not yet
}

// Answer is what a candidate said, and what was found in it.
type Answer struct {
	At      time.Time `json:"at"`
	Seconds float64   `json:"seconds"` // that it took
	Text    string    `json:"text"`    // empty: the question was skipped
	// Of the script that the candidate had learned: the words that were said, in percent; nil if
	// there is no script.
	Percent *int               `json:"percent,omitempty"`
	Remarks []rehearsal.Remark `json:"remarks,omitempty"` // on an answer without a script
	Points  []Point            `json:"points,omitempty"`  // of the model answer
}

// Point is a key point of a model answer.
type Point struct {
	Text    string `json:"text"`
	Touched bool   `json:"touched"` // the answer seems to make it
}

// Topic is something that may be asked.
type Topic struct {
	Text      string
	Interview int
	Scenario  string
	Subject   string // questions on the same subject are asked only once all subjects are
}

// Draw draws the questions of a plan, the candidate's weakest topics first: each list must be in
// that order. Two of a subject are only asked if there are too few subjects.
func (p Plan) Draw(introductory, explained []Topic, random *rand.Rand) []Question {
	var all []Question
	add := func(kind Kind, minutes, count int, from []Topic) {
		chosen := spread(from, count)
		random.Shuffle(len(chosen), func(i, j int) { chosen[i], chosen[j] = chosen[j], chosen[i] })
		for _, one := range chosen {
			all = append(all, Question{Number: len(all) + 1, Kind: kind, Text: one.Text, Interview: one.Interview, Scenario: one.Scenario, Minutes: minutes})
		}
	}
	add(Introductory, introductoryMinutes, p.Introductory, introductory)
	add(Explained, explainedMinutes, p.Explained, explained)
	return all
}

// spread returns the first topics of as many subjects as possible.
func spread(from []Topic, count int) []Topic {
	left := slices.Clone(from)
	var chosen []Topic
	for len(chosen) < count && len(left) > 0 {
		asked := map[string]bool{}
		left = slices.DeleteFunc(left, func(one Topic) bool {
			if len(chosen) == count || asked[one.Subject] {
				return false
			}
			asked[one.Subject] = true
			chosen = append(chosen, one)
			return true
		})
	}
	return chosen
}

// Next returns the first question that has no answer, or nil.
func Next(all []Question) *Question {
	for i := range all {
		if all[i].Answer == nil {
			return &all[i]
		}
	}
	return nil
}

// Say records an answer, which can be given once.
func Say(all []Question, n int, answer Answer) error {
	switch {
	case n < 1 || n > len(all):
		return labs.Misuse(fmt.Sprintf("The exam has no question %d to answer in words", n), "")
	case all[n-1].Answer != nil:
		return labs.Misuse(fmt.Sprintf("Question %d has been answered", n), "What was said stands.")
	}
	all[n-1].Answer = &answer
	return nil
}

// Hide returns the questions without what was found in their answers, for a candidate whose exam
// is running.
func Hide(all []Question) []Question {
	hidden := slices.Clone(all)
	for i := range hidden {
		if a := hidden[i].Answer; a != nil {
			hidden[i].Answer = &Answer{At: a.At, Seconds: a.Seconds, Text: a.Text}
		}
	}
	return hidden
}

// Touched counts the key points that the answer seems to make.
func (a *Answer) Touched() int {
	n := 0
	for _, point := range a.Points {
		if point.Touched {
			n++
		}
	}
	return n
}
