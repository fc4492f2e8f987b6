package class

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"endstate/internal/attempts"
	"endstate/internal/classes"
	"endstate/internal/desk"
	"endstate/internal/desk/exam"
	"endstate/internal/exams"
	"endstate/labs"
)

// canBeSat returns an error if the exam of an assignment does not exist, or its topic is not chosen as it must be.
// The assignment keeps the text of a blueprint of the group's leader.
func (d *Desk) canBeSat(ctx context.Context, g *classes.Group, a *classes.Assignment) error {
	b, text, err := exam.New(d.base, nil).Named(ctx, leader(g), a.Exam)
	if err != nil {
		return err
	}
	a.Blueprint = text
	if !b.AsksTopic() {
		if a.Topic != "" {
			return labs.Misuse("The exam "+b.Name+" is not about one topic", "Leave out the topic.")
		}
		return nil
	}
	topics := exams.Bank{Scenarios: d.parts.Library().List()}.Topics(b)
	if slices.Contains(topics, a.Topic) {
		return nil
	}
	return labs.Misuse("The exam "+b.Name+" is about one topic", "Choose one of: "+strings.Join(topics, ", ")+".")
}

// leader returns who leads a group, as an examiner.
func leader(g *classes.Group) labs.Learner {
	return labs.Learner{Name: g.Leader, Role: labs.RoleExaminer}
}

// ExamChoice is an exam that can be assigned.
type ExamChoice struct {
	Name, Title string
	Topics      []string // one of which must be chosen; none if it is not about one topic
}

// Exams returns the exams that can be assigned to a group: the built-in ones, and those whose blueprints its
// leader keeps.
func (d *Desk) Exams(ctx context.Context, who labs.Learner, group int64) ([]ExamChoice, error) {
	g, _, err := d.group(ctx, who, group)
	if err != nil {
		return nil, err
	}
	room := exam.New(d.base, nil)
	var choices []ExamChoice
	for _, b := range room.Startable(ctx, leader(g), nil) {
		one := ExamChoice{Name: b.Name, Title: b.Title}
		if b.AsksTopic() {
			one.Topics = exams.Bank{Scenarios: d.parts.Library().List()}.Topics(b)
		}
		choices = append(choices, one)
	}
	return choices, nil
}

// blueprint returns the blueprint of an assigned exam as it was when it was assigned.
func blueprint(room *exam.Desk, a *classes.Assignment) (*exams.Blueprint, error) {
	if a.Blueprint == "" {
		return room.Blueprint(a.Exam)
	}
	return room.ReadBlueprint(a.Exam+".yaml", []byte(a.Blueprint))
}

// Begin draws an assigned exam for a member, with the extra time that their teacher gave, and returns its number.
// A member sits it once: afterwards Begin returns the same exam.
func (d *Desk) Begin(ctx context.Context, who labs.Learner, assignment int64, emit labs.Emit) (int64, error) {
	store, err := d.parts.Memory(ctx, who)
	if err != nil {
		return 0, err
	}
	g, a, err := d.givenTo(ctx, store, assignment)
	if err != nil {
		return 0, err
	}
	seed := a.SeedFor(who.Name, desk.MaxSeed)
	work, err := d.examWork(ctx, store, a, seed)
	if err != nil {
		return 0, err
	}
	if work.Exam == 0 {
		room := exam.New(d.base, nil)
		b, err := blueprint(room, a)
		if err != nil {
			return 0, err
		}
		drawn, err := room.Draw(ctx, who, b, exam.Choice{Topic: a.Topic, Seed: &seed, Examiner: g.Leader}, emit)
		if err != nil {
			return 0, err
		}
		work.Exam = drawn.ID
	}
	return work.Exam, d.giveExtra(ctx, store, work.Exam, a.Extra[who.Name], g.Leader)
}

// givenTo returns an open assignment of an exam to a group that the learner is in.
func (d *Desk) givenTo(ctx context.Context, store *attempts.View, assignment int64) (*classes.Group, *classes.Assignment, error) {
	groups, err := store.Joined(ctx)
	if err != nil {
		return nil, nil, err
	}
	for _, g := range groups {
		given, err := store.Assignments(ctx, g.ID)
		if err != nil {
			return nil, nil, err
		}
		for _, a := range given {
			if a.ID == assignment && a.Exam != "" && a.IsOpen(d.parts.Now()) {
				return g, a, nil
			}
		}
	}
	return nil, nil, notFound(fmt.Sprintf("There is no exam with the number %d among your assignments", assignment))
}

// giveExtra gives a member extra time, once, and notes who decided it.
func (d *Desk) giveExtra(ctx context.Context, store *attempts.View, id int64, extra time.Duration, leader string) error {
	if extra == 0 {
		return nil
	}
	_, err := store.ChangeExam(ctx, id, func(s *exams.Sitting) error {
		if len(s.Extra) > 0 || !s.Ended.IsZero() {
			return nil
		}
		return s.Extend(exams.Allowance{Time: extra}, leader, "given with the assignment", d.parts.Now())
	})
	return err
}
