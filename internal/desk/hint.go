package desk

import (
	"context"

	"endstate/labs"
)

// Hints are the open hints of a lab.
type Hints struct {
	Open  []labs.Hint `json:"open"`
	Total int         `json:"total"`
	Fresh bool        `json:"fresh"` // one was opened just now
}

// Hint opens one more hint, and returns all open ones. A hint costs points, so none is opened
// while its cost can't be stored.
func (d *Desk) Hint(ctx context.Context, who labs.Learner, name string, emit labs.Emit) (*Hints, error) {
	lab, v, err := d.find(ctx, who, name, emit)
	if err != nil {
		return nil, err
	}
	return d.hint(ctx, lab, v, emit)
}

func (d *Desk) hint(ctx context.Context, lab *labs.Lab, v *labs.Variant, emit labs.Emit) (*Hints, error) {
	if len(v.Hints) == 0 {
		return nil, labs.Misuse("The scenario has no hints", "Look at what check says.")
	}
	store := d.recall(ctx, labs.Learner{Name: lab.Owner}, emit)
	if store == nil {
		return nil, &labs.Problem{
			Code: labs.CodeNoStore, What: "A hint can't be opened while its cost can't be remembered",
			Acts: []labs.Act{{Name: labs.ActExamine, For: "See what is wrong with the store of attempts"}},
		}
	}
	attempt, err := d.begin(ctx, store, lab, v)
	if err != nil {
		return nil, err
	}
	open, fresh, err := store.OpenHint(ctx, attempt, d.Clock(), len(v.Hints))
	if err != nil {
		return nil, err
	}
	return &Hints{Open: v.Hints[:open], Total: len(v.Hints), Fresh: fresh}, nil
}
