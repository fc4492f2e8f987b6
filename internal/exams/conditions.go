package exams

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"endstate/labs"
)

// Harm says what a broken guard does to its question.
type Harm string

// The kinds of harm. The zero value is [HarmCosts].
const (
	HarmCosts Harm = "costs" // it costs what its scenario says
	HarmFails Harm = "fails" // the question earns nothing
)

// Words describes what harm does, for people.
func (h Harm) Words() string {
	if h == HarmFails {
		return "harm to what must not change fails the question"
	}
	return "harm to what must not change costs points"
}

// fails reports whether a report shows harm that fails its question.
func (h Harm) fails(report *labs.Report) bool {
	return h == HarmFails && report != nil && report.Harm() > 0
}

// Minimum is the percentage of a topic's points that is needed to pass, by topic.
// [EachTopic] stands for all topics that are not named.
type Minimum map[string]int

// of returns the minimum of a topic, and whether there is one.
func (m Minimum) of(topic string) (int, bool) {
	percent, there := m[topic]
	if !there {
		percent, there = m[EachTopic]
	}
	return percent, there
}

// Words describes the minimums, for people. It is empty if there are none.
func (m Minimum) Words() string {
	var parts []string
	for _, topic := range slices.Sorted(maps.Keys(m)) {
		if topic != EachTopic {
			parts = append(parts, fmt.Sprintf("%d %% in %s", m[topic], topic))
		}
	}
	if percent, there := m[EachTopic]; there {
		which := "every topic"
		if len(parts) > 0 {
			which = "every other topic"
		}
		parts = append(parts, fmt.Sprintf("%d %% in %s", percent, which))
	}
	if len(parts) == 0 {
		return ""
	}
	return "at least " + strings.Join(parts, ", ")
}

// ConditionKind is what a condition is about.
type ConditionKind string

// The kinds of conditions.
const (
	ConditionExam     ConditionKind = "exam"     // the pass mark
	ConditionQuestion ConditionKind = "question" // a required question
	ConditionTopic    ConditionKind = "topic"    // the minimum of a topic
)

// Condition is something that is needed to pass an exam.
type Condition struct {
	Kind     ConditionKind `json:"kind"`
	Question int           `json:"question,omitempty"` // the number of the required question
	Topic    string        `json:"topic,omitempty"`    // the topic that has a minimum
	Needed   int           `json:"needed"`             // percent of the points
	Reached  float64       `json:"reached"`            // percent of the points, cut off after two decimals
	Met      bool          `json:"met"`
}

// Name says what a condition is about, for people.
func (c Condition) Name() string {
	switch c.Kind {
	case ConditionQuestion:
		return fmt.Sprintf("question %d is required", c.Question)
	case ConditionTopic:
		return c.Topic
	}
	return "all questions"
}

// Words describes how a condition was met or missed, for people.
func (c Condition) Words() string {
	return fmt.Sprintf("%s: %s %%, at least %d %% needed", c.Name(), strconv.FormatFloat(c.Reached, 'f', -1, 64), c.Needed)
}

// share is a part of an exam's points, in integers so that rounding can't fail anybody.
type share struct{ hundredths, points int }

func (s *share) add(q *Question) {
	s.points += q.Points
	s.hundredths += q.hundredths()
}

// decide returns a condition for reaching a percentage of the points.
func (s share) decide(c Condition) Condition {
	if s.points > 0 {
		// Rounded, 59.996 would read as 60.
		c.Reached = float64(s.hundredths*100/s.points) / 100
	}
	c.Met = s.hundredths >= c.Needed*s.points
	return c
}

// conditions returns what is needed to pass the exam: the pass mark first, then the required
// questions, then the minimums of topics. Every question must be graded.
func (s *Sitting) conditions() []Condition {
	var whole share
	topics := map[string]share{}
	var questions []Condition
	for i := range s.Questions {
		q := &s.Questions[i]
		whole.add(q)
		topic := topics[q.Topic]
		topic.add(q)
		topics[q.Topic] = topic
		if q.Required {
			alone := share{}
			alone.add(q)
			questions = append(questions, alone.decide(Condition{Kind: ConditionQuestion, Question: q.Number, Needed: s.Blueprint.Pass}))
		}
	}
	all := append([]Condition{whole.decide(Condition{Kind: ConditionExam, Needed: s.Blueprint.Pass})}, questions...)
	for _, topic := range slices.SortedFunc(maps.Keys(topics), cmp.Compare[string]) {
		if percent, there := s.Blueprint.Minimum.of(topic); there {
			all = append(all, topics[topic].decide(Condition{Kind: ConditionTopic, Topic: topic, Needed: percent}))
		}
	}
	return all
}
