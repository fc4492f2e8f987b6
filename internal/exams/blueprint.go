package exams

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"endstate/internal/exams/spoken"
	"endstate/labs"
)

// Blueprint is an exam as its trainer wrote it.
type Blueprint struct {
	Name    string  `json:"name"` // the file's name without its extension
	Title   string  `json:"title"`
	Minutes float64 `json:"minutes"` // 0: derived from the questions, see [Bank.Minutes]
	Items   []Item  `json:"questions"`
	// Spoken are the questions that are answered in words, before the others.
	Spoken   spoken.Plan `json:"spoken,omitzero"`
	Feedback Feedback    `json:"feedback"`
	Hints    Hints       `json:"hints"`
	Pass     int         `json:"pass"` // pass mark, in percent of the points
	Harm     Harm        `json:"harm"`
	Minimum  Minimum     `json:"minimum,omitempty"`
	Seed     *uint64     `json:"seed,omitempty"` // the same for all candidates; nil: one per candidate
}

// Item is one entry of a blueprint: a scenario by name, or a number of scenarios to draw.
type Item struct {
	Scenario string `json:"scenario,omitempty"`
	Topic    string `json:"topic,omitempty"` // a topic, [EachTopic] or [ChosenTopic]; empty: any
	Level    int    `json:"level,omitempty"` // 0: any
	Count    int    `json:"count"`
	Points   int    `json:"points"`             // per question
	Required bool   `json:"required,omitempty"` // each question must reach the pass mark
	Weakest  bool   `json:"weakest,omitempty"`  // draw what the candidate knows least
}

// Placeholders for topics.
const (
	EachTopic   = "each"   // count questions of every topic that has enough scenarios
	ChosenTopic = "chosen" // the topic named when the exam starts
)

// MaxQuestions limits the questions of an exam.
const MaxQuestions = 20

// Feedback says how much a check tells the candidate while the exam runs.
type Feedback string

// The kinds of feedback.
const (
	FeedbackNone  Feedback = "none"  // only whether the question could be graded
	FeedbackScore Feedback = "score" // the score
	FeedbackFull  Feedback = "full"  // every verdict, with its message
)

// Hints says whether hints may be opened, and what each costs.
type Hints struct {
	Allowed bool
	Costs   *int // out of the question's 100 points; nil: as written in its scenario
}

// The words for hints. Anything else is a number.
const (
	HintsNone    = "none"
	HintsWritten = "as-written"
)

// ParseHints parses none, as-written or a number.
func ParseHints(text string) (Hints, error) {
	switch text {
	case HintsNone:
		return Hints{}, nil
	case HintsWritten:
		return Hints{Allowed: true}, nil
	}
	costs, err := strconv.Atoi(text)
	if err != nil || costs < 0 || costs > labs.Total {
		return Hints{}, fmt.Errorf("hints are none, as-written, or the cost of each: 0 to %d", labs.Total)
	}
	return Hints{Allowed: true, Costs: &costs}, nil
}

// String returns the hints in the form that [ParseHints] parses.
func (h Hints) String() string {
	switch {
	case !h.Allowed:
		return HintsNone
	case h.Costs == nil:
		return HintsWritten
	}
	return strconv.Itoa(*h.Costs)
}

// Words describes what hints cost, for people.
func (h Hints) Words() string {
	switch {
	case !h.Allowed:
		return "no hints"
	case h.Costs == nil:
		return "hints cost what their scenarios say"
	}
	return fmt.Sprintf("a hint costs %d of the question's 100 points", *h.Costs)
}

// Words describes the feedback, for people.
func (f Feedback) Words() string {
	switch f {
	case FeedbackNone:
		return "check says only whether it could be graded"
	case FeedbackScore:
		return "check tells the score"
	}
	return "check explains everything"
}

// MarshalJSON writes hints as in a blueprint.
func (h Hints) MarshalJSON() ([]byte, error) { return json.Marshal(h.String()) }

// UnmarshalJSON reads the output of MarshalJSON.
func (h *Hints) UnmarshalJSON(data []byte) error {
	var text string
	err := json.Unmarshal(data, &text)
	if err == nil {
		*h, err = ParseHints(text)
	}
	return err
}

// Charged returns a copy of hints with the costs of this exam.
func (h Hints) Charged(hints []labs.Hint) []labs.Hint {
	charged := append([]labs.Hint{}, hints...)
	for i := range charged {
		if h.Costs != nil {
			charged[i].Costs = *h.Costs
		}
	}
	return charged
}

// Length returns the exam's time limit.
func (b *Blueprint) Length() time.Duration {
	return time.Duration(b.Minutes * float64(time.Minute)).Round(time.Second)
}

// AsksWeakest reports whether the exam depends on what its candidate knows least.
func (b *Blueprint) AsksWeakest() bool {
	return b.Spoken != spoken.Plan{} || slices.ContainsFunc(b.Items, func(i Item) bool { return i.Weakest })
}

// AsksTopic reports whether starting the exam requires a topic.
func (b *Blueprint) AsksTopic() bool {
	for _, item := range b.Items {
		if item.Topic == ChosenTopic {
			return true
		}
	}
	return false
}
