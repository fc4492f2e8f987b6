package desk

import (
	"strings"

	"endstate/labs"
)

// Wanted selects scenarios. Empty fields select all.
type Wanted struct {
	Topic string
	Level int
	Word  string // part of the name, the title or the question
}

// List returns the selected scenarios. It warns of broken ones, and leaves them out.
func (d *Desk) List(_ labs.Learner, wanted Wanted, emit labs.Emit) []labs.Scenario {
	found := []labs.Scenario{}
	for _, s := range d.library().List() {
		if wanted.matches(s) {
			found = append(found, s)
		}
	}
	if err := d.library().Broken(); err != nil {
		emit.Warn(err, "Broken scenarios are left out.")
	}
	return found
}

func (w Wanted) matches(s labs.Scenario) bool {
	text := strings.ToLower(s.Name + " " + s.Title + " " + s.Question)
	return (w.Topic == "" || s.Topic == w.Topic) && (w.Level == 0 || s.Level == w.Level) && strings.Contains(text, strings.ToLower(w.Word))
}
