package desk

import (
	"context"
	"slices"

	"endstate/internal/exams"
	"endstate/labs"
)

// find returns the lab that an act is about, with its variant: by its scenario or ID, or without a
// name the learner's only one.
func (d *Desk) find(ctx context.Context, who labs.Learner, name string, emit labs.Emit) (*labs.Lab, *labs.Variant, error) {
	mine, err := d.labs(ctx, who, emit)
	if err != nil {
		return nil, nil, err
	}
	lab, err := d.choose(mine, name)
	if err != nil {
		return nil, nil, err
	}
	v, err := d.variantOf(lab)
	return lab, v, err
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
		several.Scenarios = append(several.Scenarios, lab.Scenario)
	}
	return nil, several
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
