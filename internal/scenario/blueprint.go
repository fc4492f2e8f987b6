package scenario

import (
	"math"
	"slices"

	"go.yaml.in/yaml/v4"

	"endstate/internal/exams"
	"endstate/internal/exams/spoken"
	"endstate/labs"
)

// blueprint is an exam's YAML file.
type blueprint struct {
	// What the exam is about, in one line.
	Title text `yaml:"title"`
	// Time limit; fractions are allowed. By default the average par time of the questions
	// that may be drawn.
	Minutes number `yaml:"minutes,omitempty"`
	// What a candidate sees of a check during the exam: none, score or full.
	Feedback text `yaml:"feedback,omitempty"`
	// none, as-written, or what each hint costs of its question's 100 points.
	Hints text `yaml:"hints,omitempty"`
	// The percentage of points needed to pass.
	Pass number `yaml:"pass"`
	// What a broken guard does to its question: costs what the scenario says (costs, the
	// default), or all its points (fails).
	Harm text `yaml:"harm,omitempty"`
	// The percentage of a topic's points needed to pass, by topic. each: of every other topic.
	Minimum minimum `yaml:"minimum,omitempty"`
	// candidate gives each candidate a seed of their own; a number is the same seed for all.
	Seed text `yaml:"seed,omitempty"`
	// Questions that are answered in words, before the others. They are not graded; the report
	// shows what the answers held.
	Spoken spokenPlan `yaml:"spoken,omitempty"`
	// The questions, in order.
	Questions []item `yaml:"questions"`
}

// spokenPlan says how many questions are answered in words.
type spokenPlan struct {
	// About the candidate: those of the interview's first four that they know least.
	Introductory number `yaml:"introductory,omitempty"`
	// About the subjects of scenarios, on topics that the candidate knows least.
	Explained number `yaml:"explained,omitempty"`
}

// item is one scenario by name, or several to draw.
type item struct {
	// A scenario by name. Without it, scenarios are drawn.
	Scenario text `yaml:"scenario,omitempty"`
	// The topic to draw from. each: every topic that has enough scenarios; chosen: the topic
	// given when the exam starts; by default any.
	Topic text `yaml:"topic,omitempty"`
	// The level to draw from; by default any.
	Level number `yaml:"level,omitempty"`
	// How many to draw.
	Count number `yaml:"count,omitempty"`
	// Draw what the candidate knows least, as far as it fits into the exam's time.
	Weakest bool `yaml:"weakest,omitempty"`
	// What each question is worth.
	Points number `yaml:"points"`
	// Each of these questions must reach the pass mark, or the exam is failed.
	Required bool `yaml:"required,omitempty"`

	node *yaml.Node
}

// itemFields is an item without its own way to be decoded.
type itemFields item

func (i *item) UnmarshalYAML(node *yaml.Node) error {
	i.node = node
	return node.Load((*itemFields)(i), yaml.WithKnownFields())
}

// minimum is a percentage for each of some topics.
type minimum entries[number]

func (m *minimum) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind != yaml.MappingNode {
		return Mistakes{at(documentName, node, "minimum must give a percentage for each topic: {mysql: 60, each: 40}")}
	}
	return (*entries[number])(m).UnmarshalYAML(node)
}

// number is a number with its position in the file.
type number struct {
	Value float64
	node  *yaml.Node
}

func (n *number) UnmarshalYAML(node *yaml.Node) error {
	n.node = node
	return node.Load(&n.Value)
}

// blueprintReader reads a blueprint and collects all mistakes in it.
type blueprintReader struct {
	file    string
	library *Library
	wrong   Mistakes
}

// Blueprint reads the blueprint of an exam. If the file has mistakes, the error is
// [Mistakes] with their lines and columns.
func (l *Library) Blueprint(name, file string, data []byte) (*exams.Blueprint, error) {
	root, err := readNode(file, data)
	if err != nil {
		return nil, err
	}
	doc := &blueprint{}
	r := &blueprintReader{file: file, library: l}
	if err := root.Load(doc, yaml.WithKnownFields()); err != nil {
		r.wrong = yamlMistakes(file, err)
		for i := range r.wrong {
			r.wrong[i].File = file
		}
	}
	undecoded := r.wrong
	b := &exams.Blueprint{
		Name: name, Title: doc.Title.Value, Minutes: doc.Minutes.Value, Feedback: r.feedback(doc.Feedback),
		Hints: r.hints(doc.Hints), Pass: r.whole("pass", doc.Pass, 0, 100), Seed: r.seed(doc.Seed),
		Harm: r.harm(doc.Harm), Spoken: spoken.Plan{
			Introductory: r.whole("introductory", doc.Spoken.Introductory, 0, spoken.Most),
			Explained:    r.whole("explained", doc.Spoken.Explained, 0, spoken.Most),
		},
	}
	if b.Title == "" {
		r.mistake(doc.Title.node, "title is missing")
	}
	if what := notOneLine(b.Title); what != "" {
		r.mistake(doc.Title.node, "title: %s", what)
	}
	if doc.Minutes.node != nil && !(b.Minutes > 0 && b.Minutes <= 24*60) {
		r.mistake(doc.Minutes.node, "minutes must be more than 0 and at most 1440")
	}
	if doc.Pass.node == nil {
		r.mistake(nil, "pass is missing: the percentage of points needed to pass")
	}
	if len(doc.Questions) == 0 {
		r.mistake(nil, "questions is missing: a list of {scenario: …, points: …} or {topic: …, level: …, count: …, points: …}")
	}
	for _, one := range doc.Questions {
		b.Items = append(b.Items, r.item(one))
	}
	b.Minimum = r.minimum(doc.Minimum, b.Items)
	return b, undecoded.with(r.wrong[len(undecoded):]).orNil()
}

