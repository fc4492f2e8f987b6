package desk

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"endstate/internal/attempts"
	"endstate/internal/practice"
	"endstate/labs"
)

// Debriefing is a learner's explanation of their latest attempt, before they see the model answer.
type Debriefing struct {
	Story *attempts.Story

	desk    *Desk
	store   *attempts.View
	variant *labs.Variant
}

// Explained is a learner's explanation, with the model answer.
type Explained struct {
	Attempt string `json:"attempt"`
	attempts.Explanation
	Answer string `json:"answer"` // Markdown
}

// Debrief begins the debriefing of the latest attempt, at one scenario or at all. While its lab is
// running and not repaired, the model answer gives the solution away: then it returns [Unconfirmed]
// until the learner has agreed, and the attempt counts as assisted.
func (d *Desk) Debrief(ctx context.Context, who labs.Learner, scenario string, agreed bool) (*Debriefing, error) {
	b, err := d.debriefing(ctx, who, scenario)
	if err != nil || b.mayShow() {
		return b, err
	}
	if !agreed {
		return nil, &Unconfirmed{"The lab goes on and is not repaired: with the model answer, the attempt counts as assisted. Go on?"}
	}
	return b, b.store.NoteSolution(ctx, &b.Story.Attempt, d.Clock())
}

func (d *Desk) debriefing(ctx context.Context, who labs.Learner, scenario string) (*Debriefing, error) {
	store, err := d.memory(ctx, who)
	if err != nil {
		return nil, err
	}
	all, err := store.List(ctx, scenario)
	if err == nil && len(all) == 0 {
		err = d.nothingToExplain(scenario)
	}
	if err != nil {
		return nil, err
	}
	b := &Debriefing{desk: d, store: store}
	if b.Story, err = store.Story(ctx, all[len(all)-1]); err != nil {
		return nil, err
	}
	if len(b.Story.Rounds) == 0 {
		return nil, labs.Misuse(fmt.Sprintf("Attempt %d at %s has not been checked yet", b.Story.ID, b.Story.Scenario), "",
			labs.Act{Name: labs.ActCheck, For: "Check it first", Scenario: b.Story.Scenario})
	}
	b.variant, err = d.library().Variant(b.Story.Scenario, b.Story.Seed)
	return b, err
}

func (d *Desk) nothingToExplain(scenario string) error {
	if scenario != "" {
		if _, err := d.library().Variant(scenario, 1); err != nil {
			return err
		}
	}
	return labs.Misuse("There is no attempt to explain yet", "",
		labs.Act{Name: labs.ActStart, For: "Start one"}, labs.Act{Name: labs.ActNext, For: "get a suggestion"})
}

// mayShow reports whether the model answer no longer gives anything away.
func (b *Debriefing) mayShow() bool {
	_, over := b.Story.Over(b.desk.Clock())
	return over || b.Story.Assisted || slices.ContainsFunc(b.Story.Rounds, func(c attempts.Check) bool { return c.Report.Passed() })
}

// MaxExplanation limits explanations, in bytes: people say them in an interview.
const MaxExplanation = 64 << 10

// Explain stores the learner's explanation, and then returns the model answer with its key points.
// In this order, the explanation is the learner's own.
func (b *Debriefing) Explain(ctx context.Context, text string) (*Explained, error) {
	switch text = strings.TrimSpace(text); {
	case len(text) > MaxExplanation:
		return nil, labs.Misuse("The explanation is too long", "Explain it in a few sentences.")
	case text == "":
		return nil, labs.Misuse("The explanation is empty, so nothing was stored", "Say in a few sentences what was broken, what you did and why.")
	}
	said := attempts.Explanation{At: b.desk.Clock(), Text: text, Points: practice.Compare(text, labs.KeyPoints(b.variant.Debrief))}
	if err := b.store.Explain(ctx, &b.Story.Attempt, said); err != nil {
		return nil, err
	}
	return &Explained{Attempt: b.Story.UID, Explanation: said, Answer: b.variant.Debrief}, nil
}

// Tick stores which key points the learner says they made.
func (b *Debriefing) Tick(ctx context.Context, said *Explained) error {
	return b.store.Explain(ctx, &b.Story.Attempt, said.Explanation)
}
