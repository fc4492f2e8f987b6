// Package practice says what a learner masters, what is shaky, and what to practise
// next, from the attempts there were. It knows no database and draws nothing.
package practice

import (
	"cmp"
	"slices"
	"time"

	"endstate/internal/attempts"
	"endstate/labs"
)

// State is how a learner stands with a scenario.
type State string

// The states of a scenario.
const (
	// Mastered: 100 without help, twice, on different seeds, at least a day apart; and
	// no attempt since then fell short of that.
	Mastered State = "mastered"
	Shaky    State = "shaky" // tried, but not mastered
	Untried  State = "untried"
)

// dayApart is how far two attempts must be apart to show that something is mastered.
const dayApart = 24 * time.Hour

// Standing is how a learner stands with one scenario.
type Standing struct {
	labs.Scenario
	State    State      `json:"state"`
	Attempts int        `json:"attempts"` // of the latest, those in which something was graded or help was had
	Best     *int       `json:"best"`     // the best unaided score of these
	Latest   *int       `json:"latest"`   // the unaided score of the latest attempt
	Last     *time.Time `json:"last"`     // when the latest attempt was worked on
	Due      *time.Time `json:"due"`      // when it should be practised again
	// Recall is the chance that the learner still can what they could, from 0 to 1.
	Recall float64 `json:"recall"`
	// Strength is the latest unaided score, from 0 to 1, times Recall.
	Strength float64 `json:"strength"`
	Going    bool    `json:"going"` // an attempt goes on
	Trend    Trend   `json:"trend,omitempty"`

	latest *attempts.Attempt
}

// Topic is how a learner stands with a topic.
type Topic struct {
	Name string `json:"topic"`
	// Strength is that of its scenarios on average; one that was never tried has none.
	Strength float64  `json:"strength"`
	Levels   []*Level `json:"levels"`
}

// Level is one level of a topic.
type Level struct {
	Level     int         `json:"level"`
	Mastered  int         `json:"mastered"`
	Shaky     int         `json:"shaky"`
	Untried   int         `json:"untried"`
	Due       int         `json:"due"` // of those that were tried
	Scenarios []*Standing `json:"scenarios"`
}

// Progress is how a learner stands with everything there is.
type Progress struct {
	Topics []*Topic `json:"topics"` // ordered by name
	// Lately are the unaided scores of the latest attempts, oldest first.
	Lately []int `json:"lately"`

	now time.Time
}

// Latest is how many of the latest attempts at each scenario [Assess] wants: what was
// before them has no weight any more.
const Latest = 30

// Assess says how a learner stands, from their latest attempts in the order in which
// they began. Attempts at scenarios that are no more say nothing about those there are.
func Assess(scenarios []labs.Scenario, all []*attempts.Attempt, now time.Time) *Progress {
	p := &Progress{Topics: []*Topic{}, Lately: []int{}, now: now}
	of := map[string][]*attempts.Attempt{}
	for _, a := range all {
		of[a.Scenario] = append(of[a.Scenario], a)
		if counts(a, now) {
			p.Lately = append(p.Lately, unaided(a))
		}
	}
	p.Lately = p.Lately[max(0, len(p.Lately)-Latest):]
	for _, s := range scenarios {
		p.level(s).add(assess(s, of[s.Name], now), now)
	}
	slices.SortFunc(p.Topics, func(a, b *Topic) int { return cmp.Compare(a.Name, b.Name) })
	for _, topic := range p.Topics {
		slices.SortFunc(topic.Levels, func(a, b *Level) int { return a.Level - b.Level })
		topic.weigh()
	}
	return p
}

// level returns the level of a topic that a scenario is of.
func (p *Progress) level(s labs.Scenario) *Level {
	i := slices.IndexFunc(p.Topics, func(t *Topic) bool { return t.Name == s.Topic })
	if i < 0 {
		i = len(p.Topics)
		p.Topics = append(p.Topics, &Topic{Name: s.Topic})
	}
	topic := p.Topics[i]
	j := slices.IndexFunc(topic.Levels, func(l *Level) bool { return l.Level == s.Level })
	if j < 0 {
		j = len(topic.Levels)
		topic.Levels = append(topic.Levels, &Level{Level: s.Level})
	}
	return topic.Levels[j]
}

func (l *Level) add(s *Standing, now time.Time) {
	l.Scenarios = append(l.Scenarios, s)
	switch s.State {
	case Mastered:
		l.Mastered++
	case Shaky:
		l.Shaky++
	case Untried:
		l.Untried++
	}
	if s.due(now) {
		l.Due++
	}
}

func (t *Topic) weigh() {
	n, sum := 0, 0.0
	for _, level := range t.Levels {
		for _, s := range level.Scenarios {
			n, sum = n+1, sum+s.Strength
		}
	}
	t.Strength = sum / float64(n)
}

// assess says how a learner stands with one scenario.
func assess(s labs.Scenario, all []*attempts.Attempt, now time.Time) *Standing {
	standing := &Standing{Scenario: s, State: Untried}
	var counted []*attempts.Attempt
	for _, a := range all {
		_, over := a.Over(now)
		standing.Going = standing.Going || !over
		if counts(a, now) {
			counted = append(counted, a)
		}
	}
	if len(counted) == 0 {
		return standing
	}
	standing.State = Shaky
	if mastered(counted) {
		standing.State = Mastered
	}
	standing.Attempts, standing.Trend = len(counted), TrendOf(counted)
	standing.latest = counted[len(counted)-1]
	latest, last, best := unaided(standing.latest), standing.latest.Worked, 0
	for _, a := range counted {
		best = max(best, unaided(a))
		if a.Worked.After(last) {
			last = a.Worked
		}
	}
	standing.Latest, standing.Last, standing.Best = &latest, &last, &best
	standing.schedule(counted, now)
	standing.Strength = standing.Recall * float64(latest) / labs.Total
	return standing
}

// counts reports whether an attempt says something: a check was graded or help was
// had, and it is over or came to its goal.
func counts(a *attempts.Attempt, now time.Time) bool {
	_, over := a.Over(now)
	said := a.Score != nil || a.Aided()
	return said && (over || unaided(a) == labs.Total)
}

// unaided is the score that an attempt got without help.
func unaided(a *attempts.Attempt) int {
	if a.Unaided == nil {
		return 0
	}
	return *a.Unaided
}

// mastered reports whether attempts, in their order, show that a scenario is mastered.
func mastered(all []*attempts.Attempt) bool {
	var full []*attempts.Attempt
	shown := false
	for _, a := range all {
		if unaided(a) < labs.Total {
			shown = false
			continue
		}
		for _, before := range full {
			shown = shown || before.Seed != a.Seed && a.Started.Sub(before.Started) >= dayApart
		}
		full = append(full, a)
	}
	return shown
}
