package web

import (
	"context"
	"errors"
	"html/template"
	"net/http"
	"strings"
	"sync"

	"endstate/internal/web/pages"
	"endstate/internal/web/trace"
	"endstate/labs"
)

// trouble is a problem or a warning as a page shows it.
type trouble struct {
	What, Advice string
	Acts         []labs.Act
	Cause        string
	But          string // what goes on all the same
}

func troubleOf(err error) trouble {
	var problem *labs.Problem
	if !errors.As(err, &problem) {
		return trouble{What: "Something went wrong", Cause: labs.Cause(err), Acts: []labs.Act{{Name: labs.ActExamine, For: "See what may be wrong"}}}
	}
	t := trouble{What: strings.TrimSuffix(problem.What, "."), Advice: problem.Advice, Acts: problem.Acts}
	if problem.Err != nil {
		t.Cause = labs.Cause(problem.Err)
	}
	return t
}

// statusOf returns the HTTP status of an error.
func statusOf(err error) int {
	var problem *labs.Problem
	switch {
	case !errors.As(err, &problem):
		return http.StatusInternalServerError
	case problem.Code == labs.CodeNotFound || problem.Code == labs.CodeNoLab:
		return http.StatusNotFound
	case problem.Code == labs.CodeForbidden:
		return http.StatusForbidden
	case problem.Usage:
		return http.StatusBadRequest
	}
	return http.StatusServiceUnavailable
}

// piece renders a piece of a page.
func (s *Server) piece(name string, data any) template.HTML {
	rendered, err := s.pages.Piece(name, data)
	if err != nil {
		s.Log.Error("render a piece of a page", "error", err)
		return "This can't be shown. The server's log says why."
	}
	return rendered
}

// problem renders what is wrong and what can be done about it.
func (s *Server) problem(err error) template.HTML { return s.piece("problem", troubleOf(err)) }

func (s *Server) warning(event labs.Event) template.HTML {
	t := troubleOf(event.Warning)
	t.But = event.Detail
	return s.piece("warning", t)
}

// warnings collects the warnings of an act.
type warnings struct {
	server *Server
	mu     sync.Mutex
	all    []template.HTML
}

func (w *warnings) emit(event labs.Event) {
	if event.State != labs.Warned {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.all = append(w.all, w.server.warning(event))
}

// message is a page that says something.
type message struct {
	Title   string
	Notices []template.HTML
	Back    string
}

// statusGone is the status of a request that was not answered because the browser has left, as nginx counts it.
const statusGone = 499

// fail answers with a problem: as a page, or for a script as a piece of one.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, who labs.Learner, back string, err error) {
	if r.Context().Err() != nil && errors.Is(err, context.Canceled) {
		w.WriteHeader(statusGone)
		return
	}
	if statusOf(err) >= http.StatusInternalServerError {
		s.Log.Error("answer a request", "id", w.Header().Get(trace.Header), "error", err)
	}
	s.answer(w, r, who, statusOf(err), "notices", "This did not work", back, s.problem(err))
}

// answer answers an act: with a piece of the page for a script, which says where it belongs, or with a
// page.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, who labs.Learner, status int, place, title, back string, piece template.HTML) {
	if !fromScript(r) {
		s.write(w, status, pages.Page{Title: title, Owner: who, Main: "message", Data: message{title, []template.HTML{piece}, back}})
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set(placeHeader, place)
	w.WriteHeader(status)
	_, _ = w.Write([]byte(piece))
}

// Headers between the pages' scripts and the server.
const (
	scriptHeader = "Endstate-Script" // the request is a script's
	placeHeader  = "Endstate-Place"  // the ID of the element that the answer belongs in
)

func fromScript(r *http.Request) bool { return r.Header.Get(scriptHeader) != "" }
