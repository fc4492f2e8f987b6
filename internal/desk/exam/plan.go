package exam

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"endstate/internal/exams"
	"endstate/internal/exams/pace"
	"endstate/internal/scenario"
	"endstate/labs"
)

// Review is what is wrong with a blueprint, and how its exams turn out.
type Review struct {
	Mistakes scenario.Mistakes `json:"mistakes"`
	// Surveys has one entry, or one for each topic that can be chosen. It is empty if the
	// blueprint has mistakes.
	Surveys []pace.Survey `json:"surveys"`
}

// Lint finds mistakes in a blueprint, without containers, and draws it with many seeds.
func (d *Desk) Lint(ctx context.Context, _ labs.Learner, file string, data []byte) (*Review, error) {
	review := &Review{Mistakes: scenario.Mistakes{}, Surveys: []pace.Survey{}}
	b, err := d.ReadBlueprint(file, data)
	if errors.As(err, &review.Mistakes) {
		return review, nil
	}
	if err != nil {
		return nil, err
	}
	bank := exams.Bank{Scenarios: d.parts.Offered(ctx)}
	topics := []string{""}
	if b.AsksTopic() {
		topics = bank.Topics(b)
	}
	for _, topic := range topics {
		survey, err := pace.SurveyOf(b, exams.Bank{Scenarios: bank.Scenarios, Topic: topic})
		if err != nil {
			return nil, err
		}
		review.Surveys = append(review.Surveys, survey)
	}
	if len(topics) == 0 {
		_, err = exams.Draw(b, 1, bank) // which says what is missing
	}
	return review, err
}

// Topics returns the topics that can be chosen for an exam; none if it is not about one topic.
func (d *Desk) Topics(ctx context.Context, b *exams.Blueprint) []string {
	if !b.AsksTopic() {
		return nil
	}
	return exams.Bank{Scenarios: d.parts.Offered(ctx)}.Topics(b)
}

// Draft is an exam as it would be drawn.
type Draft struct {
	Exam      exams.View       `json:"exam"` // as its candidate would see it at the start
	Seed      uint64           `json:"seed"`
	Questions []exams.Question `json:"questions"`
	Points    int              `json:"points"` // of all questions
	Pace      pace.Pace        `json:"pace"`
}

// Rehearse draws an exam without starting it. Candidates may not do that, because it tells
// what they will be asked.
func (d *Desk) Rehearse(ctx context.Context, who labs.Learner, b *exams.Blueprint, chosen Choice) (*Draft, error) {
	if !who.SeesOthers() && who.Role != labs.RoleAuthor {
		return nil, &labs.Problem{Code: labs.CodeForbidden, What: "Only an author or an examiner can see what an exam will ask", Usage: true}
	}
	if err := d.refuseTopic(b, chosen.Topic); err != nil {
		return nil, err
	}
	seed := seedOf(b, chosen)
	bank, err := d.bank(ctx, who, b, seed, chosen.Topic)
	if err != nil {
		return nil, err
	}
	s, err := exams.Rehearse(b, seed, bank)
	if err != nil {
		return nil, err
	}
	draft := &Draft{Exam: d.view(s), Seed: s.Seed, Questions: s.Questions, Pace: pace.Of(s.Questions, s.Blueprint.Minutes-b.Spoken.Minutes())}
	for _, q := range s.Questions {
		draft.Points += q.Points
	}
	return draft, nil
}

// refuseTopic returns an error if a topic is chosen that does not exist, or for an exam that is
// not about one.
func (d *Desk) refuseTopic(b *exams.Blueprint, topic string) error {
	if topic == "" {
		return nil
	}
	if !b.AsksTopic() {
		return labs.Misuse("The exam "+b.Name+" is not about one topic", "Leave out the topic.")
	}
	var topics []string
	for _, s := range d.parts.Library().List() {
		topics = append(topics, s.Topic)
	}
	if slices.Contains(topics, topic) {
		return nil
	}
	slices.Sort(topics)
	return labs.Misuse(fmt.Sprintf("There is no topic %q", topic), "The topics are: "+strings.Join(slices.Compact(topics), ", ")+".")
}
