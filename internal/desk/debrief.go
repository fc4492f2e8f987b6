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

// Debriefing is a learner's explanation of an attempt, before they see the model answer.
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

// Debrief begins the debriefing of an attempt, named as for [Desk.Show]. While a lab of its scenario
// is running and not repaired, the model answer gives the solution away: then it returns
// [Unconfirmed] until the learner has agreed, and the attempt at that lab counts as assisted.
func (d *Desk) Debrief(ctx context.Context, who labs.Learner, attempt string, agreed bool) (*Debriefing, error) {
	b, err := d.debriefing(ctx, who, attempt)
	if err != nil {
		return nil, err
	}
	spoiled, err := b.unrepaired(ctx)
	switch {
	case err != nil:
		return nil, err
	case spoiled == nil:
		return b, nil
	case !agreed:
		return nil, &Unconfirmed{"The lab goes on and is not repaired: with the model answer, the attempt counts as assisted. Go on?"}
	}
	return b, b.store.NoteSolution(ctx, spoiled, d.Clock())
}

func (d *Desk) debriefing(ctx context.Context, who labs.Learner, attempt string) (*Debriefing, error) {
	store, err := d.memory(ctx, who)
	if err != nil {
		return nil, err
	}
	b := &Debriefing{desk: d, store: store}
	if b.Story, err = d.story(ctx, who, attempt); err != nil {
		return nil, err
	}
	if _, over := b.Story.Over(d.Clock()); over && len(b.Story.Rounds) == 0 {
		return nil, labs.Misuse(fmt.Sprintf("Attempt %d at %s ended without a check, so there is nothing to explain", b.Story.ID, b.Story.Scenario), "",
			labs.Act{Name: labs.ActStart, For: "Try it again", Scenario: b.Story.Scenario})
	}
	if len(b.Story.Rounds) == 0 {
		return nil, labs.Misuse(fmt.Sprintf("Attempt %d at %s has not been checked yet", b.Story.ID, b.Story.Scenario), "",
			labs.Act{Name: labs.ActCheck, For: "Check it first", Scenario: b.Story.Scenario})
	}
	b.variant, err = d.library().Variant(b.Story.Scenario, b.Story.Seed)
	return b, err
}

// unrepaired returns the learner's running attempt at the scenario if the model answer would give
// its solution away: no check of it has passed, and the solution was not seen. Otherwise it returns
// nil.
func (b *Debriefing) unrepaired(ctx context.Context) (*attempts.Attempt, error) {
	all, err := b.store.List(ctx, b.Story.Scenario)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(all, func(a *attempts.Attempt) bool {
		_, over := a.Over(b.desk.Clock())
		return !over && !a.Assisted
	})
	if i < 0 {
		return nil, nil
	}
	story, err := b.store.Story(ctx, all[i])
	if err != nil || slices.ContainsFunc(story.Rounds, func(c attempts.Check) bool { return c.Report.Passed() }) {
		return nil, err
	}
	return &story.Attempt, nil
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

// Latest returns the learner's latest explanation with the model answer, or nil if there is none.
func (b *Debriefing) Latest() *Explained {
	n := len(b.Story.Explanations)
	if n == 0 {
		return nil
	}
	return &Explained{Attempt: b.Story.UID, Explanation: b.Story.Explanations[n-1], Answer: b.variant.Debrief}
}

// Tick stores which key points the learner says they made.
func (b *Debriefing) Tick(ctx context.Context, said *Explained) error {
	return b.store.Explain(ctx, &b.Story.Attempt, said.Explanation)
}
