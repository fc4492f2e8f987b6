// Package author is the desk's room for authors of scenarios: starting a new one, finding
// mistakes, looking at what comes out of it, and playing proofs.
package author

import (
	"endstate/internal/desk"
	"endstate/internal/scenario"
	"endstate/labs"
)

// Desk is what authors can do.
type Desk struct{ parts desk.Parts }

// New returns the room of a desk.
func New(d *desk.Desk) *Desk { return &Desk{d.Parts()} }

// Lint finds mistakes in the scenarios of some folders, or of the desk if there are none,
// without containers. It returns how many scenarios it read.
func (d *Desk) Lint(_ labs.Learner, roots []scenario.Root, emit labs.Emit) (scenario.Mistakes, int) {
	library := d.parts.Library()
	if len(roots) > 0 {
		library = d.parts.Read(roots)
	}
	end := emit.Step(labs.ReadScenarios, "")
	defer end(nil)
	return library.Lint(), len(library.List())
}

// mayAuthor returns an error if somebody may not write scenarios, or see how they grade.
func mayAuthor(who labs.Learner) error {
	if who.Authors() {
		return nil
	}
	return &labs.Problem{Code: labs.CodeForbidden, What: "Your role does not let you write scenarios or see how they grade", Usage: true}
}
