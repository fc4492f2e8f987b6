package practice

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"

	"endstate/internal/rehearsal"
	"endstate/labs"
)

// Pick is what to practise next, and why.
type Pick struct {
	Scenario labs.Scenario `json:"scenario"`
	Seed     uint64        `json:"seed"` // one that the learner has never had
	State    State         `json:"state"`
	Due      *time.Time    `json:"due"`
	Why      []string      `json:"why"`
	// Script is set if a script should be said before the scenario is practised.
	Script *ScriptPick `json:"script,omitempty"`
}

// ScriptPick is a script that is due, and how well the learner knows it.
type ScriptPick struct {
	rehearsal.Which
	*ScriptStanding
}

// DueScript returns the script that the learner remembers least of those that are due, or nil.
func DueScript(scripts []*rehearsal.Script, now time.Time) *ScriptPick {
	var least *ScriptPick
	for _, s := range scripts {
		standing := AssessScript(s, now)
		if standing.Due != nil && !standing.Due.After(now) && (least == nil || standing.Recall < least.Recall) {
			least = &ScriptPick{s.Which, standing}
		}
	}
	return least
}

// maxSeed is the largest seed that [NewSeed] picks while smaller ones are free. Short seeds
// are easy to read out.
const maxSeed = 9999

// candidate is a scenario that may be picked.
type candidate struct {
	*Standing
	topic *Topic
	class int // the lowest class is picked first
}

const (
	classDue = iota
	classNew
	classLater
)

// Next picks what to practise next, or returns nil if there is nothing to pick from. It
// prefers scenarios that are due, then untried ones, then the one that is due next. Among
// equals it prefers the weakest topic; within a topic, the tried scenario that the learner
// remembers least, or the easiest untried one. It skips scenarios with a running
// attempt. The caller chooses the seed: see [NewSeed].
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
				case s.IsDue(p.now):
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
		a.Level-b.Level, a.Minutes-b.Minutes, cmp.Compare(a.topic.Name, b.topic.Name), cmp.Compare(a.Name, b.Name))
}

// NewSeed draws an unused seed. draw returns a number from 0 to n-1.
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

// why explains why a scenario is picked.
func (p *Progress) why(c candidate) []string {
	var why []string
	switch c.class {
	case classDue:
		why = append(why, "It is due: "+c.WhyDue)
	case classNew:
		why = append(why, "You have never tried it, and nothing you have tried is due.")
		if !p.tried() {
			why[0] = "You have not finished anything yet, and this is where its topic starts."
		}
	default:
		why = append(why, fmt.Sprintf("Nothing is due and nothing is new. This is due next, %s.", ahead(c.Due.Sub(p.now))))
	}
	if c.latest != nil {
		why = append(why, c.lastTime())
	}
	if c.class != classLater && p.tried() && len(p.Topics) > 1 {
		why = append(why, p.rank(c.topic))
	}
	return why
}

func (p *Progress) tried() bool {
	return slices.ContainsFunc(p.Topics, func(t *Topic) bool {
		return slices.ContainsFunc(t.Levels, func(l *Level) bool { return l.Mastered+l.Solved+l.Shaky > 0 })
	})
}

// rank says how weak the learner is in a topic, compared with the others.
func (p *Progress) rank(topic *Topic) string {
	weaker, equal := 0, 0
	for _, other := range p.Topics {
		switch {
		case other.Strength < topic.Strength:
			weaker++
		case other.Strength == topic.Strength:
			equal++
		}
	}
	switch {
	case equal > 1:
		return fmt.Sprintf("You are equally weak in %s and some other topics (strength %s).", topic.Name, percent(topic.Strength))
	case weaker > 0:
		return fmt.Sprintf("Of the topics with such scenarios, %s is your weakest (strength %s).", topic.Name, percent(topic.Strength))
	}
	return fmt.Sprintf("%s is your weakest topic (strength %s).", topic.Name, percent(topic.Strength))
}

// lastTime describes the latest attempt.
func (s *Standing) lastTime() string {
	a := s.latest
	text := fmt.Sprintf("Last time: %d of %d without help", unaided(a), labs.Total)
	if a.Took != nil && a.Minutes > 0 {
		text += fmt.Sprintf(", %s at work (par %d min)", labs.Duration(a.Took.Duration), a.Minutes)
	}
	switch {
	case a.Hints == 1:
		text += ", 1 hint"
	case a.Hints > 1:
		text += fmt.Sprintf(", %d hints", a.Hints)
	}
	if a.Assisted {
		text += ", solution seen"
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
