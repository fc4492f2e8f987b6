// Package answer provides a probe that reads what the learner recorded with the command answer.
package answer

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"endstate/labs"
	"endstate/labs/kit"
)

// Family returns the family of the answer probe. It has no images of its own: the command answer is
// in every workspace.
func Family() kit.Family {
	return kit.Family{Name: "answer", Probes: []kit.Probe{{Name: "answer", New: func() kit.Look { return &Look{} }}}}
}

// Look reads what the learner recorded as the answer to a question, with `answer QUESTION VALUE…`
// in the workspace. It observes a map from the names of the values to what was given for them, as
// text.
//
// If nothing is recorded, or not as many values as there should be, the check fails and says so.
type Look struct {
	// The question's name, such as `q1`.
	Question string `yaml:"question"`
	// The names of its values, in order, such as `[layer, frame]`. The learner sees them in capitals:
	// `answer q1 LAYER FRAME`.
	Values []string `yaml:"values"`
}

var (
	questionShape = regexp.MustCompile(`^[a-z][a-z0-9-]{0,30}$`)
	valueShape    = regexp.MustCompile(`^[a-z][a-z0-9_]{0,30}$`)
)

const maxValues = 10

// Variable returns the name of the observation in expectations.
func (l *Look) Variable() string { return "answer" }

// Shape describes the observation.
func (l *Look) Shape() *labs.Shape {
	fields := map[string]*labs.Shape{}
	for _, name := range l.Values {
		fields[name] = labs.Text
	}
	return labs.RecordOf(fields)
}

// AnswerName returns the question's name.
func (l *Look) AnswerName() string { return l.Question }

// AnswerUsage returns the command that records the answer.
func (l *Look) AnswerUsage() string {
	return strings.Join(append([]string{"answer", l.Question}, upper(l.Values)...), " ")
}

func upper(names []string) []string {
	all := make([]string, len(names))
	for i, name := range names {
		all[i] = strings.ToUpper(name)
	}
	return all
}

// Validate returns an error if the fields make no sense.
func (l *Look) Validate() error {
	names := slices.Sorted(slices.Values(l.Values))
	switch {
	case !questionShape.MatchString(l.Question):
		return errors.New("the question must be lowercase letters, digits and hyphens, such as q1")
	case len(names) == 0 || len(names) > maxValues || len(slices.Compact(names)) < len(l.Values):
		return fmt.Errorf("values must be from 1 to %d different names", maxValues)
	}
	for _, name := range l.Values {
		if !valueShape.MatchString(name) {
			return fmt.Errorf("the value %q must be lowercase letters, digits and underscores, such as layer", name)
		}
	}
	return nil
}

// Observe reads the answer.
func (l *Look) Observe(ctx context.Context, site kit.Site) (any, error) {
	data, err := kit.RecordedAnswer(ctx, site, l.Question, ".txt")
	if err != nil {
		return nil, err
	}
	return l.read(data)
}

// read returns the values by name. Anything may be in the file, as the learner can write to it.
func (l *Look) read(data []byte) (any, error) {
	given := strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
	if len(given) != len(l.Values) || !utf8.Valid(data) {
		return nil, &kit.Obstacle{Message: fmt.Sprintf("What is recorded as %s does not have the form of `%s`. Record it again.", l.Question, l.AnswerUsage())}
	}
	values := map[string]any{}
	for i, name := range l.Values {
		values[name] = strings.TrimSpace(given[i])
	}
	return values, nil
}
