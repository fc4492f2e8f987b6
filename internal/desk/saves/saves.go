// Package saves is the desk's room for saved states: a learner saves a lab as it is, and goes back
// to it later. The attempt goes on meanwhile, with its clock, its hints and their costs.
package saves

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"endstate/internal/attempts"
	"endstate/internal/desk"
	"endstate/internal/stage"
	"endstate/labs"
)

// Desk is what learners can do with the states of their labs.
type Desk struct {
	base  *desk.Desk
	parts desk.Parts
}

// New returns the room of a desk.
func New(d *desk.Desk) *Desk { return &Desk{base: d, parts: d.Parts()} }

// States are the saved states of a lab, the oldest first.
type States struct {
	Lab    *labs.Lab          `json:"lab"`
	States []stage.SavedState `json:"states"`
	Most   int                `json:"most"` // how many there can be
}

// List returns the saved states of a lab.
func (d *Desk) List(ctx context.Context, who labs.Learner, name string, emit labs.Emit) (*States, error) {
	lab, err := d.find(ctx, who, name, emit)
	if err != nil {
		return nil, err
	}
	return d.list(ctx, lab)
}

func (d *Desk) list(ctx context.Context, lab *labs.Lab) (*States, error) {
	all, err := d.stage(lab).SavedStates(ctx, lab)
	if err != nil {
		return nil, err
	}
	return &States{Lab: lab, States: all, Most: stage.MaxSaved}, nil
}

// Saved is a state that was saved just now.
type Saved struct {
	Lab  *labs.Lab `json:"lab"`
	Name string    `json:"name"`
}

// Save saves a lab as it is now. Without a name, the state is called by the first free number. If
// the lab has a state of that name, Save returns [desk.Unconfirmed] until the learner has agreed to
// replace it.
func (d *Desk) Save(ctx context.Context, who labs.Learner, name, as string, agreed bool, emit labs.Emit) (*Saved, error) {
	lab, err := d.find(ctx, who, name, emit)
	if err != nil {
		return nil, err
	}
	found, err := d.list(ctx, lab)
	if err != nil {
		return nil, err
	}
	if as == "" {
		as = found.free()
	}
	if found.has(as) && !agreed {
		return nil, &desk.Unconfirmed{Question: fmt.Sprintf("There is already a saved state named %s. Replace it?", as)}
	}
	if err := d.stage(lab).Save(ctx, lab, as, emit); err != nil {
		return nil, err
	}
	d.note(ctx, lab, emit, "The lab is saved all the same.", func(store *attempts.View, attempt *attempts.Attempt) error {
		return store.NoteSave(ctx, attempt, d.base.Clock())
	})
	return &Saved{lab, as}, nil
}

func (s *States) has(name string) bool {
	return slices.ContainsFunc(s.States, func(one stage.SavedState) bool { return one.Name == name })
}

// free returns the first number that is not the name of a state.
func (s *States) free() string {
	n := 1
	for s.has(strconv.Itoa(n)) {
		n++
	}
	return strconv.Itoa(n)
}

// Reset puts a lab back to a saved state. Until the learner has agreed, it returns
// [desk.Unconfirmed].
func (d *Desk) Reset(ctx context.Context, who labs.Learner, name, to string, agreed bool, emit labs.Emit) (*labs.Lab, error) {
	lab, err := d.find(ctx, who, name, emit)
	if err != nil {
		return nil, err
	}
	found, err := d.list(ctx, lab)
	if err != nil {
		return nil, err
	}
	if found.has(to) && !agreed {
		return nil, &desk.Unconfirmed{Question: fmt.Sprintf("What was done in the lab since it was saved as %s will be lost. Go back to it?", to)}
	}
	return d.parts.PutBack(ctx, lab, emit, func(ctx context.Context, v *labs.Variant) (*labs.Lab, error) {
		return d.stage(lab).ResetTo(ctx, lab, v, to, emit)
	})
}

// Remove removes a saved state of a lab.
func (d *Desk) Remove(ctx context.Context, who labs.Learner, name, state string, emit labs.Emit) error {
	lab, err := d.find(ctx, who, name, emit)
	if err != nil {
		return err
	}
	return d.stage(lab).DropSaved(ctx, lab, state)
}

func (d *Desk) find(ctx context.Context, who labs.Learner, name string, emit labs.Emit) (*labs.Lab, error) {
	lab, _, err := d.parts.OutsideExams(ctx, who, name, "saved or put back to a saved state", emit)
	return lab, err
}

func (d *Desk) stage(lab *labs.Lab) *stage.Stage { return d.parts.Stage(labs.Learner{Name: lab.Owner}) }

func (d *Desk) note(ctx context.Context, lab *labs.Lab, emit labs.Emit, but string, note func(*attempts.View, *attempts.Attempt) error) {
	if v, err := d.parts.Variant(lab); err == nil {
		d.parts.Note(ctx, lab, v, but, emit, note)
	}
}
