package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"endstate/internal/attempts"
	"endstate/internal/desk"
	"endstate/internal/rehearsal"
	"endstate/internal/web/pages"
	"endstate/labs"
)

func attemptPath(name string) string { return "/attempts/" + url.PathEscape(name) }

// debriefPage is where a learner explains an attempt, and then compares that with the model answer.
type debriefPage struct {
	Name, Title string
	Said        *desk.Explained // nil: the learner has not explained it yet
	Rehearsal   string          // where what to say about the scenario is rehearsed; empty: it is not known
}

// debrief shows the model answer if the learner has explained the attempt; otherwise it asks for that.
func (s *Server) debrief(w http.ResponseWriter, r *http.Request, who labs.Learner) {
	page := debriefPage{Name: r.PathValue("attempt")}
	debriefing, err := s.Desk.Debrief(r.Context(), who, page.Name, false)
	var asks *desk.Unconfirmed
	switch {
	case err == nil:
		page.Title, page.Rehearsal = debriefing.Story.Title, rehearsalPath(rehearsal.Which{Scenario: debriefing.Story.Scenario})
		if r.URL.Query().Get("again") == "" {
			page.Said = debriefing.Latest()
		}
	case !errors.As(err, &asks): // consent is asked for when there is something to agree to
		s.fail(w, r, who, "/attempts", err)
		return
	}
	s.write(w, http.StatusOK, pages.Page{Title: "Explain it", Owner: who, Main: "debrief", Data: page})
}

// explain stores what the learner says about an attempt.
func (s *Server) explain(w http.ResponseWriter, r *http.Request, who labs.Learner) {
	name, text := r.PathValue("attempt"), r.PostFormValue("text")
	back := attemptPath(name) + "/debrief"
	debriefing, err := s.Desk.Debrief(r.Context(), who, name, r.PostFormValue(agreedField) != "")
	var asks *desk.Unconfirmed
	if errors.As(err, &asks) {
		piece := s.piece("confirm", confirmation{Question: asks.Question, Action: back, Back: back, Fields: map[string]string{"text": text}})
		s.answer(w, r, who, http.StatusOK, "ask", "Are you sure?", back, piece)
		return
	}
	if err == nil {
		_, err = debriefing.Explain(r.Context(), text)
	}
	s.afterwards(w, r, who, back, err)
}

// tick stores which key points the learner says they made.
func (s *Server) tick(w http.ResponseWriter, r *http.Request, who labs.Learner) {
	name := r.PathValue("attempt")
	back := attemptPath(name) + "/debrief"
	debriefing, err := s.Desk.Debrief(r.Context(), who, name, false)
	if err != nil {
		s.fail(w, r, who, back, err)
		return
	}
	if said := debriefing.Latest(); said != nil && r.ParseForm() == nil {
		said.Points = slices.Clone(said.Points)
		markSaid(said.Points, r.PostForm["said"])
		err = debriefing.Tick(r.Context(), said)
	}
	s.afterwards(w, r, who, back, err)
}

// markSaid marks the points whose numbers were ticked, and the others as not said.
func markSaid(points []attempts.KeyPoint, ticked []string) {
	for i := range points {
		said := slices.Contains(ticked, strconv.Itoa(i))
		points[i].Said = &said
	}
}

// afterwards answers a form: with a problem, or with the page that shows what it changed.
func (s *Server) afterwards(w http.ResponseWriter, r *http.Request, who labs.Learner, to string, err error) {
	if err != nil {
		s.fail(w, r, who, to, err)
		return
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}
