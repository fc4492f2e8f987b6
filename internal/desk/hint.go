package desk

import (
	"context"
	"fmt"

	"endstate/internal/attempts"
	"endstate/labs"
)

// Hints are the open hints of a lab.
type Hints struct {
	Open  []labs.Hint `json:"open"` // at what each has cost; those opened after the lab was solved were free
	Total int         `json:"total"`
	Fresh bool        `json:"fresh"` // one was opened just now
	Price int         `json:"price"` // what the next one costs; 0 if it is free or there is none
}

// Hint opens one more hint, and returns all open ones. If the hint costs points, it returns the
// ones that are already open and [Unconfirmed], until the learner has agreed. None is opened while
// its cost can't be stored.
func (d *Desk) Hint(ctx context.Context, who labs.Learner, name string, agreed bool, emit labs.Emit) (*Hints, error) {
	lab, v, err := d.find(ctx, who, name, emit)
	if err != nil {
		return nil, err
	}
	return d.hint(ctx, lab, v, agreed, emit)
}

func (d *Desk) hint(ctx context.Context, lab *labs.Lab, v *labs.Variant, agreed bool, emit labs.Emit) (*Hints, error) {
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
	if hints := hintsOf(attempt, v); hints.Price > 0 && !agreed {
		return hints, AskHint(len(hints.Open)+1, hints.Total, hints.Price, hints.Open)
	}
	fresh, err := store.OpenHint(ctx, attempt, d.Clock(), len(v.Hints))
	if err != nil {
		return nil, err
	}
	hints := hintsOf(attempt, v)
	hints.Fresh = fresh
	return hints, nil
}

// AskHint is the question before a hint that costs points. open are the hints that are open already.
func AskHint(number, total, price int, open []labs.Hint) *Unconfirmed {
	question := fmt.Sprintf("Hint %d of %d costs %s", number, total, labs.Count(price, "point"))
	if before := (&labs.Report{Hints: open}).Help(); before > 0 {
		question += fmt.Sprintf(", %d in all", before+price)
	}
	return &Unconfirmed{question + ". Open it?"}
}

func hintsOf(attempt *attempts.Attempt, v *labs.Variant) *Hints {
	hints := &Hints{Open: chargedHints(attempt, v), Total: len(v.Hints)}
	if next := len(hints.Open); attempt.Solved == nil && next < hints.Total {
		hints.Price = v.Hints[next].Costs
	}
	return hints
}

// chargedHints returns the open hints, at what each costs the attempt. The author may have removed
// hints since.
func chargedHints(attempt *attempts.Attempt, v *labs.Variant) []labs.Hint {
	open := append([]labs.Hint{}, v.Hints[:min(attempt.Hints, len(v.Hints))]...)
	for i := range open {
		if i >= attempt.Charged {
			open[i].Costs = 0
		}
	}
	return open
}
