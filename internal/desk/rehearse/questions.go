package rehearse

import (
	"context"
	"slices"
	"time"

	"endstate/internal/interview"
	"endstate/internal/practice"
	"endstate/internal/rehearsal"
	"endstate/labs"
)

// Row is a question of the interview and where the learner stands with it.
type Row struct {
	interview.Question
	Labs    []*practice.Standing `json:"labs"`
	Scripts []*ScriptRow         `json:"scripts"`
	// Next is what to do about it now. It has no name if nothing can be done yet.
	Next labs.Act `json:"next,omitzero"`
}

// ScriptRow is one of a learner's scripts and how well they know it.
type ScriptRow struct {
	rehearsal.Which
	*practice.ScriptStanding
}

// Questions returns all questions of the interview, in the order of their numbers.
func (d *Desk) Questions(ctx context.Context, who labs.Learner) ([]*Row, error) {
	progress, err := d.base.Progress(ctx, who)
	if err != nil {
		return nil, err
	}
	store, err := d.parts.Memory(ctx, who)
	if err != nil {
		return nil, err
	}
	scripts, err := store.Scripts(ctx)
	if err != nil {
		return nil, err
	}
	var rows []*Row
	for _, q := range interview.Questions() {
		row := &Row{Question: q, Labs: standings(progress, q), Scripts: []*ScriptRow{}}
		for _, s := range scripts {
			if s.Question == q.Number || slices.Contains(q.Scenarios, s.Scenario) {
				row.Scripts = append(row.Scripts, &ScriptRow{s.Which, practice.AssessScript(s, d.clock())})
			}
		}
		row.Next = row.next(d.clock())
		rows = append(rows, row)
	}
	return rows, nil
}

// standings returns where the learner stands with the labs of a question.
func standings(progress *practice.Progress, q interview.Question) []*practice.Standing {
	found := []*practice.Standing{}
	for _, topic := range progress.Topics {
		for _, level := range topic.Levels {
			for _, s := range level.Scenarios {
				if slices.Contains(q.Scenarios, s.Name) {
					found = append(found, s)
				}
			}
		}
	}
	slices.SortStableFunc(found, func(a, b *practice.Standing) int {
		return slices.Index(q.Scenarios, a.Name) - slices.Index(q.Scenarios, b.Name)
	})
	return found
}

// next chooses what to do about a question: what is due, what was never tried, what is shaky.
func (r *Row) next(now time.Time) labs.Act {
	for _, s := range r.Scripts {
		if s.Question != 0 && (s.Due == nil || !s.Due.After(now)) {
			return labs.Act{Name: labs.ActRehearse, For: "Rehearse it", Question: r.Number}
		}
	}
	if r.Guide != nil {
		if len(r.Scripts) == 0 {
			return labs.Act{Name: labs.ActRehearse, For: "Write your answer", Question: r.Number}
		}
		return labs.Act{}
	}
	for _, wanted := range []func(*practice.Standing) bool{
		func(s *practice.Standing) bool { return s.Due != nil && !s.Due.After(now) },
		func(s *practice.Standing) bool { return s.State == practice.Untried },
		func(s *practice.Standing) bool { return s.State == practice.Shaky },
	} {
		if i := slices.IndexFunc(r.Labs, wanted); i >= 0 {
			return labs.Act{Name: labs.ActStart, For: "Practise it", Scenario: r.Labs[i].Name}
		}
	}
	return labs.Act{}
}
