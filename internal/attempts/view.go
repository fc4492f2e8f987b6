package attempts

import "endstate/labs"

// View is what a learner finds in the store: what is their own. Every look-up asks for its
// owner.
type View struct {
	*Store
	owner    string
	everyone bool // nobody's is left out
}

// Of returns what a learner finds in the store.
func (s *Store) Of(who labs.Learner) *View { return &View{Store: s, owner: who.Name} }

// Everyone returns what all learners find in the store, to who may see that. A misuse: they
// may not.
func (s *Store) Everyone(who labs.Learner) (*View, error) {
	if !who.SeesOthers() {
		return nil, &labs.Problem{Code: labs.CodeForbidden, What: "Only an examiner sees what others did", Usage: true}
	}
	return &View{Store: s, owner: who.Name, everyone: true}, nil
}

// What a query of a view begins with, whose first arguments are everyone and owner: what is
// the learner's, and what is that of their exams and proofs, too.
const (
	own     = "(?1 OR owner = ?2)"
	belongs = "(?1 OR owner = ?2 OR substr(owner, 1, length(?2) + 1) = ?2 || '/')"
)

func (v *View) owns(owner string) bool {
	return v.everyone || labs.Learner{Name: v.owner}.Owns(owner)
}

func notFound(what string, see labs.Act) *labs.Problem {
	return &labs.Problem{Code: labs.CodeNotFound, What: what, Acts: []labs.Act{see}, Usage: true}
}
