package web

import (
	"html/template"
	"net/http"

	"endstate/internal/web/pages"
	"endstate/internal/web/room"
	"endstate/labs"
)

// house is what the server's rooms need of it.
type house struct{ *Server }

var _ room.House = house{}

// Write writes a page.
func (h house) Write(w http.ResponseWriter, status int, page pages.Page) { h.write(w, status, page) }

// Fail answers with a problem.
func (h house) Fail(w http.ResponseWriter, r *http.Request, who labs.Learner, back string, err error) {
	h.fail(w, r, who, back, err)
}

// Problem renders a problem, and returns its HTTP status.
func (h house) Problem(err error) (template.HTML, int) { return h.problem(err), statusOf(err) }

// Address returns the address under which browsers reach the server.
func (h house) Address() string { return "http://" + h.address }
