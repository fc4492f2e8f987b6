package web

import (
	"net/http"
	"slices"
	"strconv"

	"endstate/internal/desk/rehearse"
	"endstate/internal/interview"
	"endstate/internal/rehearsal"
	"endstate/internal/web/pages"
	"endstate/labs"
)

// rehearsalPage is where a learner writes an answer and learns it by heart.
type rehearsalPage struct {
	*rehearse.Rehearsal
	Hidden   int    // the share of the script's words that are hidden, in percent
	Sheet    string // the script with these words hidden; empty: it is said freely
	Edit     bool   // the script is being written
	Compared *rehearsal.Comparison
}

// whichOf returns the script that a request is about: the learner's usual one for a question.
func whichOf(r *http.Request) rehearsal.Which {
	number, err := strconv.Atoi(r.PathValue("number"))
	if err != nil {
		number = 0 // there is no such question
	}
	return rehearsal.Which{Question: number}
}

func questionPath(which rehearsal.Which) string {
	return "/questions/" + strconv.Itoa(which.Question)
}

// rehearse shows the script of a question, with the words hidden that the learner should know by now.
func (s *Server) rehearse(w http.ResponseWriter, r *http.Request, who labs.Learner) {
	room, which := rehearse.New(s.Desk), whichOf(r)
	if _, err := interview.Find(which.Question); err != nil {
		s.fail(w, r, who, "/", err)
		return
	}
	found, err := room.Open(r.Context(), who, which)
	if err != nil {
		s.fail(w, r, who, questionPath(which), err)
		return
	}
	page := rehearsalPage{Rehearsal: found, Edit: found.Script == nil || r.URL.Query().Get("edit") != "", Hidden: found.Step}
	if hidden, err := strconv.Atoi(r.URL.Query().Get("hidden")); err == nil && slices.Contains(rehearsal.Steps, hidden) {
		page.Hidden = hidden
	}
	s.showRehearsal(w, who, room, page)
}

func (s *Server) showRehearsal(w http.ResponseWriter, who labs.Learner, room *rehearse.Desk, page rehearsalPage) {
	if page.Script != nil {
		page.Sheet = room.Sheet(page.Rehearsal, page.Hidden)
	}
	s.write(w, http.StatusOK, pages.Page{Title: "Rehearse", Owner: who.Name, Main: "rehearse", Data: page})
}

// script stores what a learner wants to say.
func (s *Server) script(w http.ResponseWriter, r *http.Request, who labs.Learner) {
	which := whichOf(r)
	_, err := rehearse.New(s.Desk).Write(r.Context(), who, which, r.PostFormValue("text"))
	s.afterwards(w, r, who, questionPath(which)+"/rehearse", err)
}

// say compares what a learner said with the script.
func (s *Server) say(w http.ResponseWriter, r *http.Request, who labs.Learner) {
	room, which := rehearse.New(s.Desk), whichOf(r)
	back := questionPath(which) + "/rehearse"
	found, err := room.Open(r.Context(), who, which)
	hidden, invalid := strconv.Atoi(r.PostFormValue("hidden"))
	switch {
	case err != nil:
	case found.Script == nil:
		err = labs.Misuse("There is no script yet", "Write what you would say first.")
	case invalid != nil || !slices.Contains(rehearsal.Steps, hidden):
		err = labs.Misuse("That share of words can't be hidden", "Choose one of those on the page.")
	}
	page := rehearsalPage{Rehearsal: found, Hidden: hidden}
	if err == nil {
		page.Compared, err = room.Recite(r.Context(), who, found, hidden, 0, r.PostFormValue("said"))
	}
	if err != nil {
		s.fail(w, r, who, back, err)
		return
	}
	page.Hidden = found.Step
	s.showRehearsal(w, who, room, page)
}
