package desk

import (
	"strings"

	"endstate/labs"
)

// Wanted says which scenarios are wanted. What is empty does not matter.
type Wanted struct {
	Topic string
	Level int
	Word  string // part of the name, the title or the question
}

// List returns the scenarios that are wanted. Those that are broken are left out, with a
// warning.
func (d *Desk) List(_ labs.Learner, wanted Wanted, emit labs.Emit) []labs.Scenario {
	found := []labs.Scenario{}
	for _, s := range d.library().List() {
		if wanted.matches(s) {
			found = append(found, s)
		}
	}
	if err := d.library().Broken(); err != nil {
		emit.Warn(err, "Such scenarios are left out.")
	}
	return found
}

func (w Wanted) matches(s labs.Scenario) bool {
	text := strings.ToLower(s.Name + " " + s.Title + " " + s.Question)
	return (w.Topic == "" || s.Topic == w.Topic) && (w.Level == 0 || s.Level == w.Level) && strings.Contains(text, strings.ToLower(w.Word))
}
