// Package room is what the rooms of the browser's door share: how their pages are let in, and what they need
// of the house.
package room

import (
	"html/template"
	"net/http"

	"endstate/internal/web/pages"
	"endstate/labs"
)

// Handler answers a request for the learner whose session it is.
type Handler func(http.ResponseWriter, *http.Request, labs.Learner)

// House is the server that rooms are part of.
type House interface {
	// Write writes a page.
	Write(w http.ResponseWriter, status int, page pages.Page)
	// Fail answers with a problem, and a link back.
	Fail(w http.ResponseWriter, r *http.Request, who labs.Learner, back string, err error)
	// Problem renders a problem, and returns its HTTP status.
	Problem(err error) (template.HTML, int)
	// Address returns the address under which browsers reach the server, without a path.
	Address() string
}
