package desk

import (
	"context"
	"maps"
	"regexp"
	"slices"
	"strings"

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
			solution.Script = assignments(proof.Script, v.Environment()) + proof.Script
		}
	}
	return solution, nil
}

// assignments returns shell assignments of the parameters that a script takes from its
// environment, because a learner's shell does not have them.
func assignments(script string, params map[string]string) string {
	var lines strings.Builder
	for _, name := range slices.Sorted(maps.Keys(params)) {
		used, err := regexp.MatchString(`\$\{?`+regexp.QuoteMeta(name)+`\b`, script)
		if err == nil && used {
			lines.WriteString(name + "='" + strings.ReplaceAll(params[name], "'", `'\''`) + "'\n")
		}
	}
	return lines.String()
}
