package scenario

import (
	"math"
	"slices"

	"go.yaml.in/yaml/v4"

	"endstate/internal/exams"
	"endstate/labs"
)

// blueprint is an exam's file as it is written.
type blueprint struct {
	// What the exam is, in one line.
	Title text `yaml:"title"`
	// How long it takes; parts of a minute are allowed. Without it: as long as its
	// questions take on average, by their pars.
	Minutes number `yaml:"minutes,omitempty"`
	// What a candidate learns of a check while it runs: none, score or full.
	Feedback text `yaml:"feedback,omitempty"`
	// none, as-written, or what each hint costs of its question's 100.
	Hints text `yaml:"hints,omitempty"`
	// Percent of the points that pass.
	Pass number `yaml:"pass"`
	// candidate: one seed for each; or a number, which is the seed of all.
	Seed text `yaml:"seed,omitempty"`
	// What is asked, in this order.
	Questions []item `yaml:"questions"`
}

// item is a scenario by name, or so many to be drawn.
type item struct {
	// A scenario by name; else it is drawn.
	Scenario text `yaml:"scenario,omitempty"`
	// Drawn from this topic; each: from every topic that has as many; chosen: from the
	// one that is named at the start; without it: from any.
	Topic text `yaml:"topic,omitempty"`
	// Drawn at this level; without it: at any.
	Level number `yaml:"level,omitempty"`
	// How many are drawn.
	Count number `yaml:"count,omitempty"`
	// What each question earns.
	Points number `yaml:"points"`

	node *yaml.Node
}

func (i *item) UnmarshalYAML(node *yaml.Node) error {
	type fields item
	i.node = node
	return node.Load((*fields)(i), yaml.WithKnownFields())
}

// number is a number that knows where it stands.
type number struct {
	Value float64
	node  *yaml.Node
}

func (n *number) UnmarshalYAML(node *yaml.Node) error {
	n.node = node
	return node.Load(&n.Value)
}

// reading is a blueprint being read: all that is wrong with it is found at once.
type reading struct {
	file    string
	library *Library
	wrong   Mistakes
}

// Blueprint reads the blueprint of an exam. What is wrong with it are [Mistakes],
// each with its line and column in the file.
func (l *Library) Blueprint(name, file string, data []byte) (*exams.Blueprint, error) {
	root, err := readNode(file, data)
	if err != nil {
		return nil, err
	}
	doc := &blueprint{}
	if err := root.Load(doc, yaml.WithKnownFields()); err != nil {
		found := yamlMistakes(file, err)
		for i := range found {
			found[i].File = file
		}
		return nil, found
	}
	r := &reading{file: file, library: l}
	b := &exams.Blueprint{
		Name: name, Title: doc.Title.Value, Minutes: doc.Minutes.Value, Feedback: r.feedback(doc.Feedback),
		Hints: r.hints(doc.Hints), Pass: r.whole("pass", doc.Pass, 0, 100), Seed: r.seed(doc.Seed),
	}
	if b.Title == "" {
		r.mistake(doc.Title.node, "title is missing")
	}
	if what := titled(b.Title); what != "" {
		r.mistake(doc.Title.node, "title: %s", what)
	}
	if doc.Minutes.node != nil && !(b.Minutes > 0 && b.Minutes <= 24*60) {
		r.mistake(doc.Minutes.node, "minutes must be more than 0 and at most 1440")
	}
	if doc.Pass.node == nil {
		r.mistake(nil, "pass is missing: percent of the points that pass")
	}
	if len(doc.Questions) == 0 {
		r.mistake(nil, "questions is missing: a list of {scenario: …, points: …} or {topic: …, level: …, count: …, points: …}")
	}
	for _, one := range doc.Questions {
		b.Items = append(b.Items, r.item(one))
	}
	return b, r.wrong.orNil()
}

func (r *reading) mistake(node *yaml.Node, format string, args ...any) {
	r.wrong = append(r.wrong, at(r.file, node, format, args...))
}

func (r *reading) feedback(t text) exams.Feedback {
	switch one := exams.Feedback(t.Value); one {
	case exams.FeedbackNone, exams.FeedbackScore, exams.FeedbackFull:
		return one
	case "":
		if t.node == nil {
			return exams.FeedbackNone
		}
	}
	r.mistake(t.node, "feedback is none, score or full")
	return exams.FeedbackNone
}

func (r *reading) hints(t text) exams.Hints {
	if t.node == nil {
		return exams.Hints{}
	}
	hints, err := exams.ParseHints(t.Value)
	if err != nil {
		r.mistake(t.node, "%v", err)
	}
	return hints
}

func (r *reading) seed(t text) *uint64 {
	if t.node == nil || t.Value == "candidate" {
		return nil
	}
	seed, err := labs.ParseSeed(t.Value)
	if err != nil {
		r.mistake(t.node, "seed is candidate, which draws one for each, or a number, which is that of all: %v", err)
	}
	return &seed
}

func (r *reading) whole(name string, n number, least, most int) int {
	if n.node == nil {
		return 0
	}
	if !(n.Value >= float64(least) && n.Value <= float64(most)) || n.Value != math.Trunc(n.Value) {
		r.mistake(n.node, "%s must be a whole number from %d to %d", name, least, most)
		return least
	}
	return int(n.Value)
}

func (r *reading) item(one item) exams.Item {
	item := exams.Item{
		Scenario: one.Scenario.Value, Topic: one.Topic.Value, Level: r.whole("level", one.Level, 1, 3),
		Count: r.whole("count", one.Count, 1, exams.MaxQuestions), Points: r.whole("points", one.Points, 1, 1000),
	}
	if one.Points.node == nil {
		r.mistake(one.node, "points is missing: what each question earns")
	}
	drawn := one.Topic.node != nil || one.Level.node != nil || one.Count.node != nil
	switch {
	case item.Scenario != "" && drawn:
		r.mistake(one.Scenario.node, "a scenario that is named is not drawn: leave out topic, level and count")
	case item.Scenario != "":
		if f, ok := r.library.folders[item.Scenario]; !ok || f.read() != nil {
			r.mistake(one.Scenario.node, "there is no scenario %q", item.Scenario)
		}
	case !drawn:
		r.mistake(one.node, "a question names a scenario, or says by topic, level or count what is drawn")
	case !r.known(item.Topic):
		r.mistake(one.Topic.node, "no scenario is of topic %q", item.Topic)
	}
	item.Count = max(1, item.Count)
	return item
}

func (r *reading) known(topic string) bool {
	if topic == "" || topic == exams.EachTopic || topic == exams.ChosenTopic {
		return true
	}
	return slices.ContainsFunc(r.library.List(), func(s labs.Scenario) bool { return s.Topic == topic })
}
