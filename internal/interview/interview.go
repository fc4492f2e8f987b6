// Package interview knows the sixteen questions of the interview: which are answered in one's own
// words, with a guide, and which have labs.
package interview

import (
	"bytes"
	_ "embed"
	"fmt"
	"sync"

	"go.yaml.in/yaml/v4"

	"endstate/internal/rehearsal"
	"endstate/labs"
)

// Question is a question of the interview.
type Question struct {
	Number    int              `yaml:"number" json:"number"` // from 1
	Text      string           `yaml:"question" json:"question"`
	Guide     *rehearsal.Guide `yaml:"guide" json:"guide,omitempty"`         // of a question that is answered in one's own words
	Scenarios []string         `yaml:"scenarios" json:"scenarios,omitempty"` // its labs, easiest first
}

//go:embed questions.yaml
var questionsFile []byte

// Questions returns all questions in the order of their numbers. The slice is shared.
var Questions = sync.OnceValue(func() []Question {
	var all []Question
	decoder := yaml.NewDecoder(bytes.NewReader(questionsFile))
	decoder.KnownFields(true)
	if err := decoder.Decode(&all); err != nil {
		panic(fmt.Sprintf("the embedded questions: %v", err)) // tests read them
	}
	return all
})

// Find returns the question with a number. If there is none, the error is a *labs.Problem.
func Find(number int) (Question, error) {
	questions := Questions()
	if number < 1 || number > len(questions) {
		return Question{}, labs.Misuse(fmt.Sprintf("There is no question %d", number), fmt.Sprintf("The questions are 1 to %d.", len(questions)))
	}
	return questions[number-1], nil
}
