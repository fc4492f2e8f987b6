package practice

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"

	"endstate/labs"
)

// Pick is what to practise now, and why.
type Pick struct {
	Scenario labs.Scenario `json:"scenario"`
	Seed     uint64        `json:"seed"` // one that the learner never had
	State    State         `json:"state"`
	Due      *time.Time    `json:"due"`
	Why      []string      `json:"why"`
}

// maxSeed bounds the seeds that are picked while it can: they are short, so that
// they can be said aloud.
const maxSeed = 9999

// candidate is a scenario that may be picked.
type candidate struct {
	*Standing
	topic *Topic
	class int // what is due comes before what is new, that before what is not due
}

const (
	classDue = iota
	classNew
	classLater
)

// Next picks what to practise now; nil if there is nothing to pick from. What is due
// comes first; then what was never tried; then what is due next. Among equals, that
// of the weakest topic is picked; there, of what was tried, what is remembered least,
// and of what is new, the lowest level. What goes on is not picked. The seed is left
// to [NewSeed].
func (p *Progress) Next() *Pick {
	all := p.candidates()
	if len(all) == 0 {
		return nil
	}
	first := slices.MinFunc(all, compare)
	return &Pick{
		Scenario: first.Scenario, State: first.State, Due: first.Due, Why: p.why(first),
	}
}

func (p *Progress) candidates() []candidate {
	var all []candidate
	for _, topic := range p.Topics {
		for _, level := range topic.Levels {
			for _, s := range level.Scenarios {
				c := candidate{Standing: s, topic: topic, class: classLater}
				switch {
				case s.Going:
					continue
				case s.State == Untried:
					c.class = classNew
				case s.due(p.now):
					c.class = classDue
				}
				all = append(all, c)
			}
		}
	}
	return all
}

func compare(a, b candidate) int {
	if a.class == classLater && b.class == classLater {
		return cmp.Or(a.Due.Compare(*b.Due), cmp.Compare(a.Name, b.Name))
	}
	return cmp.Or(a.class-b.class, cmp.Compare(a.topic.Strength, b.topic.Strength), cmp.Compare(a.Recall, b.Recall),
		a.Level-b.Level, cmp.Compare(a.topic.Name, b.topic.Name), cmp.Compare(a.Name, b.Name))
}

// NewSeed draws a seed that was not used. draw gives a number from 0 to n-1.
func NewSeed(used map[uint64]bool, draw func(n uint64) uint64) uint64 {
	free := uint64(maxSeed)
	for seed := range used {
		if seed >= 1 && seed <= maxSeed {
			free--
		}
	}
	if free == 0 {
		seed := uint64(maxSeed) + 1
		for used[seed] {
			seed++
		}
		return seed
	}
	left := draw(free)
	for seed := uint64(1); ; seed++ {
		if used[seed] {
			continue
		}
		if left == 0 {
			return seed
		}
		left--
	}
}

// why tells in plain words why a scenario is picked.
func (p *Progress) why(c candidate) []string {
	var why []string
	switch c.class {
	case classDue:
		why = append(why, fmt.Sprintf("It is due: you last worked on it %s, and the chance that you still can is %s.", ago(p.now.Sub(*c.Last)), percent(c.Recall)))
	case classNew:
		why = append(why, "You have never tried it, and nothing that you have tried is due.")
		if !p.tried() {
			why[0] = "You have finished nothing yet, and this is where its topic begins."
		}
	default:
		why = append(why, fmt.Sprintf("Nothing is due and nothing is new. This is due next, %s.", ahead(c.Due.Sub(p.now))))
	}
	if c.latest != nil {
		why = append(why, c.lastTime())
	}
	if c.class != classLater && p.tried() && len(p.Topics) > 1 {
		why = append(why, p.compared(c.topic))
	}
	return why
}

func (p *Progress) tried() bool {
	return slices.ContainsFunc(p.Topics, func(t *Topic) bool {
		return slices.ContainsFunc(t.Levels, func(l *Level) bool { return l.Mastered+l.Shaky > 0 })
	})
}

// compared tells how a topic stands among the others.
func (p *Progress) compared(topic *Topic) string {
	weaker, like := 0, 0
	for _, other := range p.Topics {
		switch {
		case other.Strength < topic.Strength:
			weaker++
		case other.Strength == topic.Strength:
			like++
		}
	}
	switch {
	case like > 1:
		return fmt.Sprintf("You are as weak in some other topics as in %s (strength %s).", topic.Name, percent(topic.Strength))
	case weaker > 0:
		return fmt.Sprintf("Of the topics with such scenarios, %s is your weakest (strength %s).", topic.Name, percent(topic.Strength))
	}
	return fmt.Sprintf("%s is your weakest topic (strength %s).", topic.Name, percent(topic.Strength))
}

// lastTime tells how the latest attempt went.
func (s *Standing) lastTime() string {
	a := s.latest
	text := fmt.Sprintf("Last time: %d of %d without help", unaided(a), labs.Total)
	if a.Took != nil && a.Minutes > 0 {
		text += fmt.Sprintf(", %d of %d minutes", int(math.Ceil(a.Took.Minutes())), a.Minutes)
	}
	switch {
	case a.Hints == 1:
		text += ", 1 hint"
	case a.Hints > 1:
		text += fmt.Sprintf(", %d hints", a.Hints)
	}
	if a.Assisted {
		text += ", the solution seen"
	}
	return text + "."
}

func percent(part float64) string { return fmt.Sprintf("%d %%", int(math.Round(100*part))) }

func ago(d time.Duration) string {
	switch days := int(math.Round(d.Hours() / 24)); {
	case d < 24*time.Hour:
		return "less than a day ago"
	case days <= 1:
		return "a day ago"
	default:
		return fmt.Sprintf("%d days ago", days)
	}
}

func ahead(d time.Duration) string {
	switch days := int(math.Ceil(d.Hours() / 24)); {
	case days <= 1:
		return "within a day"
	default:
		return fmt.Sprintf("in %d days", days)
	}
}
