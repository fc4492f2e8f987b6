// Package practice derives from attempts what a learner has mastered, what is shaky, and
// what to practise next. It knows neither the database nor the screen.
package practice

import (
	"slices"
	"time"

	"endstate/internal/attempts"
	"endstate/labs"
)

// State is how well a learner knows a scenario.
type State string

// The states of a scenario.
const (
	// Mastered means 100 without help, twice, on different seeds, at least a day apart, and
	// no lower score since then.
	Mastered State = "mastered"
	Solved   State = "solved" // 100 without help the last time, but not mastered
	Shaky    State = "shaky"  // tried, and less than that the last time
	Untried  State = "untried"
)

// masteryGap is the minimum time between the two attempts that show mastery.
const masteryGap = 24 * time.Hour

// Standing is a learner's progress with one scenario.
type Standing struct {
	labs.Scenario
	State    State      `json:"state"`
	Attempts int        `json:"attempts"` // the number of recent attempts that count
	Best     *int       `json:"best"`     // the best unaided score of those
	Latest   *int       `json:"latest"`   // the unaided score of the latest attempt
	Last     *time.Time `json:"last"`     // the last sign of work in any of those
	Due      *time.Time `json:"due"`      // when it should be practised again
	// Recall is the chance that the learner can still do as well as the last time, from 0 to 1.
	Recall float64 `json:"recall"`
	// Strength is the latest unaided score, from 0 to 1, times Recall.
	Strength float64 `json:"strength"`
	Going    bool    `json:"going"` // an attempt is running
	// Needs says what is missing for mastery; WhyDue says why it is due, or why not before Due.
	Needs  string `json:"needs,omitempty"`
	WhyDue string `json:"whyDue,omitempty"`
	Trend  Trend  `json:"trend,omitempty"`

	latest *attempts.Attempt
}

// Topic is a learner's progress in a topic.
type Topic struct {
	Name string `json:"topic"`
	// Strength is the mean strength of its scenarios; untried ones count as 0.
	Strength float64  `json:"strength"`
	Levels   []*Level `json:"levels"`
}

// Level is one level of a topic.
type Level struct {
	Level     int         `json:"level"`
	Mastered  int         `json:"mastered"`
	Solved    int         `json:"solved"`
	Shaky     int         `json:"shaky"`
	Untried   int         `json:"untried"`
	Due       int         `json:"due"` // how many of the tried ones are due
	Scenarios []*Standing `json:"scenarios"`
}

// Progress is a learner's progress in all topics.
type Progress struct {
	Topics []*Topic `json:"topics"` // ordered by name
	// Lately holds the unaided scores of the latest attempts, oldest first.
	Lately []int `json:"lately"`

	now time.Time
}

// Latest is how many of the latest attempts at each scenario [Assess] needs. Earlier ones
// no longer carry any weight.
const Latest = 30

// Assess returns a learner's progress from their latest attempts, which must be in the
// order of their start. Attempts at scenarios that no longer exist count only for Lately.
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
	for _, s := range slices.SortedFunc(slices.Values(scenarios), labs.EasiestFirst) {
		p.level(s).add(assess(s, of[s.Name], now), now)
	}
	for _, topic := range p.Topics {
		topic.weigh()
	}
	return p
}

// level returns the topic's level for a scenario, and adds it if it is missing.
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
	case Solved:
		l.Solved++
	case Shaky:
		l.Shaky++
	case Untried:
		l.Untried++
	}
	if s.IsDue(now) {
		l.Due++
	}
}

// All returns the standings in all scenarios, by topic and the easiest first.
func (p *Progress) All() []*Standing {
	all := []*Standing{}
	for _, topic := range p.Topics {
		for _, level := range topic.Levels {
			all = append(all, level.Scenarios...)
		}
	}
	return all
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

// assess returns a learner's progress with one scenario.
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
	standing.State = stateOf(counted)
	standing.schedule(counted, now)
	standing.explain(counted, now)
	standing.Strength = standing.Recall * float64(latest) / labs.Total
	return standing
}

// stateOf returns the state of a scenario that was tried.
func stateOf(counted []*attempts.Attempt) State {
	switch {
	case mastered(counted):
		return Mastered
	case unaided(counted[len(counted)-1]) == labs.Total:
		return Solved
	}
	return Shaky
}

// counts reports whether an attempt counts: a check was graded or help was used, and the
// attempt is over or was solved, even if its lab goes on.
func counts(a *attempts.Attempt, now time.Time) bool {
	_, over := a.Over(now)
	informative := a.Score != nil || a.Aided()
	return informative && (over || a.Solved != nil || unaided(a) == labs.Total)
}

// WithoutHelp returns the score that an attempt reached without help: 0 if the learner had help before
// the first check. It is nil if there was neither.
func WithoutHelp(a *attempts.Attempt) *int {
	if a.Unaided == nil && a.Aided() {
		return new(int)
	}
	return a.Unaided
}

// unaided returns the score that an attempt reached without help; 0 if there is none.
func unaided(a *attempts.Attempt) int {
	if score := WithoutHelp(a); score != nil {
		return *score
	}
	return 0
}

// mastered reports whether attempts, in the order of their start, show mastery of a scenario.
func mastered(all []*attempts.Attempt) bool {
	var full []*attempts.Attempt
	mastered := false
	for _, a := range all {
		if unaided(a) < labs.Total {
			mastered = false
			continue
		}
		for _, before := range full {
			mastered = mastered || before.Seed != a.Seed && a.Started.Sub(before.Started) >= masteryGap
		}
		full = append(full, a)
	}
	return mastered
}
