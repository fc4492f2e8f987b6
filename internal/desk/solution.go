package desk

import (
	"context"

	"endstate/labs"
)

// Solution is a solution of a lab.
type Solution struct {
	Answer string `json:"answer"` // Markdown, worded as in an interview
	Script string `json:"script"` // a complete shell script, which sets the variables that it needs
}

// Solution returns a solution of a lab. From then on the attempt counts as assisted, so it returns
// [Unconfirmed] until the learner has agreed.
func (d *Desk) Solution(ctx context.Context, who labs.Learner, name string, agreed bool, emit labs.Emit) (*Solution, error) {
	lab, v, err := d.find(ctx, who, name, emit)
	if err != nil {
		return nil, err
	}
	if !agreed {
		return nil, &Unconfirmed{"The attempt will count as assisted. Show the solution?"}
	}
	if store := d.recall(ctx, who, emit); store != nil {
		attempt, err := d.begin(ctx, store, lab, v)
		if err == nil {
			err = store.NoteSolution(ctx, attempt, d.Clock())
		}
		if err != nil {
			return nil, err
		}
	}
	solution := &Solution{Answer: v.Debrief}
	for _, proof := range v.Proofs {
		if proof.Name == labs.Solution {
			solution.Script = v.Typed(proof.Script)
		}
	}
	return solution, nil
}
