package desk

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"endstate/internal/exams"
	"endstate/labs"
)

// find returns the lab that an act is about, with its variant: by its scenario or ID, or without a
// name the learner's only one.
func (d *Desk) find(ctx context.Context, who labs.Learner, name string, emit labs.Emit) (*labs.Lab, *labs.Variant, error) {
	lab, err := d.pick(ctx, who, name, emit)
	if err != nil {
		return nil, nil, err
	}
	v, err := d.variantOf(lab)
	return lab, v, err
}

// pick returns the lab that an act is about. If the learner has no such lab, it may be one of a proof
// that they have kept.
func (d *Desk) pick(ctx context.Context, who labs.Learner, name string, emit labs.Emit) (*labs.Lab, error) {
	mine, err := d.labs(ctx, who, emit)
	if err != nil {
		return nil, err
	}
	lab, err := d.choose(mine, name)
	if err == nil || len(mine) > 0 && name == "" {
		return lab, err
	}
	kept, keptErr := d.stage(who.Name).Kept(ctx, who.Name)
	if keptErr != nil || len(kept) == 0 {
		return nil, cmp.Or(keptErr, err)
	}
	return d.choose(kept, name)
}

// findOutsideExams returns the lab that an act is about as [Desk.find] does. If there is none and an
// exam is running, the error is that of [ExamLabs].
func (d *Desk) findOutsideExams(ctx context.Context, who labs.Learner, name, done string, emit labs.Emit) (*labs.Lab, *labs.Variant, error) {
	lab, v, err := d.find(ctx, who, name, emit)
	var problem *labs.Problem
	if !errors.As(err, &problem) || problem.Code != labs.CodeNoLab || !d.Remembers() {
		return lab, v, err
	}
	store, failed := d.memory(ctx, who)
	if failed != nil {
		return nil, nil, err
	}
	open, _ := store.OpenExams(ctx)
	if slices.ContainsFunc(open, func(s *exams.Sitting) bool { return s.Ended.IsZero() }) {
		err = ExamLabs(done)
	}
	return nil, nil, err
}

// ExamLabs says that labs of exams can't have done to them what an act does.
func ExamLabs(done string) *labs.Problem {
	return &labs.Problem{Code: CodeExamLab, What: "Labs of an exam can't be " + done, Advice: "Every candidate has the same means.", Usage: true}
}

// labs returns the learner's labs, without those of exams.
func (d *Desk) labs(ctx context.Context, who labs.Learner, emit labs.Emit) ([]*labs.Lab, error) {
	if err := practises(who); err != nil {
		return nil, err
	}
	if err := d.open(ctx, who, emit); err != nil {
		return nil, err
	}
	return d.stage(who.Name).Labs(ctx, who.Name)
}

// Running returns the learner's labs, without those of exams. It changes nothing.
func (d *Desk) Running(ctx context.Context, who labs.Learner) ([]*labs.Lab, error) {
	if err := d.connect(ctx); err != nil {
		return nil, err
	}
	return d.stage(who.Name).Labs(ctx, who.Name)
}

// OpenHosts returns the hosts in which the labs of a scenario open a shell.
func (d *Desk) OpenHosts(scenario string) []string {
	v, err := d.library().Variant(scenario, 1)
	if err != nil {
		return nil
	}
	return v.OpenHosts()
}

// practises returns an error for the owner of an exam's labs: other acts would ignore the exam's
// clock and rules.
func practises(who labs.Learner) error {
	if !exams.OwnsLabs(who.Name) {
		return nil
	}
	return &labs.Problem{
		Code: CodeExamLab, What: "Labs of an exam can be used only in the exam", Usage: true,
		Acts: []labs.Act{{Name: labs.ActExamResume, For: "Go on with it"}},
	}
}

func (d *Desk) choose(mine []*labs.Lab, name string) (*labs.Lab, error) {
	switch {
	case name != "":
		return d.labNamed(mine, name)
	case len(mine) == 0:
		return nil, noLab()
	case len(mine) == 1:
		return mine[0], nil
	}
	several := &Several{}
	for _, lab := range mine {
		several.Scenarios = append(several.Scenarios, nameIn(mine, lab))
	}
	return nil, several
}

// nameIn returns by what name a lab is chosen among others: its scenario, or its ID if there are
// several of that scenario.
func nameIn(all []*labs.Lab, lab *labs.Lab) string {
	if slices.ContainsFunc(all, func(other *labs.Lab) bool { return other != lab && other.Scenario == lab.Scenario }) {
		return lab.ID
	}
	return lab.Scenario
}

func (d *Desk) labNamed(mine []*labs.Lab, name string) (*labs.Lab, error) {
	i := slices.IndexFunc(mine, func(l *labs.Lab) bool { return l.Scenario == name || l.ID == name })
	if i >= 0 {
		return mine[i], nil
	}
	if _, err := d.library().Variant(name, 1); err != nil {
		return nil, err
	}
	return nil, &labs.Problem{
		Code: labs.CodeNoLab, What: "No lab of " + name + " is running", Usage: true,
		Acts: []labs.Act{{Name: labs.ActStart, For: "Start it", Scenario: name}},
	}
}

func noLab() *labs.Problem {
	return &labs.Problem{
		Code: labs.CodeNoLab, What: "No lab is running", Usage: true,
		Acts: []labs.Act{{Name: labs.ActStart, For: "Start one"}, {Name: labs.ActList, For: "see them"}},
	}
}

// variantOf returns the variant of a lab.
func (d *Desk) variantOf(lab *labs.Lab) (*labs.Variant, error) {
	return d.library().Variant(lab.Scenario, lab.Seed)
}
