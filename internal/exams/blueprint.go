package exams

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"endstate/labs"
)

// Blueprint is an exam as its trainer wrote it.
type Blueprint struct {
	Name     string   `json:"name"` // of its file, without its ending
	Title    string   `json:"title"`
	Minutes  float64  `json:"minutes"` // 0: as long as its questions take, see [Bank.Minutes]
	Items    []Item   `json:"questions"`
	Feedback Feedback `json:"feedback"`
	Hints    Hints    `json:"hints"`
	Pass     int      `json:"pass"`           // percent of the points
	Seed     *uint64  `json:"seed,omitempty"` // one for all; nil: one for each candidate
}

// Item is one line of a blueprint: a scenario by name, or so many that are drawn.
type Item struct {
	Scenario string `json:"scenario,omitempty"`
	Topic    string `json:"topic,omitempty"` // a topic, [EachTopic] or [ChosenTopic]; empty: any
	Level    int    `json:"level,omitempty"` // 0: any
	Count    int    `json:"count"`
	Points   int    `json:"points"` // of each question
}

// Topics that are none.
const (
	EachTopic   = "each"   // count questions of every topic that has as many
	ChosenTopic = "chosen" // the topic that is named when the exam is started
)

// MaxQuestions is how many questions an exam may have.
const MaxQuestions = 20

// Feedback is what a candidate learns of a check while the exam runs.
type Feedback string

// The ways of feedback.
const (
	FeedbackNone  Feedback = "none"  // that it could be graded, nothing else
	FeedbackScore Feedback = "score" // the score
	FeedbackFull  Feedback = "full"  // every verdict with its message
)

// Hints says whether hints may be opened, and what each costs.
type Hints struct {
	Allowed bool
	Costs   *int // of the question's 100; nil: what its scenario says
}

// The words for hints; what is neither is a number.
const (
	HintsNone    = "none"
	HintsWritten = "as-written"
)

// ParseHints reads none, as-written or a number.
func ParseHints(text string) (Hints, error) {
	switch text {
	case HintsNone:
		return Hints{}, nil
	case HintsWritten:
		return Hints{Allowed: true}, nil
	}
	costs, err := strconv.Atoi(text)
	if err != nil || costs < 0 || costs > labs.Total {
		return Hints{}, fmt.Errorf("hints are none, as-written, or what each costs: 0 to %d", labs.Total)
	}
	return Hints{Allowed: true, Costs: &costs}, nil
}

// String returns what [ParseHints] reads.
func (h Hints) String() string {
	switch {
	case !h.Allowed:
		return HintsNone
	case h.Costs == nil:
		return HintsWritten
	}
	return strconv.Itoa(*h.Costs)
}

// Words says what hints cost, for people.
func (h Hints) Words() string {
	switch {
	case !h.Allowed:
		return "no hints"
	case h.Costs == nil:
		return "hints cost what they say"
	}
	return fmt.Sprintf("a hint costs %d of its question's 100", *h.Costs)
}

// Words says what a check tells, for people.
func (f Feedback) Words() string {
	switch f {
	case FeedbackNone:
		return "check says only that it could be graded"
	case FeedbackScore:
		return "check tells the score"
	}
	return "check explains everything"
}

// MarshalJSON writes hints as the blueprint does.
func (h Hints) MarshalJSON() ([]byte, error) { return json.Marshal(h.String()) }

// UnmarshalJSON reads what MarshalJSON wrote.
func (h *Hints) UnmarshalJSON(data []byte) error {
	var text string
	err := json.Unmarshal(data, &text)
	if err == nil {
		*h, err = ParseHints(text)
	}
	return err
}

// Charged returns hints at what they cost in the exam.
func (h Hints) Charged(hints []labs.Hint) []labs.Hint {
	charged := append([]labs.Hint{}, hints...)
	for i := range charged {
		if h.Costs != nil {
			charged[i].Costs = *h.Costs
		}
	}
	return charged
}

// Length is how long the exam takes.
func (b *Blueprint) Length() time.Duration {
	return time.Duration(b.Minutes * float64(time.Minute)).Round(time.Second)
}

// AsksTopic reports whether a topic must be named when the exam is started.
func (b *Blueprint) AsksTopic() bool {
	for _, item := range b.Items {
		if item.Topic == ChosenTopic {
			return true
		}
	}
	return false
}