func (r *blueprintReader) mistake(node *yaml.Node, format string, args ...any) {
	r.wrong = append(r.wrong, at(r.file, node, format, args...))
}

func (r *blueprintReader) feedback(t text) exams.Feedback {
	switch one := exams.Feedback(t.Value); one {
	case exams.FeedbackNone, exams.FeedbackScore, exams.FeedbackFull:
		return one
	case "":
		if t.node == nil {
			return exams.FeedbackNone
		}
	}
	r.mistake(t.node, "feedback must be none, score or full")
	return exams.FeedbackNone
}

func (r *blueprintReader) hints(t text) exams.Hints {
	if t.node == nil {
		return exams.Hints{}
	}
	hints, err := exams.ParseHints(t.Value)
	if err != nil {
		r.mistake(t.node, "%v", err)
	}
	return hints
}

func (r *blueprintReader) harm(t text) exams.Harm {
	harm := exams.Harm(t.Value)
	switch {
	case t.node == nil:
		return exams.HarmCosts
	case harm != exams.HarmCosts && harm != exams.HarmFails:
		r.mistake(t.node, "harm must be costs (a broken guard costs what its scenario says) or fails (its question earns nothing)")
	}
	return harm
}

func (r *blueprintReader) minimum(all minimum, items []exams.Item) exams.Minimum {
	found := exams.Minimum{}
	for _, one := range all {
		found[one.Name] = r.whole("the minimum of "+one.Name, one.Value, 1, 100)
		if one.Name != exams.EachTopic && !r.asksAbout(one.Name, items) {
			r.mistake(one.node, "minimum: no question can be about topic %q", one.Name)
		}
	}
	if len(found) == 0 {
		return nil
	}
	return found
}

// asksAbout reports whether a question of one of the items may be about a topic.
func (r *blueprintReader) asksAbout(topic string, items []exams.Item) bool {
	return r.hasTopic(topic) && slices.ContainsFunc(r.library.List(), func(s labs.Scenario) bool {
		return s.Topic == topic && slices.ContainsFunc(items, func(i exams.Item) bool { return i.MayAsk(s) })
	})
}

func (r *blueprintReader) seed(t text) *uint64 {
	if t.node == nil || t.Value == "candidate" {
		return nil
	}
	seed, err := labs.ParseSeed(t.Value)
	if err != nil {
		r.mistake(t.node, "seed must be candidate (a seed for each candidate) or a number (the same seed for all): %v", err)
	}
	return &seed
}

func (r *blueprintReader) whole(name string, n number, least, most int) int {
	if n.node == nil {
		return 0
	}
	if !(n.Value >= float64(least) && n.Value <= float64(most)) || n.Value != math.Trunc(n.Value) {
		r.mistake(n.node, "%s must be a whole number from %d to %d", name, least, most)
		return least
	}
	return int(n.Value)
}

func (r *blueprintReader) item(one item) exams.Item {
	item := exams.Item{
		Scenario: one.Scenario.Value, Topic: one.Topic.Value, Level: r.whole("level", one.Level, 1, 3),
		Count: r.whole("count", one.Count, 1, exams.MaxQuestions), Points: r.whole("points", one.Points, 1, 1000), Required: one.Required, Weakest: one.Weakest,
	}
	if one.Points.node == nil {
		r.mistake(one.node, "points is missing: what each question is worth")
	}
	drawn := one.Topic.node != nil || one.Level.node != nil || one.Count.node != nil || one.Weakest
	switch {
	case item.Scenario != "" && drawn:
		r.mistake(one.Scenario.node, "a question with a scenario can't have topic, level, count or weakest, which are for drawing one")
	case item.Scenario != "":
		if f, ok := r.library.folders[item.Scenario]; !ok || f.read() != nil {
			r.mistake(one.Scenario.node, "there is no scenario %q", item.Scenario)
		}
	case !drawn:
		r.mistake(one.node, "a question needs a scenario, or topic, level or count to draw one")
	case !r.hasTopic(item.Topic):
		r.mistake(one.Topic.node, "there is no scenario on topic %q", item.Topic)
	}
	item.Count = max(1, item.Count)
	return item
}

func (r *blueprintReader) hasTopic(topic string) bool {
	if topic == "" || topic == exams.EachTopic || topic == exams.ChosenTopic {
		return true
	}
	return slices.ContainsFunc(r.library.List(), func(s labs.Scenario) bool { return s.Topic == topic })
}
