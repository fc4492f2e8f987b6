package desk

import (
	"context"
	"slices"
	"strings"

	"endstate/internal/attempts"
	"endstate/internal/interview"
	"endstate/internal/practice"
	"endstate/labs"
)

// Wanted selects scenarios. Empty fields select all.
type Wanted struct {
	Topic string
	Level int
	Word  string // part of the name, the title or the question
	// Question is the number of a question of the interview; 0: any.
	Question int

	scenarios []string // of the question
}

// List returns the selected scenarios, by topic and the easiest first. It warns of broken ones, and leaves them out.
func (d *Desk) List(_ labs.Learner, wanted Wanted, emit labs.Emit) []labs.Scenario {
	found := []labs.Scenario{}
	for _, s := range d.library().List() {
		if wanted.matches(s) {
			found = append(found, s)
		}
	}
	slices.SortFunc(found, labs.EasiestFirst)
	if err := d.library().Broken(); err != nil {
		emit.Warn(err, "Broken scenarios are left out.")
	}
	return found
}

// Standings returns what [Desk.List] returns, with where the learner stands with each scenario. If
// the store can't be used, it warns, and everything is untried. If there is no such question, the
// error is a *labs.Problem.
func (d *Desk) Standings(ctx context.Context, who labs.Learner, wanted Wanted, emit labs.Emit) ([]*practice.Standing, error) {
	if wanted.Question != 0 {
		asked, err := interview.Find(wanted.Question)
		if err != nil {
			return nil, err
		}
		wanted.scenarios = asked.Scenarios
	}
	found := d.List(who, wanted, emit)
	var latest []*attempts.Attempt
	if d.Remembers() { // looking does not create a store
		store, err := d.memory(ctx, who)
		if err == nil {
			latest, err = store.Latest(ctx, practice.Latest)
		}
		if err != nil {
			emit.Warn(err, "Where you stand is not shown.")
		}
	}
	return practice.Assess(found, latest, d.Clock()).All(), nil
}

// OfTopic returns the scenarios of a topic, the easiest first. It returns none if there is no such
// topic, or if a scenario has that name.
func (d *Desk) OfTopic(ctx context.Context, who labs.Learner, topic string, emit labs.Emit) []*practice.Standing {
	if topic == "" || d.library().Has(topic) {
		return nil
	}
	all, err := d.Standings(ctx, who, Wanted{Topic: topic}, emit)
	if err != nil {
		return nil // it is only about the topic
	}
	return all
}

func (w Wanted) matches(s labs.Scenario) bool {
	text := strings.ToLower(s.Name + " " + s.Title + " " + s.Question)
	return (w.Question == 0 || slices.Contains(w.scenarios, s.Name)) && (w.Topic == "" || s.Topic == w.Topic) && (w.Level == 0 || s.Level == w.Level) && strings.Contains(text, strings.ToLower(w.Word))
}
