package web

import (
	"net/http"

	"endstate/internal/web/pages"
	"endstate/labs"
)

// progress shows how well the learner knows each topic.
func (s *Server) progress(w http.ResponseWriter, r *http.Request, who labs.Learner) {
	found, err := s.Desk.Progress(r.Context(), who)
	if err != nil {
		s.fail(w, r, who, "/", err)
		return
	}
	s.write(w, http.StatusOK, pages.Page{Title: "Progress", Owner: who, Main: "progress", Data: found})
}
