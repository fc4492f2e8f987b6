package attempts

import (
	"context"
	"database/sql"

	"endstate/labs"
)

// View is a learner's view of the store. Every query is limited to what the learner owns.
type View struct {
	*Store
	owner    string
	everyone bool // don't limit queries to the owner
}

// Of returns a learner's view of the store.
func (s *Store) Of(who labs.Learner) *View { return &View{Store: s, owner: who.Name} }

// Everyone returns a view of all learners' data. If who may not see that, it returns a
// *labs.Problem.
func (s *Store) Everyone(who labs.Learner) (*View, error) {
	if !who.SeesOthers() {
		return nil, &labs.Problem{Code: labs.CodeForbidden, What: "Only an examiner sees what others did", Usage: true}
	}
	return &View{Store: s, owner: who.Name, everyone: true}, nil
}

// Conditions that begin every query of a view; their first arguments are everyone and
// owner. own selects what the learner owns, belongs also their exams and proofs.
const (
	own     = "($1 = 1 OR owner = $2)"
	belongs = "($1 = 1 OR owner = $2 OR substr(owner, 1, length($2) + 1) = $2 || '/')"
)

// selectAll returns the rows of a query whose condition begins with own. add adds a row to those
// found so far; doing says what fails.
func selectAll[T any](ctx context.Context, v *View, doing, query string, args []any, add func(*sql.Rows, []T) ([]T, error)) ([]T, error) {
	rows, err := v.db.QueryContext(ctx, query, append([]any{v.everyone, v.owner}, args...)...)
	if err != nil {
		return nil, v.failed(doing, err)
	}
	defer rows.Close()
	var found []T
	for rows.Next() {
		if found, err = add(rows, found); err != nil {
			return nil, v.failed(doing, err)
		}
	}
	if err := rows.Err(); err != nil {
		return nil, v.failed(doing, err)
	}
	return found, nil
}

func (v *View) owns(owner string) bool {
	return v.everyone || labs.Learner{Name: v.owner}.Owns(owner)
}

func notFound(what string, see labs.Act) *labs.Problem {
	return &labs.Problem{Code: labs.CodeNotFound, What: what, Acts: []labs.Act{see}, Usage: true}
}
