package author

import (
	"context"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"endstate/internal/grading"
	"endstate/labs"
)

// Seen is what the grader sees in a lab through one look, and what it makes of it.
type Seen struct {
	Kind     string       `json:"kind"` // check, guard or fact
	ID       string       `json:"id"`
	Place    string       `json:"place"`             // in the scenario, as file:line: of its expectation, or of its probe if nothing was observed
	Verdict  labs.Verdict `json:"verdict,omitempty"` // of a check on its own, whatever it needs
	Message  string       `json:"message,omitempty"`
	Defect   string       `json:"defect,omitempty"` // a mistake in the scenario
	Notes    []string     `json:"notes,omitempty"`  // what the expectation ran into
	Expect   string       `json:"expect,omitempty"`
	Parts    []labs.Part  `json:"parts,omitempty"`    // how the expectation comes to its result
	Recorded any          `json:"recorded,omitempty"` // of a fact: before the fault
	Variable string       `json:"variable"`           // the name of the observation in the expectation
	Observed any          `json:"observed"`
}

// Observe returns what the grader sees in a running lab: for one check, guard or fact, or for all.
// Values that JSON lacks are maps that name their type: {"timestamp": "2026-01-02T03:04:05Z"}.
func (d *Desk) Observe(ctx context.Context, who labs.Learner, scenario, id string, emit labs.Emit) ([]Seen, error) {
	if err := mayAuthor(who); err != nil {
		return nil, err
	}
	lab, v, err := d.parts.Find(ctx, who, scenario, emit)
	if err != nil {
		return nil, err
	}
	if id != "" && !knows(v, id) {
		return nil, labs.Misuse("The scenario "+v.Name+" has no check, guard or fact "+strconv.Quote(id), "It has "+strings.Join(namesIn(v), ", ")+".")
	}
	found, err := d.parts.Grader().Observe(ctx, lab, v, id, emit)
	if err != nil {
		return nil, err
	}
	all := make([]Seen, len(found))
	for i, o := range found {
		all[i] = seen(o)
	}
	return all, nil
}

func seen(o grading.Observation) Seen {
	for i := range o.Parts {
		o.Parts[i].Value = plain(o.Parts[i].Value)
	}
	return Seen{
		Kind: o.Kind, ID: o.ID, Place: o.Result.Place, Verdict: o.Result.Verdict, Message: o.Result.Message, Defect: o.Result.Defect, Notes: o.Result.Notes,
		Variable: o.Variable, Observed: plain(o.Observed), Recorded: plain(o.Recorded), Expect: o.Source, Parts: o.Parts,
	}
}

func namesIn(v *labs.Variant) []string {
	var names []string
	for _, check := range v.Checks {
		names = append(names, check.ID)
	}
	for _, guard := range v.Guards {
		names = append(names, guard.ID)
	}
	for _, fact := range v.Facts {
		names = append(names, fact.Name)
	}
	return names
}

func knows(v *labs.Variant, id string) bool {
	for _, name := range namesIn(v) {
		if name == id {
			return true
		}
	}
	return false
}

// plain returns a value in types that JSON has. Any other is a map that names its type, so that
// an author sees why two values differ.
func plain(value any) any {
	switch v := value.(type) {
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return map[string]any{"double": strconv.FormatFloat(v, 'g', -1, 64)}
		}
	case []byte:
		return map[string]any{"bytes": v}
	case string:
		if !utf8.ValidString(v) {
			return map[string]any{"bytes": []byte(v)}
		}
	case time.Time:
		return map[string]any{"timestamp": v.Format(time.RFC3339Nano)}
	case []any:
		list := make([]any, len(v))
		for i := range v {
			list[i] = plain(v[i])
		}
		return list
	case map[string]any:
		members := make(map[string]any, len(v))
		for key, member := range v {
			members[key] = plain(member)
		}
		return members
	}
	return value
}
